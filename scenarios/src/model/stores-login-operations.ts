/** The operations of the stores that are about logins. */
import fc from 'fast-check'
import { limit } from 'proto/limits'
import type { Credentials } from 'server/stores'
import {
  hash,
  most,
  newest,
  NOBODY,
  NUMBERS,
  operation,
  owned,
  place,
  type Call,
  type Operation,
} from './stores-calls.ts'
import * as logins from './stores-login-state.ts'
import type { StoresState } from './stores-state.ts'

const CLIENTS = ['client 1', 'client 2', 'client 3', 'client 4', 'client 5'] as const

export function credentials({ clientId, tokens }: { clientId: string; tokens: string }): Credentials {
  return { clientId, clientTokenHash: hash(`c ${tokens}`), serverTokenHash: hash(`s ${tokens}`) }
}

/** Where a browser is; null where that is not known. */
const network = fc.constantFrom('203.0.113', '2001:db8:0:0', null)

export const pair = owned(
  'pair',
  fc.record({ clientId: fc.constantFrom(...CLIENTS), network }),
  (now, owner, { clientId, network }) => {
    const tokens = `tokens ${++now.pairings}`
    return {
      ask: (stores) => stores.logins.pair(owner, credentials({ clientId, tokens }), { at: now.now, network }),
      expect: (model, actual) => logins.pair(model, owner, { clientId, tokens, network, id: idOf(actual) }),
    }
  },
  { isBlind: false },
)

function idOf(paired: unknown): string {
  return (paired as { login?: { login: string } } | null)?.login?.login ?? ''
}

const opening = fc.record({ which: place, challenged: fc.boolean(), network })
export const open = operation('open', opening, (now, { which, ...drawn }) => {
  const { login } = newest(now.issued, which) ?? { login: 'nothing' }
  return {
    ask: (stores) => stores.logins.open({ login, ...drawn, at: now.now }),
    expect: (model) => logins.open(model, { login, ...drawn }),
  }
})

function judgedAs(now: StoresState, drawn: { which: number; fits: boolean }): Call {
  const { login } = newest(now.issued, drawn.which) ?? { login: 'nothing' }
  return {
    ask: (stores) => stores.logins.judged({ login, fits: drawn.fits, at: now.now }),
    expect: (model) => logins.judged(model, login, drawn.fits),
  }
}
const fits = fc.constantFrom(false, false, true)
export const judged = operation('judged', fc.record({ which: place, fits }), judgedAs)

/** So many wrong answers for one login that it is locked; single ones seldom come to that. */
export const wrongAnswers: fc.Arbitrary<readonly Operation[]> = place.map((which) => {
  const args = { which, fits: false }
  const once: Operation = { name: 'judged', args, isBlind: true, call: (now) => judgedAs(now, args) }
  return Array.from({ length: limit('CHALLENGE_FAILURES') }, () => once)
})

export const touch = operation('touch', place, (now, which) => {
  const { login } = newest(now.issued, which) ?? { login: 'nothing' }
  return {
    ask: (stores) => stores.logins.touch({ login, at: now.now }),
    expect: (model) => logins.touch(model, login),
  }
})

export const end = operation(
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

/** Looks: nothing changes. They see what is committed, so they are asked alone. */
export const findLogin = operation(
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
