/** The stage of a story told on the wire: virtual time, Alice and Bob with a past, browsers without a client. */
import type { WorldOptions } from 'harness'
import type { Node } from 'proto/node'
import { decodeWebMessage, encodeWebMessage, textMessage, textOf } from 'proto/web-message'
import { BOB_JID } from './backstory.ts'
import { clientStory, type ClientStory } from './client-story.ts'
import { RawBrowser, type RawCredentials } from './raw-browser.ts'

export interface RawStory extends ClientStory {
  /** A new connection under a fresh name. */
  connect(kept?: RawCredentials | null): Promise<RawBrowser>
  /** A browser that has just paired with Alice; nothing said since. */
  paired(): Promise<RawBrowser>
}

export async function rawStory(
  t: Parameters<typeof clientStory>[0],
  options: Omit<WorldOptions, 'clock'> & { readonly messages?: number } = {},
): Promise<RawStory> {
  const story = await clientStory(t, { ...options, clock: 'virtual' })
  let count = 0
  const connect = (kept: RawCredentials | null = null) =>
    RawBrowser.connect(story.world, `raw${++count}`, kept)
  return {
    ...story,
    connect,
    async paired() {
      const browser = await connect()
      await browser.pair(story.alice)
      return browser
    },
  }
}

/** `query` {type, ...}: what browsers ask phones. */
export function query(type: string, attrs: Record<string, string> = {}): Node {
  return { tag: 'query', attrs: { type, epoch: '1', ...attrs }, content: null }
}

/** `action` {type: set} with one child. */
export function change(child: Node): Node {
  return { tag: 'action', attrs: { type: 'set', epoch: '1' }, content: [child] }
}

export const AVAILABLE = change({ tag: 'presence', attrs: { type: 'available' }, content: null })

/** A text as a browser hands it to its phone; the tag of the frame is `id`. */
export function relayNode(id: string, text: string, to: string = BOB_JID): Node {
  const info = textMessage({ remoteJid: to, fromMe: true, id, timestampS: 1_559_390_400, text })
  const message: Node = { tag: 'message', attrs: {}, content: encodeWebMessage(info) }
  return { tag: 'action', attrs: { type: 'relay', epoch: '2' }, content: [message] }
}

export function childrenOf(node: Node): readonly Node[] {
  return Array.isArray(node.content) ? node.content : []
}

/** Texts of the messages in a node, in its order. */
export function textsIn(node: Node): string[] {
  return childrenOf(node).map(({ content }) => textOf(decodeWebMessage(content as Uint8Array)))
}
