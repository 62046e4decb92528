/**
 * What the relay answers itself to a browser's JSON (spec 4 to 8, 12, 14.1, 15). Words and shapes are those of the
 * message table; here is when each request is legal, and its handler, which decides and returns outputs. Requests
 * without a handler are answered 404 (queries) or 400 (the rest): never silence (spec 15).
 */
import { type BrowserBody, matchRequest, type RequestName } from 'proto/browser-messages'
import { formatTextFrame } from 'proto/frame'
import { checkerOf } from 'proto/message-checkers'
import { limit } from 'proto/limits'
import {
  BAD,
  type Call,
  type Handler,
  isGroup,
  numberOf,
  OK,
  openingOf,
  refusalFor,
  UNKNOWN,
} from './browser-call.ts'
import { isClientOutdated } from './conn.ts'
import type { Context } from './context.ts'
import * as directory from './directory-requests.ts'
import { absoluteUrl, mediaHost, uploadPath } from './media-address.ts'
import type { Browser } from './peers.ts'
import { SETTLE, type Output } from './outputs.ts'
import type { Services } from './services.ts'

// prettier-ignore
const handlers: { readonly [N in RequestName]?: Handler } = {
  init:              { when: 'always', handle: init },
  reref:             { when: 'init',   handle: reref },
  login:             { when: 'init',   handle: login },
  challenge:         { when: 'init',   handle: challenge },
  logout:            { when: 'always', handle: logout },
  test:              { when: 'open',   handle: test },
  exist:             { when: 'open',   handle: directory.exist },
  pictureUrl:        { when: 'open',   handle: directory.pictureAddress },
  aboutText:         { when: 'open',   handle: directory.aboutText },
  lastSeen:          { when: 'open',   handle: directory.lastSeen },
  businessProfile:   { when: 'open',   handle: directory.businessProfile },
  businessCatalog:   { when: 'open',   handle: directory.noBusiness },
  businessOrder:     { when: 'open',   handle: directory.noBusiness },
  addProduct:        { when: 'open',   handle: directory.noBusiness },
  editProduct:       { when: 'open',   handle: directory.noBusiness },
  deleteProduct:     { when: 'open',   handle: directory.noBusiness },
  subscribePresence: { when: 'open',   handle: subscribe },
  mediaConn:         { when: 'open',   handle: mediaConn },
  encryptedUpload:   { when: 'open',   handle: encryptedUpload },
  inviteCode:        { when: 'open',   handle: inviteCode },
  groupMetadata:     { when: 'open',   handle: forward },
  acceptInvite:      { when: 'open',   handle: forward },
  resetInvite:       { when: 'open',   handle: forward },
  broadcastList:     { when: 'open',   handle: forward },
  editBusinessProfile: { when: 'open', handle: forward },
}

/** The status of an init that is too old; which one the real service took is not known (spec 4). */
const UPGRADE_REQUIRED = 426

/** Finds the row, checks when it is legal and what shape it has, lets its handler decide. */
export function handleRequest(
  browser: Browser,
  tag: string,
  body: unknown,
  context: Context,
  services: Services,
): readonly Output[] | Promise<readonly Output[]> {
  const { counters } = context
  const name = matchRequest(body)?.name
  const handler = name === undefined ? undefined : handlers[name]
  if (name === undefined || handler === undefined) {
    counters.add('messages', 'unknown')
    if (!Array.isArray(body)) counters.add('errors', 'TETHER_ERR_BODY')
    return [refusalOf(body)]
  }
  counters.add('messages', name)
  if (!isLegal(handler, browser)) {
    counters.add('errors', 'TETHER_ERR_STATE')
    return [BAD]
  }
  if (!checkerOf(name)(body)) {
    counters.add('errors', 'TETHER_ERR_BODY')
    return [SETTLE, refusalOf(body)] // the answer to a login must wait as any other (spec 7.6)
  }
  return handler.handle({ browser, tag, body, context, services })
}

/** Open means that the login is known too: a claimed ref opens the state a moment before. */
function isLegal({ when }: Handler, { clientId, isOpen, opening }: Browser): boolean {
  if (when === 'always') return true
  return when === 'init' ? clientId !== null : isOpen && opening !== null
}

/** §15: queries are answered 404, the rest 400. */
function refusalOf(body: unknown): Output {
  return Array.isArray(body) && body[0] === 'query' ? UNKNOWN : BAD
}

