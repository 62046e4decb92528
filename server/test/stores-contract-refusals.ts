/** Contract of every store: a refusal costs the one who is refused, never those whose operations share the commit. */
import type { ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import type { Owner, Stores } from '../src/stores.ts'
import {
  alice,
  attach,
  bob,
  carol,
  facts,
  mailTo,
  noon,
  publicKey,
  type OpenStores,
} from './stores-contract.ts'

type Refusal = readonly [code: ErrorCode, refused: () => Promise<unknown>]

export async function refusalContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('no refusal makes what others do in the same commit happen twice', async (t) => {
    const stores = await open(t)
    const { owner: sender } = await attach(stores, carol)
    let n = 0
    const mail = () => stores.mail.deposit(sender, mailTo(carol, ++n))
    for (const [code, refused] of await refusals(stores)) {
      await Promise.all([mail(), t.rejects(refused(), { code }), mail()])
      const { commits } = await stores.load()
      t.equal(commits.again, 0, String(refused))
    }
    t.equal((await stores.mail.page(carol, 0, 999)).length, n)
  })
}

/** Everything that a store refuses by a throw, as somebody may ask it who has a number and nothing else. */
async function refusals(stores: Stores): Promise<readonly Refusal[]> {
  const { owner: old } = await attach(stores, alice)
  const { owner } = await attach(stores, alice)
  const { owner: stranger } = await attach(stores, bob)
  const { prekeys, profiles, groups, mail, accounts } = stores
  const at = noon

  const signedPrekey = { id: 7, key: publicKey('signed'), signature: new Uint8Array(64) }
  const key = (id: number) => ({ id, key: publicKey(String(id)) })
  const keys = (from: number, count: number) => Array.from({ length: count }, (_, i) => key(from + i))
  for (let from = 0; from < limit('PREKEY_STOCK'); from += limit('PREKEYS_PER_UPLOAD'))
    await prekeys.publish(owner, { prekeys: keys(from, limit('PREKEYS_PER_UPLOAD')), at })

  const numbers = Array.from({ length: limit('BLOCKED_NUMBERS') }, (_, i) => `1777${1_000_000 + i}`)
  await profiles.block(owner, { add: true, numbers })

  const { group } = await groups.create(owner, { subject: 'Choir', members: [], at })
  const named = { group: group.jid, at }
  const other = { group: '15550001111-1@g.us', at }
  const change = { kind: 'subject', subject: 'Mine' } as const
  const replaced = (refused: (owner: Owner) => Promise<unknown>): Refusal => [
    'TETHER_ERR_REPLACED',
    () => refused(old),
  ]
  return [
    replaced((owner) => accounts.saveFacts(owner, facts)),
    replaced((owner) => mail.deposit(owner, mailTo(alice, 1))),
    replaced((owner) => mail.take(owner, 1)),
    replaced((owner) => profiles.saveAbout(owner, 'Hello')),
    replaced((owner) => profiles.saveRoster(owner, [bob], 0)),
    replaced((owner) => groups.create(owner, { subject: 'Choir', members: [], at })),
    ['TETHER_ERR_LIMIT', () => prekeys.publish(owner, { signedPrekey, prekeys: keys(5_000, 1), at })],
    ['TETHER_ERR_LIMIT', () => prekeys.publish(owner, { signedPrekey, prekeys: keys(0, 101), at })],
    [
      'TETHER_ERR_BODY',
      () => prekeys.publish(owner, { signedPrekey, prekeys: [{ ...key(1), key: publicKey('2') }], at }),
    ],
    ['TETHER_ERR_LIMIT', () => profiles.block(owner, { add: true, numbers: [carol] })],
    ['TETHER_ERR_GROUP_MEMBER', () => groups.inviteCode(stranger.number, group.jid)],
    ['TETHER_ERR_GROUP_UNKNOWN', () => groups.inviteCode(stranger.number, other.group)],
    ['TETHER_ERR_GROUP_MEMBER', () => groups.resetInvite(stranger, named)],
    ['TETHER_ERR_GROUP_MEMBER', () => groups.change(stranger, { ...named, change })],
    ['TETHER_ERR_GROUP_UNKNOWN', () => groups.change(stranger, { ...other, change })],
    ['TETHER_ERR_GROUP_MEMBER', () => groups.changeIcon(stranger, { ...named, tag: 'x' })],
    ['TETHER_ERR_GROUP_UNKNOWN', () => groups.join(stranger, { code: 'guessed', at })],
  ]
}
