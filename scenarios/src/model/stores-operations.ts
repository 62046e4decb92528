/**
 * Every operation of the stores that the model knows, three ways: what it is called with, how the store is asked, and
 * what the model makes of it, which is what the store must have answered.
 */
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { limit } from 'proto/limits'
import type { DeviceFacts } from 'proto/phone-link'
import type { Owner, Stores } from 'server/stores'
import * as logins from './stores-login-state.ts'
import * as state from './stores-state.ts'
import type { StoresState } from './stores-state.ts'

export const NUMBERS = ['15550001111', '15550002222', '15550003333'] as const
const NOBODY = '15550009999'
const CLIENTS = ['client 1', 'client 2', 'client 3', 'client 4', 'client 5'] as const
const BUCKETS = [
  { key: `A:${NUMBERS[0]}`, capacity: 3, refillMs: 1000 },
  { key: `A:${NUMBERS[1]}`, capacity: 3, refillMs: 1000 },
  { key: 'B', capacity: 1, refillMs: 3_600_000 },
]
const FACTS: DeviceFacts = {
  ...{ pushname: 'A', battery: 50, plugged: false, platform: 'android', lc: 'GB', lg: 'en' },
  ...{ locales: 'en', is24h: true, tos: 0, protoVersion: [0, 17], binVersion: 11 },
  phone: {
    ...{ wa_version: '2.20.1', mcc: '001', mnc: '001', os_version: '10' },
    ...{ device_manufacturer: 'Acme', device_model: 'One', os_build_number: '1' },
  },
}

/** One call, made for the state that the model has when it is this call's turn. */
export interface Call {
  /** Asks the store. */
  ask(stores: Stores): Promise<unknown>
  /** Changes the model; gives or throws what the store must say. `actual` is what it did say. */
  expect(state: StoresState, actual: unknown): unknown
}

export interface Operation {
  readonly name: string
  readonly args: unknown
  /** Whether the model can follow without having heard the answer. */
  readonly isBlind: boolean
  /** Null when the state has nothing to call it with, such as a connection before the first. */
  call(state: StoresState): Call | null
}

