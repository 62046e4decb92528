/**
 * The five media contents (messages.md 4) as one shape: made from an uploaded file, and read from any message. The bytes
 * are encrypted and opened by media.ts; here are only the words about them. Never for the server.
 */
import { isFieldSet } from '@bufbuild/protobuf'
import type { ContentInit } from './contents.ts'
import {
  type AudioMessage,
  type DocumentMessage,
  type ImageMessage,
  MessageSchema,
  type StickerMessage,
  type VideoMessage,
} from './gen/web-message_pb.ts'
import type { MediaFolder } from './media-path.ts'
import type { EncryptedMedia } from './media.ts'
import { contentOf, decodeWebMessage, encodeWebMessage, type WebMessageInfo } from './web-message.ts'

// prettier-ignore
const kinds = {
  image:    { field: 'imageMessage',    folder: 'image' },
  video:    { field: 'videoMessage',    folder: 'video' },
  audio:    { field: 'audioMessage',    folder: 'audio' },
  document: { field: 'documentMessage', folder: 'document' },
  sticker:  { field: 'stickerMessage',  folder: 'image' },
} as const satisfies Record<string, { field: string; folder: MediaFolder }>

export type MediaKind = keyof typeof kinds
export const mediaKinds = Object.keys(kinds) as readonly MediaKind[]

/** What a person says about a file; what a kind has no room for is left out. */
export interface MediaWords {
  readonly mimetype: string
  readonly caption?: string | undefined
  /** Of documents. */
  readonly fileName?: string | undefined
  readonly seconds?: number | undefined
  /** A voice note. */
  readonly ptt?: boolean | undefined
  /** A video that plays like a GIF. */
  readonly gif?: boolean | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** A small JPEG, of stickers a PNG. */
  readonly thumbnail?: Uint8Array | undefined
}

export interface UploadedFile extends Pick<
  EncryptedMedia,
  'fileSha256' | 'fileEncSha256' | 'fileLength' | 'sidecar'
> {
  readonly mediaKey: Uint8Array
  readonly url: string
  readonly directPath: string
  /** Seconds since 1970. */
  readonly madeAt: number
}

/** Everything that a message says about its file. */
export interface MediaFacts extends MediaWords {
  readonly kind: MediaKind
  readonly url: string
  readonly mediaKey: Uint8Array
  readonly fileSha256: Uint8Array
  readonly fileEncSha256: Uint8Array
  /** Null when the message does not say. */
  readonly fileLength: number | null
  /** Of video and audio (spec 16.4); empty when there is none. */
  readonly sidecar: Uint8Array
}

type MediaMessage = ImageMessage | VideoMessage | AudioMessage | DocumentMessage | StickerMessage

/** Where files of this kind are uploaded to (spec 16.2). */
export function mediaFolder(kind: MediaKind): MediaFolder {
  return kinds[kind].folder
}

/** The content of a message with this file. */
export function mediaContent(kind: MediaKind, file: UploadedFile, words: MediaWords): ContentInit {
  const { url, directPath, mediaKey, fileSha256, fileEncSha256, sidecar } = file
  const common = {
    ...{ url, directPath, mediaKey, fileSha256, fileEncSha256, mimetype: words.mimetype },
    fileLength: BigInt(file.fileLength),
    mediaKeyTimestamp: BigInt(file.madeAt),
  }
  const { caption, fileName, seconds, ptt, gif, width, height, thumbnail } = words
  const size = present({ width, height })
  const preview = present({ jpegThumbnail: thumbnail })
  const stream = present({ seconds, streamingSidecar: sidecar })
  switch (kind) {
    case 'image':
      return { imageMessage: { ...common, ...size, ...preview, ...present({ caption }) } }
    case 'video':
      return {
        videoMessage: {
          ...common,
          ...size,
          ...preview,
          ...stream,
          ...present({ caption, gifPlayback: gif }),
        },
      }
    case 'audio':
      return { audioMessage: { ...common, ...stream, ...present({ ptt }) } }
    case 'document':
      return {
        documentMessage: { ...common, ...preview, ...present({ fileName, title: fileName, caption }) },
      }
    case 'sticker':
      return { stickerMessage: { ...common, ...size, ...present({ pngThumbnail: thumbnail }) } }
  }
}

/** What a message says about its file, inside wrappers too; null when it carries none. */
export function mediaOf(info: WebMessageInfo): MediaFacts | null {
  const found = findMedia(info)
  if (found === null) return null
  const { kind, content } = found
  const fileLength = MessageSchema.field[kinds[kind].field].message?.field['fileLength']
  return {
    kind,
    url: content.url,
    mimetype: content.mimetype,
    mediaKey: content.mediaKey,
    fileSha256: content.fileSha256,
    fileEncSha256: content.fileEncSha256,
    fileLength: fileLength && isFieldSet(content, fileLength) ? Number(content.fileLength) : null,
    sidecar: 'streamingSidecar' in content ? content.streamingSidecar : new Uint8Array(0),
    ...thumbnailOf(content),
    ...('caption' in content && content.caption !== '' && { caption: content.caption }),
    ...('fileName' in content && content.fileName !== '' && { fileName: content.fileName }),
    ...('seconds' in content && content.seconds !== 0 && { seconds: content.seconds }),
    ...('ptt' in content && content.ptt && { ptt: true }),
    ...('gifPlayback' in content && content.gifPlayback && { gif: true }),
    ...('width' in content && content.width !== 0 && { width: content.width }),
    ...('height' in content && content.height !== 0 && { height: content.height }),
  }
}

function thumbnailOf(content: MediaMessage): Pick<MediaWords, 'thumbnail'> | null {
  const bytes =
    'jpegThumbnail' in content
      ? content.jpegThumbnail
      : 'pngThumbnail' in content
        ? content.pngThumbnail
        : null
  return bytes !== null && bytes.length > 0 ? { thumbnail: bytes } : null
}

/** The same message whose file is at another address. */
export function movedMedia(
  info: WebMessageInfo,
  address: { url: string; directPath: string },
): WebMessageInfo {
  const copy = decodeWebMessage(encodeWebMessage(info))
  const found = findMedia(copy)
  if (found) Object.assign(found.content, address)
  return copy
}

function findMedia(info: WebMessageInfo): { kind: MediaKind; content: MediaMessage } | null {
  const message = contentOf(info)
  for (const kind of message === null ? [] : mediaKinds) {
    const content = message?.[kinds[kind].field]
    if (content) return { kind, content }
  }
  return null
}

function present<T extends Record<string, unknown>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
