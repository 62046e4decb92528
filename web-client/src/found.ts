/** Pages of messages that the phone has picked out (spec 13.2). They are shown and not kept: chats have no holes. */
import type { ErrorCode } from 'proto/errors'
import type { Node } from 'proto/node'
import type { Answer } from './connection.ts'
import { type ChatMessage, readMessage } from './message.ts'
import { messagesOf } from './node-reading.ts'
import { refusal } from './refusal.ts'

export interface Found {
  /** Newest first. */
  readonly messages: readonly ChatMessage[]
  /** There is no further page. */
  readonly last: boolean
}

/** The node of a good answer; throws the code of a refusal. */
export function goodNode(answer: Answer): Node {
  if ('node' in answer) return answer.node
  throw refusal(answer.status)
}

/** The messages under a node that can be shown, in its order. */
export function shownIn(node: Node, dropped: (code: ErrorCode) => void): readonly ChatMessage[] {
  return messagesOf(node, dropped).flatMap((info) => {
    const reading = readMessage(info)
    return reading !== null && 'message' in reading ? [reading.message] : []
  })
}
