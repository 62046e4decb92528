/** Looks for a text in the whole history, which only the phone has (spec 13.2). What is found is not kept here. */
import { type ErrorCode, TetherError } from 'proto/errors'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import type { Answer, NodeKind } from './connection.ts'
import { type ChatMessage, readMessage } from './message.ts'
import { attributesOf, messagesOf } from './node-reading.ts'
import { SEARCH_COUNT } from './timing.ts'

const SEARCH: NodeKind = { metric: 'QUERY_SEARCH', flags: ['IGNORE'] }

export interface SearchOptions {
  /** Only in this chat. */
  readonly jid?: string
  /** From 1. */
  readonly page?: number
  /** Most messages of one page. */
  readonly count?: number
}

export interface Found {
  /** Newest first. */
  readonly messages: readonly ChatMessage[]
  /** There is no further page. */
  readonly last: boolean
}

/** Asks the phone. Rejects TETHER_ERR_STATE, TETHER_ERR_PHONE_AWAY, or TETHER_ERR_BODY for any other answer. */
export async function search(
  query: (node: (epoch: string) => Node, kind: NodeKind) => Promise<Answer>,
  text: string,
  { jid, page = 1, count = SEARCH_COUNT }: SearchOptions,
  dropped: (code: ErrorCode) => void,
): Promise<Found> {
  const where: Record<string, string> = jid === undefined ? {} : { jid: personJid(jid) }
  const attrs = { search: text, count: String(count), page: String(page), ...where }
  const answer = await query(
    (epoch) => ({ tag: 'query', attrs: { type: 'search', epoch, ...attrs }, content: null }),
    SEARCH,
  )
  if (!('node' in answer)) throw new TetherError('TETHER_ERR_BODY', `search answered with ${answer.status}`)
  const messages = messagesOf(answer.node, dropped).flatMap((info) => {
    const reading = readMessage(info)
    return reading !== null && 'message' in reading ? [reading.message] : []
  })
  return { messages, last: attributesOf(answer.node).last !== 'false' }
}
