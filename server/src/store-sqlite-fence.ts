/** The check that keeps an old phone connection from having effects; runs inside the transaction of the effect. */
import type { Database } from 'database'
import { TetherError } from 'proto/errors'
import type { Owner } from './stores.ts'

/** Throws TETHER_ERR_ACCOUNT_UNKNOWN or, when a newer connection took the number, TETHER_ERR_REPLACED. */
export function assertOwner(db: Database, owner: Owner): void {
  assertEpoch(
    db.get<{ epoch: number }>('SELECT epoch FROM accounts WHERE number = ?', owner.number),
    owner.epoch,
  )
}

/** The same where the account has been read already. */
export function assertEpoch<A extends { readonly epoch: number }>(
  account: A | undefined,
  epoch: number,
): asserts account is A {
  if (!account) throw new TetherError('TETHER_ERR_ACCOUNT_UNKNOWN')
  if (account.epoch !== epoch) throw new TetherError('TETHER_ERR_REPLACED')
}
