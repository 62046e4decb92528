/** The part of the stores' model that is about logins: pairing, resume, challenge, the end. */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Owner } from 'server/stores'
import { record, type LoginState, type StoresState } from './stores-state.ts'

/** `id` is what the store has drawn; it must be one that was never given out. */
export function pair(
  state: StoresState,
  owner: Owner,
  { clientId, tokens, id, network }: { clientId: string; tokens: string; id: string; network: string | null },
): unknown {
  const account = state.accounts.get(owner.number)
  if (!account) throw new TetherError('TETHER_ERR_ACCOUNT_UNKNOWN')
  if (account.epoch !== owner.epoch) throw new TetherError('TETHER_ERR_REPLACED')
  const { number } = owner
  const own = state.logins.filter((each) => each.number === number)
  const older = own.find((each) => each.clientId === clientId)
  if (!older && own.length >= limit('LOGINS_PER_PHONE')) {
    record(state, { kind: 'limit', number, detail: { limit: 'LOGINS_PER_PHONE' } })
    return { kind: 'full' }
  }
  if (older) record(state, { kind: 'loginReplaced', number, login: older.login })
  if (state.issued.some((each) => each.login === id))
    throw new Error(`the login id ${id} was given out twice`)
  const login: LoginState = {
    ...{
      login: id,
      number,
      clientId,
      tokens,
      epoch: 1,
      failures: 0,
      pairedAt: state.now,
      lastSeen: state.now,
      network,
    },
  }
  state.logins = [...state.logins.filter((each) => each !== older), login]
  state.issued.push({ login: id, number, clientId, tokens })
  record(state, { kind: 'pair', number, login: id })
  return { kind: 'paired', login: shown(login), replaced: older?.login ?? null }
}

export function find(
  state: StoresState,
  { clientId, tokens }: { clientId: string; tokens: string },
): unknown {
  const found = state.logins.find((each) => each.clientId === clientId && each.tokens === tokens)
  if (!found) return { kind: 'unknown' }
  return { kind: isLocked(found) ? 'locked' : 'known', login: shown(found) }
}

export function open(
  state: StoresState,
  { login, challenged, network }: { login: string; challenged: boolean; network: string | null },
): unknown {
  const found = state.logins.find((each) => each.login === login)
  if (!found || isLocked(found)) return null
  found.epoch += 1
  found.lastSeen = Math.max(found.lastSeen, state.now)
  found.network = network
  record(state, { kind: 'resume', number: found.number, login, detail: { challenged } })
  return shown(found)
}

export function judged(state: StoresState, login: string, fits: boolean): unknown {
  const found = state.logins.find((each) => each.login === login)
  if (!found) return null
  if (!isLocked(found)) found.failures = fits ? 0 : found.failures + 1
  record(state, { kind: 'challenge', number: found.number, login, detail: { fits } })
  return { failuresLeft: limit('CHALLENGE_FAILURES') - found.failures }
}

export function touch(state: StoresState, login: string): void {
  const found = state.logins.find((each) => each.login === login)
  if (found) found.lastSeen = Math.max(found.lastSeen, state.now)
}

export function end(state: StoresState, login: string, number: string, by: 'phone' | 'browser'): boolean {
  const found = state.logins.find((each) => each.login === login && each.number === number)
  if (!found) return false
  state.logins = state.logins.filter((each) => each !== found)
  record(state, { kind: by === 'phone' ? 'unpair' : 'logout', number, login })
  return true
}

/** As the store shows it: without tokens. */
export function shown({ login, number, clientId, epoch, pairedAt, lastSeen, network }: LoginState): unknown {
  return { login, number, clientId, epoch, pairedAt, lastSeen, network }
}

function isLocked({ failures }: LoginState): boolean {
  return failures >= limit('CHALLENGE_FAILURES')
}
