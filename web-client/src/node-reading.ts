/** Reads the nodes that the phone sends: children by tag, messages, and lists of attributes (spec 9 to 11, 13). */
import type { Node } from 'proto/node'
import { decodeWebMessage, type WebMessageInfo } from 'proto/web-message'
import { codeOf, type ErrorCode } from 'proto/errors'

export type Attributes = Readonly<Record<string, string | undefined>>

/** Attributes with a null prototype in mind: a name that is not there reads as undefined. */
export function attributesOf(node: Node): Attributes {
  return node.attrs
}

/** Child nodes, of one tag when it is given. */
export function childrenOf(node: Node, tag?: string): readonly Node[] {
  if (!Array.isArray(node.content)) return []
  const children: readonly Node[] = node.content
  return tag === undefined ? children : children.filter((child) => child.tag === tag)
}

/** The messages directly under a node. Ones that cannot be read are told to `refused` and left out. */
export function messagesOf(node: Node, refused: (code: ErrorCode) => void): readonly WebMessageInfo[] {
  const messages: WebMessageInfo[] = []
  for (const { content } of childrenOf(node, 'message')) {
    try {
      if (content instanceof Uint8Array) messages.push(decodeWebMessage(content))
      else refused('TETHER_ERR_PROTOBUF')
    } catch (error) {
      refused(codeOf(error))
    }
  }
  return messages
}
