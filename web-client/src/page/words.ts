/** What the page says about states, as tables. One voice: what is the matter, and what happens to the messages. */
import type { Why } from '../line.ts'
import type { ChatMessage, MessageKind, SendStatus } from '../message.ts'
import type { ClientState } from '../states.ts'

export const statusWords: Readonly<Record<SendStatus, string>> = {
  failed: 'Not sent',
  pending: 'Waiting',
  server: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  played: 'Played',
}

const kindWords: Readonly<Record<MessageKind, string>> = {
  text: '',
  image: 'Photo',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  contact: 'Contact',
  location: 'Location',
  revoked: 'This message was taken back',
  undecrypted: 'Waiting for this message; the phone cannot read it yet',
  notice: '',
  other: 'A message that this page cannot show',
}

/** What a message shows instead of, or before, its text; '' when the text is all. */
export function kindWord(message: ChatMessage): string {
  if (message.kind === 'notice' && message.text === '') return 'A notice of the phone'
  return kindWords[message.kind]
}

/** One line for the chat list. */
export function previewOf(message: ChatMessage): string {
  return [kindWord(message), message.text].filter((part) => part !== '').join(': ')
}

const endings: Readonly<Partial<Record<ClientState, string>>> = {
  expired: 'The codes have run out. Nobody scanned them.',
  offline: 'The server cannot be reached.',
}

/** What went wrong before this browser was linked, or unlinked it; null when nothing did. */
export function wordsForPairing(state: ClientState, why: Why | null): string | null {
  if (state === 'loggedOut') {
    return why?.status === null || why === null
      ? 'You are logged out. Keys and messages are gone from this browser.'
      : 'The phone has ended this link. Keys and messages are gone from this browser.'
  }
  if (state === 'refused') return refusalWords(why)
  return endings[state] ?? null
}

export function refusalWords(why: Why | null): string {
  if (why?.code === 'TETHER_ERR_STORE_VERSION' || why?.code === 'TETHER_ERR_STORE_DAMAGED') {
    return 'What this browser kept cannot be read. Link it again.'
  }
  if (why?.code === 'TETHER_ERR_CHALLENGE_SHAPE') {
    return 'The server asked this browser to sign something that a server has no business with. It was not done.'
  }
  if (why?.code?.startsWith('TETHER_ERR_SECRET') === true) {
    return 'The answer to the code was not made by a phone that saw it. Scan again.'
  }
  return `The server refused this browser (${why?.status ?? why?.code ?? 'no reason given'}).`
}
