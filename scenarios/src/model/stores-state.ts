/**
 * What the stores of the server promise, in plain data: no SQL, no files, one change after the other. Each function
 * makes the change of one transaction and gives the answer that the store must give; a refusal is thrown with its code.
 */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { AuditKind, DepositResult, Owner, StoredMail, TakeResult } from 'server/stores'

export interface AccountState {
  identity: number
  name: string
  epoch: number
  hasFacts: boolean
  registeredAt: number
  /** The send counter of the phone, and what was refused for good. */
  lastSent: number
  refusals: Map<number, { reason: 'unknownRecipient' | 'tooLarge'; at: number }>
  /** The mailbox: last place given, and what waits. */
  seq: number
  mails: StoredMail[]
  signedPrekey: number
  /** Ids in the order of the upload, and which of its two keys each came with. */
  stock: { id: number; isOtherKey: boolean }[]
  /** When each was given out. */
  marks: Map<number, number>
  /** How often the number has changed hands; names its mail and keys. */
  life: number
}

export interface LoginState {
  login: string
  number: string
  clientId: string
  tokens: string
  epoch: number
  failures: number
  pairedAt: number
  lastSeen: number
  network: string | null
}

export interface ExpectedRow {
  readonly at: number
  readonly kind: AuditKind
  readonly number?: string
  readonly login?: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export interface BucketState {
  /** What is in it, in ms of refill: a whole token is refillMs. */
  levelMs: number
  at: number
  refused: boolean
  capacity: number
  refillMs: number
}

export interface StoresState {
  now: number
  accounts: Map<string, AccountState>
  codes: Map<string, { issuedAt: number; failures: number }>
  buckets: Map<string, BucketState>
  /** Live ones in the order of pairing. */
  logins: LoginState[]
  audit: ExpectedRow[]
  // what the world outside has been given, for later steps to use
  owners: Owner[]
  issued: { login: string; number: string; clientId: string; tokens: string }[]
  pairings: number
}

export function emptyState(now: number): StoresState {
  return {
    now,
    ...{ accounts: new Map(), codes: new Map(), buckets: new Map() },
    ...{ logins: [], audit: [], owners: [], issued: [], pairings: 0 },
  }
}

function owned(state: StoresState, { number, epoch }: Owner): AccountState {
  const account = state.accounts.get(number)
  if (!account) throw new TetherError('TETHER_ERR_ACCOUNT_UNKNOWN')
  if (account.epoch !== epoch) throw new TetherError('TETHER_ERR_REPLACED')
  return account
}

export function record(
  state: StoresState,
  row: Omit<ExpectedRow, 'at' | 'detail'> & Partial<ExpectedRow>,
): void {
  state.audit.push({ at: state.now, detail: {}, ...row })
}

// accounts

export function requestCode(state: StoresState, number: string): unknown {
  const capacity = limit('SMS_PER_HOUR')
  const taken = take(state, { key: `SMS_PER_HOUR:${number}`, capacity, refillMs: 3_600_000 / capacity })
  if (taken.kind === 'refused') return { kind: 'limited', retryMs: taken.retryMs }
  state.codes.set(number, { issuedAt: state.now, failures: 0 })
  return { kind: 'issued' }
}

/** What of the answer can be known: kind, and for a registration epoch, `replaced` and the ended logins. */
export function register(
  state: StoresState,
  { number, identity, isRight, name }: { number: string; identity: number; isRight: boolean; name: string },
): unknown {
  const code = state.codes.get(number)
  if (!code || state.now - code.issuedAt >= limit('SMS_CODE_TTL_MS')) return { kind: 'expired' }
  if (code.failures >= limit('SMS_ATTEMPTS')) return { kind: 'limited' }
  if (!isRight) {
    code.failures += 1
    const attemptsLeft = limit('SMS_ATTEMPTS') - code.failures
    if (attemptsLeft === 0) record(state, { kind: 'limit', number, detail: { limit: 'SMS_ATTEMPTS' } })
    return { kind: 'wrongCode', attemptsLeft }
  }
  state.codes.delete(number)
  const before = state.accounts.get(number)
  const isReplaced = before !== undefined && before.identity !== identity
  const ended = isReplaced ? state.logins.filter((each) => each.number === number) : []
  if (isReplaced) state.logins = state.logins.filter((each) => each.number !== number)
  const kept = isReplaced || !before ? freshPhone(before) : before
  const account: AccountState = {
    ...kept,
    identity,
    name,
    registeredAt: state.now,
    epoch: (before?.epoch ?? 0) + 1,
  }
  state.accounts.set(number, account)
  record(state, {
    ...{ kind: isReplaced ? 'identityChange' : 'register', number },
    detail: { again: before !== undefined, endedLogins: ended.length },
  })
  for (const { login } of ended)
    record(state, { kind: 'unpair', number, login, detail: { by: 'identityChange' } })
  return {
    ...{ kind: 'registered', epoch: account.epoch, replaced: isReplaced },
    ended: ended.map(({ login }) => login),
  }
}

/** A phone that has sent nothing and published nothing; the mailbox of its number stays. */
function freshPhone(before: AccountState | undefined): AccountState {
  return {
    ...{ identity: 0, name: '', epoch: 0, hasFacts: false, registeredAt: 0, lastSent: 0, signedPrekey: 0 },
    ...{ refusals: new Map(), stock: [], marks: new Map() },
    ...{ seq: before?.seq ?? 0, mails: before?.mails ?? [], life: (before?.life ?? 0) + 1 },
  }
}

export function attach(state: StoresState, number: string, identity: number): unknown {
  const account = state.accounts.get(number)
  if (account?.identity !== identity) return null
  account.epoch += 1
  for (const login of state.logins) if (login.number === number) login.failures = 0
  const owner = { number, epoch: account.epoch }
  state.owners.push(owner)
  record(state, { kind: 'attach', number, detail: { epoch: account.epoch } })
  return {
    ...{
      owner,
      lastSent: account.lastSent,
      prekeys: account.stock.length,
      signedPrekeyId: account.signedPrekey,
    },
    ...{ groups: [], lastWaiting: account.mails.at(-1)?.seq ?? 0 },
    logins: state.logins.filter((each) => each.number === number).map(({ login }) => login),
  }
}

export function saveFacts(state: StoresState, owner: Owner): boolean {
  const account = owned(state, owner)
  const isNew = !account.hasFacts
  account.hasFacts = true
  return isNew
}

// mail

export function deposit(
  state: StoresState,
  sender: Owner,
  mail: { n: number; to: string; mail: string; kind: StoredMail['kind']; body: Uint8Array },
): DepositResult {
  const from = owned(state, sender)
  if (mail.n > from.lastSent + 1) return { kind: 'order', expected: from.lastSent + 1 }
  if (mail.n <= from.lastSent) {
    const refused = from.refusals.get(mail.n)
    return refused ? { kind: 'refused', reason: refused.reason } : { kind: 'duplicate' }
  }
  from.lastSent = mail.n
  const to = state.accounts.get(mail.to)
  const reason = mail.body.length > limit('MAIL_BYTES') ? 'tooLarge' : to ? null : 'unknownRecipient'
  if (reason !== null || !to) {
    from.refusals.set(mail.n, { reason: reason ?? 'unknownRecipient', at: state.now })
    const met = reason === 'tooLarge' ? ({ met: 'MAIL_BYTES' } as const) : {}
    return { kind: 'refused', reason: reason ?? 'unknownRecipient', ...met }
  }
  to.seq += 1
  const { mail: id, kind, body } = mail
  to.mails.push({ seq: to.seq, from: sender.number, mail: id, kind, body, at: state.now })
  return { kind: 'stored', seq: to.seq }
}

export function takeMail(state: StoresState, recipient: Owner, seq: number): number {
  const account = owned(state, recipient)
  const before = account.mails.length
  account.mails = account.mails.filter((mail) => mail.seq > seq)
  return before - account.mails.length
}

export function expireMail(state: StoresState): { mails: number; recipients: number } {
  const dead = state.now - limit('MAILBOX_LIFE_MS')
  const total = { mails: 0, recipients: 0 }
  for (const [number, account] of [...state.accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const mails = account.mails.filter((mail) => mail.at <= dead).length
    account.mails = account.mails.filter((mail) => mail.at > dead)
    for (const [n, { at }] of account.refusals) if (at <= dead) account.refusals.delete(n)
    if (mails === 0) continue
    record(state, { kind: 'mailExpired', number, detail: { mails } })
    total.mails += mails
    total.recipients += 1
  }
  return total
}

// prekeys

export function publish(
  state: StoresState,
  owner: Owner,
  keys: { signedPrekey: number | null; ids: readonly number[]; isOtherKey: boolean },
): number {
  const account = owned(state, owner)
  const fresh = keys.ids.filter((id) => !account.marks.has(id))
  const known = account.stock.filter(({ id }) => fresh.includes(id))
  if (known.some(({ isOtherKey }) => isOtherKey !== keys.isOtherKey)) throw new TetherError('TETHER_ERR_BODY')
  if (keys.signedPrekey !== null) account.signedPrekey = keys.signedPrekey
  for (const id of fresh) {
    if (!known.some((each) => each.id === id)) account.stock.push({ id, isOtherKey: keys.isOtherKey })
  }
  return account.stock.length
}

/** The ids in the bundle. */
export function claim(state: StoresState, number: string, oneTime: boolean): unknown {
  const account = state.accounts.get(number)
  if (!account || account.signedPrekey === 0) return null
  const id = oneTime ? (account.stock.shift()?.id ?? null) : null
  if (id !== null) account.marks.set(id, state.now)
  record(state, { kind: 'bundle', number, detail: { oneTime: id !== null } })
  return { signedPrekey: account.signedPrekey, prekey: id }
}

// buckets

/** Fills with the time that has passed, up to the brim; time that goes backwards fills nothing. */
export function take(
  state: StoresState,
  { key, capacity, refillMs }: { key: string; capacity: number; refillMs: number },
): TakeResult {
  const full = capacity * refillMs
  const bucket = state.buckets.get(key) ?? {
    levelMs: full,
    at: state.now,
    refused: false,
    capacity,
    refillMs,
  }
  state.buckets.set(key, bucket)
  bucket.levelMs = Math.min(full, bucket.levelMs + Math.max(0, state.now - bucket.at))
  bucket.at = Math.max(bucket.at, state.now)
  if (bucket.levelMs >= refillMs) {
    bucket.levelMs -= refillMs
    bucket.refused = false
    return { kind: 'granted', left: Math.floor(bucket.levelMs / refillMs) }
  }
  const [name, number] = key.split(':')
  if (!bucket.refused) record(state, { kind: 'limit', ...(number && { number }), detail: { limit: name } })
  bucket.refused = true
  return { kind: 'refused', retryMs: Math.ceil(refillMs - bucket.levelMs) }
}

/** What has outlived its time. */
export function sweep(state: StoresState): unknown {
  const { mails } = expireMail(state)
  const counts = { mails, codes: 0, buckets: 0, prekeyMarks: 0, blobs: 0, groups: 0 }
  for (const [number, { issuedAt }] of state.codes) {
    if (issuedAt <= state.now - limit('SMS_CODE_TTL_MS')) counts.codes += Number(state.codes.delete(number))
  }
  for (const [key, { levelMs, at, capacity, refillMs }] of state.buckets) {
    const fullAt = at + capacity * refillMs - levelMs
    if (fullAt <= state.now) counts.buckets += Number(state.buckets.delete(key))
  }
  for (const { marks } of state.accounts.values()) {
    for (const [id, at] of marks) {
      if (at <= state.now - limit('MAILBOX_LIFE_MS')) counts.prekeyMarks += Number(marks.delete(id))
    }
  }
  return counts
}
