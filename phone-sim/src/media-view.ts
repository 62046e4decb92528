/** What a phone shows of the file of a message: facts for screens, no keys and no addresses. */
import { mediaKinds, mediaOf } from 'proto/media-message'
import { decodeWebMessage } from 'proto/web-message'
import type { MediaView } from './phone-views.ts'
import type { MessageRow, PhoneStore } from './store.ts'

const types: ReadonlySet<string> = new Set(mediaKinds.map((kind) => `${kind}Message`))

/** Null for a message without a file. */
export function mediaView(row: MessageRow, { media }: Pick<PhoneStore, 'media'>): MediaView | null {
  const file = types.has(row.type) ? media.find(row) : null
  const facts = file && mediaOf(decodeWebMessage(row.info))
  if (!file || !facts) return null
  const { kind, mimetype, fileLength, caption: _shownAsText, ...words } = facts
  const { fileName, seconds, ptt, gif, width, height } = words
  return {
    kind,
    mimetype,
    bytes: file.state === 'kept' ? file.bytes : fileLength,
    ...(fileName !== undefined && { fileName }),
    ...(seconds !== undefined && { seconds }),
    ...(ptt !== undefined && { ptt }),
    ...(gif !== undefined && { gif }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    state: file.state,
    ...(file.code !== null && { code: file.code }),
  }
}
