/**
 * What a page looks up and does not keep: starred messages, the files of a chat, what is behind a link, the people of a
 * broadcast list (spec 13.2, 15). The phone has all of it, so nothing of this is there while it is away.
 */
import type { ErrorCode } from 'proto/errors'
import { TetherError } from 'proto/errors'
import { parseJid } from 'proto/jid'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import { objectOf, textOf } from './conn.ts'
import type { Answer, NodeKind } from './connection.ts'
import { type Found, goodNode, shownIn } from './found.ts'
import type { ChatMessage } from './message.ts'
import type { LinkPreview } from './message-context.ts'
import { attributesOf, childrenOf } from './node-reading.ts'
import { goodJson } from './refusal.ts'
import { LOOKUP_COUNT } from './timing.ts'

export interface LookupOptions {
  /** Goes on behind this message, the last one of the page before. */
  readonly before?: ChatMessage
  /** Most messages of one page. */
  readonly count?: number
}

/** One message to many people, each of whom gets it as written to them alone. */
export interface BroadcastList {
  readonly jid: string
  readonly name: string
  /** JIDs of people. */
  readonly recipients: readonly string[]
}

/** What one person has shown to everybody in the address book. */
export interface Stories {
  /** Whose. */
  readonly jid: string
  readonly unread: number
  /** Oldest first. */
  readonly messages: readonly ChatMessage[]
}

export interface LookupsParts {
  /** Asks in JSON; rejects TETHER_ERR_STATE without a connection, TETHER_ERR_IDLE without an answer. */
  ask(json: readonly unknown[]): Promise<Answer>
  /** Asks the phone; rejects TETHER_ERR_STATE or TETHER_ERR_PHONE_AWAY. */
  query(node: (epoch: string) => Node, kind: NodeKind): Promise<Answer>
  dropped(code: ErrorCode): void
}

const STARRED: NodeKind = { metric: 'QUERY_MESSAGES', flags: ['IGNORE'] }
const MEDIA: NodeKind = { metric: 'QUERY_MEDIA', flags: ['IGNORE'] }
const URL: NodeKind = { metric: 'QUERY_URL', flags: ['IGNORE'] }
const STORIES: NodeKind = { metric: 'QUERY_STATUS', flags: ['IGNORE'] }
const STATUS_NOT_FOUND = 404

/** Methods reject as `ask` and `query` do, and with the code of a refusal. */
export class Lookups {
  readonly #parts: LookupsParts

  constructor(parts: LookupsParts) {
    this.#parts = parts
  }

  /** Starred messages, newest first, of one chat or of all. TETHER_ERR_NOT_FOUND when the phone does not know `before`. */
  async starred(
    jid: string | null = null,
    { before, count = LOOKUP_COUNT }: LookupOptions = {},
  ): Promise<Found> {
    const where = jid === null ? {} : { chat: personJid(jid) }
    const node = await this.#query('star', { count: String(count), ...where, ...indexOf(before) }, STARRED)
    return {
      messages: shownIn(node, (code) => this.#parts.dropped(code)),
      last: attributesOf(node).last !== 'false',
    }
  }

  /** Messages of a chat that carry a file, newest first. TETHER_ERR_NOT_FOUND when the phone does not know `before`. */
  async gallery(jid: string, { before, count = LOOKUP_COUNT }: LookupOptions = {}): Promise<Found> {
    const attrs = { jid: personJid(jid), count: String(count), kind: 'before', ...indexOf(before) }
    const node = await this.#query('media_message', attrs, MEDIA)
    const messages = shownIn(node, (code) => this.#parts.dropped(code)).toReversed()
    return { messages, last: childrenOf(node, 'message').length < count }
  }

  /** What is behind the first link of a text; null when there is no link, or the phone can say nothing of it. */
  async preview(text: string): Promise<LinkPreview | null> {
    const answer = await this.#parts.query(
      (epoch) => ({ tag: 'query', attrs: { type: 'url', epoch, url: text }, content: null }),
      URL,
    )
    if ('status' in answer && answer.status === STATUS_NOT_FOUND) return null
    const node = goodNode(answer)
    const attributes = attributesOf(node)
    const { title = '', description = '' } = attributes
    const matchedText = attributes['matched-text'] ?? ''
    const thumbnail = node.content instanceof Uint8Array && node.content.length > 0 ? node.content : null
    if (thumbnail !== null && thumbnail.length > limit('LINK_THUMBNAIL_BYTES'))
      throw new TetherError('TETHER_ERR_TOO_LARGE', 'the picture of a link')
    return { title, description, canonicalUrl: attributes['canonical-url'] ?? '', matchedText, thumbnail }
  }

  /** What contacts have shown in the last day, who told last comes last; own stories under the own JID. */
  async stories(): Promise<readonly Stories[]> {
    const node = await this.#query('status', {}, STORIES)
    return childrenOf(node, 'status').map((person) => ({
      jid: personJid(attributesOf(person).jid ?? ''),
      unread: Number(attributesOf(person).unread) || 0,
      messages: shownIn(person, (code) => this.#parts.dropped(code)),
    }))
  }

  /** The people of a broadcast list. TETHER_ERR_NOT_FOUND for one that the phone does not have; TETHER_ERR_JID. */
  async broadcastList(jid: string): Promise<BroadcastList> {
    const list = parseJid(jid)
    const { name, recipients } = goodJson(await this.#parts.ask(['query', 'contact', list]))
    if (!Array.isArray(recipients)) throw new TetherError('TETHER_ERR_BODY', 'no recipients')
    const people = recipients.map(objectOf).flatMap(({ id }) => textOf(id) ?? [])
    return { jid: list, name: textOf(name) ?? '', recipients: people.map(personJid) }
  }

  async #query(type: string, attrs: Readonly<Record<string, string>>, kind: NodeKind): Promise<Node> {
    const answer = await this.#parts.query(
      (epoch) => ({ tag: 'query', attrs: { type, epoch, ...attrs }, content: null }),
      kind,
    )
    return goodNode(answer)
  }
}

/** Names the message behind which a page begins. */
function indexOf(message: ChatMessage | undefined): Record<string, string> {
  if (message === undefined) return {}
  return { jid: message.jid, index: message.id, owner: String(message.fromMe) }
}
