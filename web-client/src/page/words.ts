/** What the page says about states, as tables. One voice: what is the matter, and what happens to the messages. */
import type { ErrorCode } from 'proto/errors'
import type { Why } from '../line.ts'
import type { ChatMessage, MessageKind } from '../message.ts'
import type { Quote } from '../message-context.ts'
import type { ClientState } from '../states.ts'

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

const ends: Readonly<Record<number, string>> = {
  401: 'The phone has ended this link. Keys and messages are gone from this browser.',
  419: 'This login has expired: this browser was away for too long. Keys and messages are gone from it; link it again.',
}

/** What went wrong before this browser was linked, or unlinked it; null when nothing did. */
export function wordsForPairing(state: ClientState, why: Why | null): string | null {
  if (state === 'loggedOut') {
    const ended = why?.status === null || why === null ? null : (ends[why.status] ?? ends[401])
    return ended ?? 'You are logged out. Keys and messages are gone from this browser.'
  }
  if (state === 'refused') return refusalWords(why)
  return endings[state] ?? null
}

export function refusalWords(why: Why | null): string {
  if (why?.status === 426) return 'This page is too old for the server. Load it again.'
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

const failures: Readonly<Partial<Record<ErrorCode, string>>> = {
  TETHER_ERR_STATE: 'There is no connection now.',
  TETHER_ERR_PHONE_AWAY: 'Your phone cannot be reached now.',
  TETHER_ERR_IDLE: 'The server gave no answer.',
  TETHER_ERR_NOT_FOUND: 'Your phone does not have it.',
  TETHER_ERR_CONSENT_DENIED: 'Your phone has not allowed this browser to do that.',
  TETHER_ERR_GROUP_MEMBER: 'You are not in this group.',
  TETHER_ERR_GROUP_RIGHT: 'Only admins of the group may do that.',
  TETHER_ERR_GROUP_UNKNOWN: 'There is no such group.',
  TETHER_ERR_LIMIT: 'That was too much at once. Wait a little.',
  TETHER_ERR_TOO_LARGE: 'That is too large.',
  TETHER_ERR_JID: 'That is not a number.',
}

/** Why something that was asked for did not happen. */
export function failureWords(code: ErrorCode): string {
  return failures[code] ?? `It failed (${code}).`
}

/** A notice with names instead of numbers. */
export function noticeWords(
  message: ChatMessage,
  nameOf: (jid: string) => string,
  me: string | null,
): string {
  const text = message.text || kindWord(message)
  return text.replace(/\+?\b(\d{5,15})\b/g, (_, digits: string) => {
    const jid = `${digits}@s.whatsapp.net`
    return jid === me ? 'You' : nameOf(jid)
  })
}

/** What an answer shows of the message that it quotes. */
export function quoteWords({ content, text }: Quote): string {
  const word = quotedKinds[content ?? ''] ?? ''
  return [word, text].filter((part) => part !== '').join(': ')
}

const quotedKinds: Readonly<Record<string, string>> = {
  imageMessage: kindWords.image,
  videoMessage: kindWords.video,
  audioMessage: kindWords.audio,
  documentMessage: kindWords.document,
  stickerMessage: kindWords.sticker,
  contactMessage: kindWords.contact,
  locationMessage: kindWords.location,
}