const number = fc.constantFrom(...NUMBERS)
/** Mostly the newest of its kind. */
const place = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(12) })
const most = fc.oneof(
  { weight: 6, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
)

function hash(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

function publicKey(text: string): Uint8Array {
  return new Uint8Array([5, ...hash(text)])
}

export function identityKey(who: { number: string; identity: number }): Uint8Array {
  return publicKey(`${who.number} ${who.identity}`)
}

function credentials({ clientId, tokens }: { clientId: string; tokens: string }) {
  return { clientId, clientTokenHash: hash(`c ${tokens}`), serverTokenHash: hash(`s ${tokens}`) }
}

function newest<T>(list: readonly T[], back: number): T | undefined {
  return list[list.length - 1 - (back % Math.max(1, list.length))]
}

function operation<A>(
  name: string,
  args: fc.Arbitrary<A>,
  call: (state: StoresState, args: A) => Call | null,
  { isBlind = true } = {},
): fc.Arbitrary<Operation> {
  return args.map((drawn) => ({ name, args: drawn, isBlind, call: (now) => call(now, drawn) }))
}

/** An operation of a connection that a phone has, or once had. */
function owned<A>(
  name: string,
  args: fc.Arbitrary<A>,
  call: (state: StoresState, owner: Owner, args: A) => Call | null,
  options?: { isBlind: boolean },
): fc.Arbitrary<Operation> {
  const both = fc.record({ by: place, args })
  return operation(
    name,
    both,
    (now, drawn) => {
      const owner = newest(now.owners, drawn.by)
      return owner ? call(now, owner, drawn.args) : null
    },
    options,
  )
}

function requestCodeFor(now: StoresState, who: string): Call {
  return {
    ask: (stores) => stores.accounts.requestCode({ number: who, codeHash: hash('right'), at: now.now }),
    expect: (model) => state.requestCode(model, who),
  }
}
const requestCode = operation('requestCode', number, requestCodeFor)

function registerAs(now: StoresState, who: { number: string; identity: number; isRight: boolean }): Call {
  const name = `life of ${now.now}`
  return {
    async ask(stores) {
      const answer = await stores.accounts.register({
        ...{ number: who.number, identityKey: identityKey(who), registrationId: 77, name, at: now.now },
        codeHash: hash(who.isRight ? 'right' : 'wrong'),
      })
      if (answer.kind !== 'registered') return answer
      const { account, replaced, ended } = answer
      return { kind: 'registered', epoch: account.epoch, replaced, ended }
    },
    expect: (model) => state.register(model, { ...who, name }),
  }
}
const identity = fc.constantFrom(0, 0, 0, 1)
const register = operation('register', fc.record({ number, identity, isRight: most }), registerAs)

function attachAs(now: StoresState, who: { number: string; identity: number }): Call {
  return {
    ask: (stores) =>
      stores.accounts.attach({ number: who.number, identityKey: identityKey(who), at: now.now }),
    expect: (model) => state.attach(model, who.number, who.identity),
  }
}
const attach = operation('attach', fc.record({ number, identity }), attachAs)

const saveFacts = owned('saveFacts', fc.constant(null), (_now, owner) => ({
  ask: (stores) => stores.accounts.saveFacts(owner, FACTS),
  expect: (model) => state.saveFacts(model, owner),
}))

const deposit = owned(
  'deposit',
  fc.record({
    to: fc.constantFrom(...NUMBERS, ...NUMBERS, NOBODY),
    /** 1 is the next counter, less is a repetition, more a gap. */
    step: fc.constantFrom(1, 1, 1, 1, 1, 0, -1, 2),
    size: fc.constantFrom(0, 3, 3, 100, limit('MAIL_BYTES') + 1),
  }),
  (now, owner, { to, step, size }) => {
    const from = now.accounts.get(owner.number)
    const n = Math.max(1, (from?.lastSent ?? 0) + step)
    const id = `${owner.number} ${from?.life ?? 0} ${n}`
    const mail = { n, to, mail: id, kind: 'whisper' as const, body: new Uint8Array(size).fill(n) }
    return {
      ask: (stores) => stores.mail.deposit(owner, { ...mail, at: now.now }),
      expect: (model) => state.deposit(model, owner, mail),
    }
  },
)

const takeMail = owned('take', fc.nat(4), (now, owner, upTo) => {
  const seq = (now.accounts.get(owner.number)?.mails[0]?.seq ?? 1) - 1 + upTo
  return {
    ask: (stores) => stores.mail.take(owner, seq),
    expect: (model) => state.takeMail(model, owner, seq),
  }
})

const expire = operation('expire', fc.constant(null), (now) => ({
  ask: (stores) => stores.mail.expire(now.now),
  expect: (model) => state.expireMail(model),
}))

const sweep = operation('sweep', fc.constant(null), (now) => ({
  ask: (stores) => stores.sweep(now.now),
  expect: (model) => state.sweep(model),
}))

interface Upload {
  readonly isSigned: boolean
  readonly first: number
  readonly count: number
  /** The ids come with keys that were not under them before. */
  readonly isOtherKey: boolean
}
function publishBy(now: StoresState, owner: Owner, { isSigned, first, count, isOtherKey }: Upload): Call {
  const life = now.accounts.get(owner.number)?.life ?? 0
  const ids = Array.from({ length: count }, (_, i) => first + i)
  const key = (id: number) => publicKey(`${owner.number} ${life} ${id}${isOtherKey ? ' other' : ''}`)
  const signedPrekey = { id: first, key: publicKey(`signed ${first}`), signature: new Uint8Array(64) }
  return {
    ask: (stores) =>
      stores.prekeys.publish(owner, {
        ...(isSigned && { signedPrekey }),
        ...{ prekeys: ids.map((id) => ({ id, key: key(id) })), at: now.now },
      }),
    expect: (model) =>
      state.publish(model, owner, { signedPrekey: isSigned ? first : null, ids, isOtherKey }),
  }
}
const upload: fc.Arbitrary<Upload> = fc.record({
  isSigned: fc.boolean(),
  first: fc.integer({ min: 1, max: 12 }),
  count: fc.nat(4),
  isOtherKey: fc.constantFrom(false, false, false, true),
})
const publish = owned('publish', upload, publishBy)

const claim = operation('claim', fc.record({ number, oneTime: most }), (now, { number: who, oneTime }) => ({
  async ask(stores) {
    const bundle = await stores.prekeys.claim({ number: who, oneTime, at: now.now })
    return bundle && { signedPrekey: bundle.signedPrekey.id, prekey: bundle.prekey?.id ?? null }
  },
  expect: (model) => state.claim(model, who, oneTime),
}))

const pair = owned(
  'pair',
  fc.constantFrom(...CLIENTS),
  (now, owner, clientId) => {
    const tokens = `tokens ${++now.pairings}`
    return {
      ask: (stores) => stores.logins.pair(owner, credentials({ clientId, tokens }), now.now),
      expect: (model, actual) => logins.pair(model, owner, { clientId, tokens, id: idOf(actual) }),
    }
  },
  { isBlind: false },
)

function idOf(paired: unknown): string {
  return (paired as { login?: { login: string } } | null)?.login?.login ?? ''
}

const open = operation('open', fc.record({ which: place, challenged: fc.boolean() }), (now, drawn) => {
  const { login } = newest(now.issued, drawn.which) ?? { login: 'nothing' }
  return {
    ask: (stores) => stores.logins.open({ login, challenged: drawn.challenged, at: now.now }),
    expect: (model) => logins.open(model, login, drawn.challenged),
  }
})

const judged = operation(
  'judged',
  fc.record({ which: place, fits: fc.constantFrom(false, false, true) }),
  (now, drawn) => {
    const { login } = newest(now.issued, drawn.which) ?? { login: 'nothing' }
    return {
      ask: (stores) => stores.logins.judged({ login, fits: drawn.fits, at: now.now }),
      expect: (model) => logins.judged(model, login, drawn.fits),
    }
  },
)

const touch = operation('touch', place, (now, which) => {
  const { login } = newest(now.issued, which) ?? { login: 'nothing' }
  return {
    ask: (stores) => stores.logins.touch({ login, at: now.now }),
    expect: (model) => logins.touch(model, login),
  }
})

const end = operation(
  'end',
  fc.record({ which: place, isOwn: most, by: fc.constantFrom('phone', 'browser') }),
  (now, drawn) => {
    const issued = newest(now.issued, drawn.which) ?? { login: 'nothing', number: NUMBERS[0] }
    const whose = drawn.isOwn ? issued.number : NOBODY
    return {
      ask: (stores) => stores.logins.end({ login: issued.login, number: whose, by: drawn.by, at: now.now }),
      expect: (model) => logins.end(model, issued.login, whose, drawn.by),
    }
  },
)

const takeToken = operation('takeToken', fc.constantFrom(...BUCKETS), (now, bucket) => ({
  ask: (stores) => stores.limits.take(bucket, now.now),
  expect: (model) => state.take(model, bucket),
}))

/** Looks: nothing changes. They see what is committed, so they are asked alone. */
const findLogin = operation(
  'find',
  fc.record({ which: place, clientId: fc.constantFrom(null, null, ...CLIENTS) }),
  (now, drawn) => {
    const issued = newest(now.issued, drawn.which) ?? { clientId: 'nobody', tokens: 'none' }
    const shown = { tokens: issued.tokens, clientId: drawn.clientId ?? issued.clientId }
    return {
      ask: (stores) => stores.logins.find(credentials(shown)),
      expect: (model) => logins.find(model, shown),
    }
  },
)

const page = operation(
  'page',
  fc.record({ number, skip: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) }),
  (now, drawn) => {
    const after = (now.accounts.get(drawn.number)?.mails[0]?.seq ?? 1) - 1 + drawn.skip
    return {
      ask: (stores) => stores.mail.page(drawn.number, after, drawn.count),
      expect: (model) =>
        (model.accounts.get(drawn.number)?.mails ?? [])
          .filter(({ seq }) => seq > after)
          .slice(0, drawn.count),
    }
  },
)

/** What changes something; may be asked in any number at once. */
export const writes: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 10, arbitrary: deposit },
  ...[attach, takeMail, publish, claim, pair, open].map((arbitrary) => ({ weight: 3, arbitrary })),
  ...[requestCode, register, judged, end, takeToken].map((arbitrary) => ({ weight: 2, arbitrary })),
  ...[saveFacts, expire, sweep, touch].map((arbitrary) => ({ weight: 1, arbitrary })),
)

export const looks: fc.Arbitrary<Operation> = fc.oneof(findLogin, page)

/** Three phones, registered and attached, with a signed prekey, before anything else. */
export const beginning: readonly Operation[] = NUMBERS.flatMap((who) => {
  const step = (name: string, call: Operation['call']): Operation => ({
    name,
    args: who,
    isBlind: true,
    call,
  })
  const keys: Upload = { isSigned: true, first: 1, count: 0, isOtherKey: false }
  return [
    step('requestCode', (now) => requestCodeFor(now, who)),
    step('register', (now) => registerAs(now, { number: who, identity: 0, isRight: true })),
    step('attach', (now) => attachAs(now, { number: who, identity: 0 })),
    step('publish', (now) => publishBy(now, now.owners.at(-1)!, keys)),
  ]
})