/** §4 */
function init({ browser, body, context, services }: Call): readonly Output[] {
  const [, , version, names, clientId] = body as BrowserBody<'init'>
  const isOutdated = isClientOutdated(version, context.config)
  if (isOutdated && context.config.outdatedClients === 'refuse') {
    context.counters.add('errors', 'TETHER_ERR_VERSION')
    return [{ answer: { status: UPGRADE_REQUIRED } }]
  }
  if (!browser.become('init')) return stateRefused(context)
  browser.clientId = clientId
  browser.version = version.slice(0, 3)
  browser.browserName = names.slice(0, 3)
  context.trace?.emit('client', { connection: browser.connection, name: browser.browserName.join(' ') })
  const { ref, ttl } = services.pairing.issue(browser.connection, clientId)
  return [
    {
      answerThenListen: {
        status: 200,
        ref,
        ttl,
        update: isOutdated,
        curr: context.config.clientVersion,
        time: context.clock.now(),
      },
    },
  ]
}

/** §5.2 */
function reref({ browser, context, services }: Call): readonly Output[] {
  if (!browser.become('reref')) return stateRefused(context)
  const answer = services.pairing.reissue(browser.connection, browser.clientId!)
  if (answer.status === 429) context.counters.add('limits', 'REFS_PER_CONNECTION')
  return [{ answerThenListen: answer }]
}

/** §7 */
function login({ browser, tag, body, services }: Call): Promise<readonly Output[]> {
  const [, , clientToken, serverToken, clientId, mode = 'takeover'] = body as BrowserBody<'login'>
  return services.logins.resume(browser, { tag, clientToken, serverToken, clientId, mode })
}

/** §7.3 */
function challenge({ browser, body, services }: Call): Promise<readonly Output[]> {
  const [, , answer, serverToken, clientId] = body as BrowserBody<'challenge'>
  return services.logins.answerChallenge(browser, { answer, serverToken, clientId })
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

/** Only the phone can answer; while it is away the request waits for it as sealed ones do (spec 12, 15). */
function forward({ browser, tag, body, context, services }: Call): readonly Output[] {
  if (!browser.asksPhone(tag)) {
    context.counters.add('limits', 'BROWSER_REQUESTS')
    return [{ answer: { status: 429 } }]
  }
  services.relay.toPhone(browser, formatTextFrame(tag, body))
  return []
}

/** §15: for admins of the group; 401 for strangers, 403 for other members. */
async function inviteCode(call: Call): Promise<readonly Output[]> {
  try {
    const code = await call.services.groups.inviteCode(openingOf(call).number, String(call.body[2]))
    return [{ answer: { status: 200, code } }]
  } catch (error) {
    return [refusalFor(error)]
  }
}

/** §14.1: a person, or a group for its members. What is known comes after the answer. */
async function subscribe(call: Call): Promise<readonly Output[]> {
  const { browser, body, context, services } = call
  const { number } = openingOf(call)
  const subject = isGroup(body[3]) ? body[3] : numberOf(body[3])
  if (subject === null) return [BAD]
  if (!services.presence.hasRoom(browser.connection, subject)) {
    context.counters.add('limits', 'PRESENCE_WATCHED')
    return [{ answer: { status: 429 } }]
  }
  if (!isGroup(subject)) return [OK, { run: () => services.presence.watch(browser, number, subject) }]
  try {
    const facts = await services.groups.facts(number, subject)
    return [OK, { run: () => services.presence.watchGroup(browser, number, facts) }]
  } catch (error) {
    return [refusalFor(error)]
  }
}

/** §16.2 */
function mediaConn({ browser, context, services }: Call): readonly Output[] {
  const auth = services.media.auth.grant(browser.opening!.number, context.clock.now())
  const host = { hostname: mediaHost(browser.facts, context.config), ips: [] }
  // the same host twice: clients try the next one, and one sometimes measures its file before all of it is written
  const media_conn = { auth, ttl: limit('MEDIA_AUTH_MS') / 1000, hosts: [host, host] }
  return [{ answer: { status: 200, media_conn } }]
}

/** §16.3: the right is part of the address, since the client appends its own query. */
function encryptedUpload({ browser, body, context, services }: Call): readonly Output[] {
  const [, , type, base64] = body as BrowserBody<'encryptedUpload'>
  const path = uploadPath(type, base64)
  if (path === null) return [BAD]
  const auth = services.media.auth.grant(browser.opening!.number, context.clock.now())
  const url = absoluteUrl(`${path}/${auth}`, browser.facts, context.config)
  return [{ answer: { status: 200, url } }]
}

function stateRefused(context: Context): readonly Output[] {
  context.counters.add('errors', 'TETHER_ERR_STATE')
  return [BAD]
}
