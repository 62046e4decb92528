/** Passing a message on: its words, marked as passed on. Files go with their file, which is fetched when needed. */
import type { ChatMessage } from '../../message.ts'
import type { View } from '../view.ts'

export function canBeForwarded(message: ChatMessage): boolean {
  return message.text !== '' || message.media !== undefined
}

/** Sends it to each of these chats. Rejects when its file cannot be had. */
export async function forward(view: View, message: ChatMessage, jids: readonly string[]): Promise<void> {
  const { client } = view
  if (message.media === undefined) {
    for (const jid of jids) client.send(jid, message.text, { forwarded: true })
    return
  }
  const { kind, mimetype, fileName, seconds, ptt, gif, width, height } = message.media
  const data = await client.media.download(message)
  const words = { mimetype, caption: message.text, fileName, seconds, ptt, gif, width, height }
  for (const jid of jids) view.uploads.add(jid, { type: kind, data, ...words })
}
