/**
 * Every operation of the stores that the model knows, three ways: what it is called with, how the store is asked, and
 * what the model makes of it, which is what the store must have answered.
 */
import fc from 'fast-check'
import { limit } from 'proto/limits'
import type { DeviceFacts } from 'proto/phone-link'
import type { Owner } from 'server/stores'
import {
  hash,
  identityKey,
  most,
  NOBODY,
  number,
  NUMBERS,
  operation,
  owned,
  publicKey,
  type Call,
  type Operation,
} from './stores-calls.ts'
import { end, findLogin, judged, open, pair, touch } from './stores-login-operations.ts'
import * as state from './stores-state.ts'
import type { StoresState } from './stores-state.ts'

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
  first: fc.integer({ min: 1, max: 4 }),
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

const takeToken = operation('takeToken', fc.constantFrom(...BUCKETS), (now, bucket) => ({
  ask: (stores) => stores.limits.take(bucket, now.now),
  expect: (model) => state.take(model, bucket),
}))

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
