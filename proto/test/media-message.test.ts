import t from 'tap'
import { contentMessage, disappearing } from '../src/contents.ts'
import { seededEntropy } from '../src/entropy.ts'
import { encryptMedia, uploadedLength } from '../src/media.ts'
import {
  mediaContent,
  mediaFolder,
  mediaKinds,
  mediaOf,
  movedMedia,
  type MediaWords,
} from '../src/media-message.ts'
import {
  contentOf,
  contentTypeOf,
  decodeWebMessage,
  encodeWebMessage,
  textMessage,
  textOf,
} from '../src/web-message.ts'

const entropy = seededEntropy('media messages')
const frame = { remoteJid: '15550002222@s.whatsapp.net', fromMe: true, id: 'A1', timestampS: 1_600_000_000 }
const words: MediaWords = {
  ...{
    mimetype: 'x/y',
    caption: 'look',
    fileName: 'plan.pdf',
    seconds: 7,
    ptt: true,
    gif: true,
    width: 640,
    height: 480,
  },
  thumbnail: Uint8Array.of(1, 2, 3),
}

function fileOf(type: (typeof mediaKinds)[number]) {
  const mediaKey = entropy.bytes(32)
  const media = encryptMedia({ data: entropy.bytes(1_000), mediaKey, type })
  return {
    ...media,
    mediaKey,
    url: 'http://h/mms/image/x',
    directPath: '/mms/image/x',
    madeAt: 1_600_000_000,
  }
}

t.test(
  'it writes all that a client needs to fetch and open a file, for each kind, and reads it back',
  async (t) => {
    for (const kind of mediaKinds) {
      const file = fileOf(kind)
      const info = decodeWebMessage(
        encodeWebMessage(contentMessage({ ...frame, content: mediaContent(kind, file, words) })),
      )
      t.equal(contentTypeOf(info), `${kind}Message`)
      const content = contentOf(info)![`${kind}Message`]!
      t.match(content, {
      url: file.url, directPath: file.directPath, mimetype: 'x/y', fileLength: 1_000n, mediaKeyTimestamp: 1_600_000_000n,
    }) // prettier-ignore
      t.same(content.mediaKey, file.mediaKey)
      t.same(content.fileSha256, file.fileSha256)
      t.same(content.fileEncSha256, file.fileEncSha256)
      const facts = mediaOf(info)!
      t.match(facts, { kind, url: file.url, mimetype: 'x/y', fileLength: 1_000 })
      t.same(facts.fileEncSha256, file.fileEncSha256)
      t.same(facts.sidecar, file.sidecar ?? new Uint8Array(0))
    }
  },
)

t.test('it says of each kind what that kind has room for', async (t) => {
  const shown = (kind: (typeof mediaKinds)[number]) => {
    const facts = mediaOf(contentMessage({ ...frame, content: mediaContent(kind, fileOf(kind), words) }))!
    return Object.keys(facts)
      .filter((name) => Object.hasOwn(words, name) && name !== 'mimetype')
      .sort()
  }
  t.same(shown('image'), ['caption', 'height', 'thumbnail', 'width'])
  t.same(shown('video'), ['caption', 'gif', 'height', 'seconds', 'thumbnail', 'width'])
  t.same(shown('audio'), ['ptt', 'seconds'])
  t.same(shown('document'), ['caption', 'fileName', 'thumbnail'])
  t.same(shown('sticker'), ['height', 'thumbnail', 'width'])
  const image = contentMessage({ ...frame, content: mediaContent('image', fileOf('image'), words) })
  t.equal(textOf(image), 'look')
  t.same(contentOf(image)?.imageMessage?.jpegThumbnail, words.thumbnail)
  const bare = mediaContent('image', fileOf('image'), { mimetype: 'image/png' })
  t.notOk('caption' in bare.imageMessage!, 'nothing is written that was not said')
})

t.test('it finds the file of a message that disappears, and none in a text', async (t) => {
  const content = disappearing(mediaContent('video', fileOf('video'), words), { seconds: 60, setAt: 1 })
  t.match(mediaOf(contentMessage({ ...frame, content })), { kind: 'video', seconds: 7 })
  t.equal(mediaOf(textMessage({ ...frame, text: 'hi' })), null)
  const nothingSaid = mediaOf(contentMessage({ ...frame, content: { imageMessage: {} } }))!
  t.match(nothingSaid, { kind: 'image', fileLength: null, mimetype: '' })
})

t.test('it moves a file to another address and leaves the rest as it is, wrapped or not', async (t) => {
  const content = mediaContent('document', fileOf('document'), words)
  for (const each of [content, disappearing(content, { seconds: 60, setAt: 1 })]) {
    const before = contentMessage({ ...frame, content: each })
    const after = movedMedia(before, { url: 'http://new', directPath: '/new' })
    t.match(mediaOf(after), { ...mediaOf(before)!, url: 'http://new' })
    t.equal(mediaOf(before)!.url, 'http://h/mms/image/x')
    t.equal(contentOf(after)?.documentMessage?.directPath, '/new')
  }
})

t.test('it uploads stickers as images, and knows the length of an upload beforehand', async (t) => {
  t.same(mediaKinds.map(mediaFolder), ['image', 'video', 'audio', 'document', 'image'])
  for (const length of [0, 1, 15, 16, 17, 31, 32]) {
    const { uploaded } = encryptMedia({
      data: new Uint8Array(length),
      mediaKey: entropy.bytes(32),
      type: 'image',
    })
    t.equal(uploaded.length, uploadedLength(length))
  }
})
