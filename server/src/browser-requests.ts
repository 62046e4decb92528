/**
 * What the relay answers itself to a browser's JSON (spec 4 to 8, 12, 14.1, 15). One row per request: the words it
 * begins with, when it is legal, and the handler, which decides and returns outputs. Requests that no row knows are
 * answered 404 (queries) or 400 (the rest): never silence (spec 15).
 */
import type { Context } from './context.ts'
import type { Browser } from './peers.ts'
import type { Output } from './outputs.ts'
import type { Services } from './services.ts'

interface Call {
  readonly browser: Browser
  readonly tag: string
  /** The whole JSON array. */
  readonly body: readonly unknown[]
  readonly context: Context
  readonly services: Services
}

interface Row {
  readonly name: string
  readonly begins: readonly string[]
  /** `always`: in any state; `init`: once init was answered; `open`: after Conn. */
  readonly when: 'always' | 'init' | 'open'
  readonly handle: (call: Call) => readonly Output[] | Promise<readonly Output[]>
}

// prettier-ignore
const rows: readonly Row[] = [
  { name: 'init',          begins: ['admin', 'init'],                      when: 'always', handle: init },
  { name: 'reref',         begins: ['admin', 'Conn', 'reref'],             when: 'init',   handle: reref },
  { name: 'login',         begins: ['admin', 'login'],                     when: 'init',   handle: login },
  { name: 'challenge',     begins: ['admin', 'challenge'],                 when: 'init',   handle: challenge },
  { name: 'logout',        begins: ['admin', 'Conn', 'disconnect'],        when: 'always', handle: logout },
  { name: 'test',          begins: ['admin', 'test'],                      when: 'open',   handle: test },
  { name: 'exist',         begins: ['query', 'exist'],                     when: 'open',   handle: exist },
  { name: 'subscribe',     begins: ['action', 'presence', 'subscribe'],    when: 'open',   handle: subscribe },
]

const OK: Output = { answer: { status: 200 } }
const BAD: Output = { answer: { status: 400 } }
const UNKNOWN: Output = { answer: { status: 404 } }

/** Finds the row, checks when it is legal, lets it decide. */
export function handleRequest(
  browser: Browser,
  tag: string,
  body: unknown,
  context: Context,
  services: Services,
): readonly Output[] | Promise<readonly Output[]> {
  if (!Array.isArray(body)) return refused(context, [BAD])
  const row = rows.find(({ begins }) => begins.every((word, at) => body[at] === word))
  if (!row) {
    context.counters.add('messages', 'unknown')
    return [body[0] === 'query' ? UNKNOWN : BAD]
  }
  context.counters.add('messages', row.name)
  const legal = row.when === 'always' || (row.when === 'init' ? browser.clientId !== null : browser.isOpen)
  if (!legal) {
    context.counters.add('errors', 'TETHER_ERR_STATE')
    return [BAD]
  }
  return row.handle({ browser, tag, body, context, services })
}

/** §4 */
function init({ browser, body, context, services }: Call): readonly Output[] {
  const [, , version, names, clientId] = body
  if (!isClientId(clientId) || !Array.isArray(version) || !Array.isArray(names))
    return refused(context, [BAD])
  if (!browser.become('init')) return refused(context, [BAD])
  browser.clientId = clientId
  browser.version = version.filter((part): part is number => Number.isInteger(part) && part >= 0).slice(0, 3)
  browser.browserName = names
    .filter((part): part is string => typeof part === 'string')
    .slice(0, 3)
    .map((part) => part.slice(0, 200))
  const { ref, ttl } = services.pairing.issue(browser.connection, clientId)
  return [
    {
      answerThenListen: {
        status: 200,
        ref,
        ttl,
        update: false,
        curr: context.config.clientVersion,
        time: context.clock.now(),
      },
    },
  ]
}

/** §5.2 */
function reref({ browser, context, services }: Call): readonly Output[] {
  if (!browser.become('reref')) return refused(context, [BAD])
  const answer = services.pairing.reissue(browser.connection, browser.clientId!)
  if (answer.status === 429) context.counters.add('limits', 'REFS_PER_CONNECTION')
  return [{ answerThenListen: answer }]
}

/** §7 */
function login({
  browser,
  tag,
  body,
  context,
  services,
}: Call): readonly Output[] | Promise<readonly Output[]> {
  const [, , clientToken, serverToken, clientId, mode] = body
  if (!isToken(clientToken) || !isToken(serverToken) || !isClientId(clientId)) {
    return refused(context, [{ settle: true }, BAD])
  }
  const known = typeof mode === 'string' ? mode : 'takeover'
  return services.logins.resume(browser, { tag, clientToken, serverToken, clientId, mode: known })
}

/** §7.3 */
function challenge({
  browser,
  body,
  context,
  services,
}: Call): readonly Output[] | Promise<readonly Output[]> {
  const answer = body[2]
  if (!isToken(answer)) return refused(context, [BAD])
  return services.logins.answerChallenge(browser, answer)
}

/** §8.1 */
function logout({ browser, services }: Call): Promise<readonly Output[]> {
  return services.logins.logout(browser)
}

/** §12: the phone answers, or nobody does. */
function test({ browser, tag, services }: Call): readonly Output[] {
  services.probes.ask(browser, tag)
  return []
}

/** §15 */
async function exist({ body, context }: Call): Promise<readonly Output[]> {
  const number = numberOf(body[2])
  const account = number === null ? null : await context.stores.accounts.find(number)
  return [account ? { answer: { status: 200, jid: `${account.number}@c.us` } } : UNKNOWN]
}

/** §14.1 */
function subscribe({ browser, body, context, services }: Call): readonly Output[] {
  const number = numberOf(body[3])
  if (number === null) return refused(context, [BAD])
  const known = services.presence.subscribe(browser.connection, browser.opening!.number, number)
  return known ? [OK, { push: known.body }] : [OK]
}

function refused(context: Context, outputs: readonly Output[]): readonly Output[] {
  context.counters.add('errors', 'TETHER_ERR_BODY')
  return outputs
}

function isClientId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 64 && !value.includes(',')
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512
}

/** The number of a person, from `digits`, `digits@c.us` or `digits@s.whatsapp.net`; null for anything else. */
function numberOf(value: unknown): string | null {
  const match = typeof value === 'string' ? /^([0-9]{5,15})(@c\.us|@s\.whatsapp\.net)?$/.exec(value) : null
  return match?.[1] ?? null
}
