/**
 * JSON requests that the server hands to the phone because only a phone can answer them: groups and broadcast lists
 * (spec 15). Words and shapes are those of the message table.
 */
import { matchRequest, type RequestName } from 'proto/browser-messages'
import { checkerOf } from 'proto/message-checkers'
import { type Answer, type RequestParts, status } from './browser-answer.ts'
import { acceptInvite, groupMetadata, resetInvite } from './browser-groups.ts'
import { broadcastList } from './browser-lists.ts'
import { editBusinessProfile } from './browser-profile.ts'
import type { Browser } from './browsers.ts'
import type { Linked } from './companions.ts'
import { mayWrite } from './consent.ts'
import { coversJson } from './consent-reach.ts'

interface JsonHandler {
  /** Changes something: needs the consent to write. */
  readonly writes: boolean
  readonly handle: (
    body: readonly unknown[],
    parts: RequestParts,
    connection: number,
  ) => Answer | Promise<Answer>
}

const handlers: { readonly [N in RequestName]?: JsonHandler } = {
  editBusinessProfile: { writes: true, handle: editBusinessProfile },
  groupMetadata: { writes: false, handle: groupMetadata },
  broadcastList: { writes: false, handle: broadcastList },
  acceptInvite: { writes: true, handle: acceptInvite },
  resetInvite: { writes: true, handle: resetInvite },
}

/** Never silent: queries that nobody answers are 404, the rest 400 (spec 15). Rejects with what the handler throws. */
export async function answerJsonRequest(
  body: unknown,
  { companion, browser: { connection } }: { companion: Linked; browser: Browser },
  parts: RequestParts,
): Promise<Answer> {
  const name = matchRequest(body)?.name
  const handler = name === undefined ? undefined : handlers[name]
  if (name === undefined || handler === undefined || !checkerOf(name)(body) || !Array.isArray(body))
    return status(Array.isArray(body) && body[0] === 'query' ? 404 : 400)
  if (!coversJson(companion.consent, name, body)) return status(handler.writes ? 403 : 404)
  if (handler.writes && !mayWrite(companion.consent)) return status(403)
  return handler.handle(body, parts, connection)
}
