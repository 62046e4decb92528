/**
 * Tells on the desktop that a message came: only when the person has asked for it, never for a muted or archived chat,
 * never for what is looked at, and without a word of the content if that is wished.
 */
import type { Client } from '../client.ts'
import type { PreferenceStore } from './preferences.ts'
import { isMuted } from './title.ts'
import { previewOf } from './words.ts'

export interface NotifierParts {
  readonly client: Client
  readonly preferences: PreferenceStore
  readonly now: () => number
  /** The open chat, while somebody looks at the page; else null. */
  readonly lookedAt: () => string | null
  readonly show: (title: string, body: string, jid: string) => void
}

/** The returned function ends it. */
export function notify({ client, preferences, now, lookedAt, show }: NotifierParts): () => void {
  return client.subscribe((event) => {
    if (event.type !== 'message' || event.message.fromMe || event.message.kind === 'notice') return
    const { notify: wanted, hideContent } = preferences.now.value
    const chat = client.chat(event.message.jid)
    if (!wanted || chat === null || chat.archived || isMuted(chat, now()) || lookedAt() === chat.jid) return
    const { author } = event.message
    const from = author === null ? '' : `${client.nameOf(author)}: `
    if (hideContent) show('Tether', 'A message came', chat.jid)
    else show(chat.name, from + previewOf(event.message), chat.jid)
  })
}
