/** Looks for a text in the whole history, which only the phone has (spec 13.2). What is found is not kept here. */
import type { ErrorCode } from 'proto/errors'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import type { Answer, NodeKind } from './connection.ts'
import { type Found, goodNode, shownIn } from './found.ts'
import { attributesOf } from './node-reading.ts'
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

/** Asks the phone. Rejects TETHER_ERR_STATE, TETHER_ERR_PHONE_AWAY, or the code of a refusal. */
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
  const node = goodNode(answer)
  return { messages: shownIn(node, dropped), last: attributesOf(node).last !== 'false' }
}
