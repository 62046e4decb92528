/**
 * What stands around a content: what it answers, whom it mentions, whether it was passed on, the page behind its link
 * (messages.md 4). Read from any message; written around texts.
 */
import { type ContentInit, contextOf } from 'proto/contents'
import { contentOf, contentTypeOf, infoOf, textOf, type WebMessageInfo } from 'proto/web-message'
import { personJid } from './address.ts'
import type { LinkPreview } from './lookups.ts'
import type { ChatMessage, MessageKind } from './message.ts'

/** The message that another one answers, as the answer shows it. */
export interface Quote {
  readonly id: string
  /** Who wrote it; null when the answer does not say. */
  readonly author: string | null
  /** Field name of its content, as in messages.md; null for none. */
  readonly content: string | null
  readonly text: string
}

export interface MessageContext {
  readonly quote?: Quote
  /** JIDs of people that the text names. */
  readonly mentions?: readonly string[]
  /** Passed on from another chat. */
  readonly forwarded?: true
  readonly link?: LinkPreview
}

/** What a person may put around a text. */
export interface TextOptions {
  /** The message that this one answers. */
  readonly quote?: ChatMessage
  /** JIDs of people that the text names as `@number`. */
  readonly mentions?: readonly string[]
  readonly forwarded?: boolean
  readonly preview?: LinkPreview
}

export function readContext(info: WebMessageInfo): MessageContext {
  const message = contentOf(info)
  if (message === null) return {}
  const context = contextOf(message)
  const page = message.extendedTextMessage
  return {
    ...(context && readQuote(info, context)),
    ...(context && context.mentionedJid.length > 0 && { mentions: context.mentionedJid.map(personJid) }),
    ...(context?.isForwarded && { forwarded: true }),
    ...(page !== undefined &&
      page.title !== '' && {
        link: {
          ...{ title: page.title, description: page.description },
          ...{ canonicalUrl: page.canonicalUrl, matchedText: page.matchedText },
          thumbnail: page.jpegThumbnail.length > 0 ? page.jpegThumbnail : null,
        },
      }),
  }
}

function readQuote(
  { key }: WebMessageInfo,
  { stanzaId, participant, quotedMessage }: NonNullable<ReturnType<typeof contextOf>>,
): { readonly quote: Quote } | null {
  if (stanzaId === '' || quotedMessage === undefined) return null
  const { remoteJid } = key
  const quoted = infoOf({ remoteJid, fromMe: false, id: stanzaId, timestampS: 0 }, quotedMessage)
  const author = participant === '' ? null : personJid(participant)
  return { quote: { id: stanzaId, author, content: contentTypeOf(quoted), text: textOf(quoted) } }
}

/** A text and what is around it; `me` is our own JID. Null for a bare text, which needs no more room. */
export function textContent(text: string, options: TextOptions, me: string | null): ContentInit | null {
  const { quote, mentions = [], forwarded = false, preview } = options
  if (!quote && mentions.length === 0 && !forwarded && !preview) return null
  const contextInfo = {
    ...(quote && quoteContext(quote, me)),
    ...(mentions.length > 0 && { mentionedJid: mentions.map(personJid) }),
    ...(forwarded && { isForwarded: true, forwardingScore: 1 }),
  }
  return {
    extendedTextMessage: {
      text,
      ...(preview && {
        ...{ title: preview.title, description: preview.description },
        ...{ canonicalUrl: preview.canonicalUrl, matchedText: preview.matchedText },
        ...(preview.thumbnail && { jpegThumbnail: preview.thumbnail }),
      }),
      ...(Object.keys(contextInfo).length > 0 && { contextInfo }),
    },
  }
}

function quoteContext(quote: ChatMessage, me: string | null) {
  const author = quote.fromMe ? me : (quote.author ?? quote.jid)
  return {
    stanzaId: quote.id,
    ...(author !== null && { participant: author }),
    // In a group the answer says where the quoted message was (messages.md 6).
    ...(quote.author !== null && { remoteJid: quote.jid }),
    quotedMessage: quotedContent(quote),
  }
}

/** What an answer shows of the message that it quotes: words and kind, never the key of its file. */
function quotedContent({ kind, text, media }: ChatMessage): ContentInit {
  const file = { ...(text !== '' && { caption: text }), ...(media && { mimetype: media.mimetype }) }
  const contents: Readonly<Partial<Record<MessageKind, ContentInit>>> = {
    image: { imageMessage: file },
    video: { videoMessage: file },
    audio: { audioMessage: { ...(media && { mimetype: media.mimetype }), ...(media?.ptt && { ptt: true }) } },
    document: { documentMessage: { ...file, ...(media?.fileName && { fileName: media.fileName }) } },
    sticker: { stickerMessage: { ...(media && { mimetype: media.mimetype }) } },
  }
  return contents[kind] ?? { conversation: text }
}
