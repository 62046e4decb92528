/** A text as it is sent: with what it answers, whom it names, whether it was passed on, the page behind its link (messages.md 4). */
import type { ContentInit } from 'proto/contents'
import { personJid } from './address.ts'
import type { ChatMessage, MessageKind } from './message.ts'
import type { LinkPreview } from './message-context.ts'

/** What a person may put around a text. */
export interface TextOptions {
  /** The message that this one answers. */
  readonly quote?: ChatMessage
  /** JIDs of people that the text names as `@number`. */
  readonly mentions?: readonly string[]
  readonly forwarded?: boolean
  readonly preview?: LinkPreview
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
