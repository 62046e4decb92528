/** Passing a message on: what can be, and to how many chats it went. */
import { codeOf } from 'proto/errors'
import type { ChatMessage } from '../../message.ts'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'

export function canBeForwarded({ text, media, place, contacts }: ChatMessage): boolean {
  return text !== '' || media !== undefined || place !== undefined || contacts !== undefined
}

/** Passes it on to each of these chats, and says what became of it. */
export async function forward(
  { client, open, say }: View,
  message: ChatMessage,
  jids: readonly string[],
): Promise<void> {
  try {
    for (const jid of jids) await client.forward(message, jid)
  } catch (error) {
    return say(`It was not forwarded. ${failureWords(codeOf(error))}`)
  }
  if (jids.length === 1 && jids[0] !== undefined) open(jids[0])
  else say(`Forwarded to ${jids.length} chats.`)
}
