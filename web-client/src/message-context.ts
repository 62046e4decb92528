/**
 * What stands around a content: what it answers, whom it mentions, whether it was passed on, the page behind its link
 * (messages.md 4), read from any message. text-content.ts writes it around texts.
 */
import { contextOf } from 'proto/contents'
import { contentOf, contentTypeOf, infoOf, textOf, type WebMessageInfo } from 'proto/web-message'
import { personJid } from './address.ts'

/** The message that another one answers, as the answer shows it. */
export interface Quote {
  readonly id: string
  /** Who wrote it; null when the answer does not say. */
  readonly author: string | null
  /** Field name of its content, as in messages.md; null for none. */
  readonly content: string | null
  readonly text: string
}

/** What a page says of itself, as the phone found it. */
export interface LinkPreview {
  readonly title: string
  readonly description: string
  readonly canonicalUrl: string
  /** The address as it stands in the text. */
  readonly matchedText: string
  /** JPEG bytes; null when the page has no picture. */
  readonly thumbnail: Uint8Array | null
}

export interface MessageContext {
  readonly quote?: Quote
  /** JIDs of people that the text names. */
  readonly mentions?: readonly string[]
  /** Passed on from another chat. */
  readonly forwarded?: true
  readonly link?: LinkPreview
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
