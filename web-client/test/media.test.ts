import t from 'tap'
import { createHash } from 'node:crypto'
import { contentMessage } from 'proto/contents'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { encryptMedia } from 'proto/media'
import { mediaContent, mediaOf } from 'proto/media-message'
import { Media, type MediaParts } from '../src/media.ts'
import type { MediaHttp } from '../src/media-http.ts'
import { type ChatMessage, readMessage } from '../src/message.ts'
import { VirtualClock } from './virtual-clock.ts'

const BOB = '15550002222@s.whatsapp.net'
const entropy = seededEntropy('client media')
const frame = { remoteJid: BOB, fromMe: false, id: 'A1', timestampS: 1_600_000_000 }

/** A server that keeps blobs by their hash, and a phone that may put one back. */
function play(change: Partial<MediaParts> = {}) {
  const clock = new VirtualClock()
  const blobs = new Map<string, Uint8Array>()
  const heard: string[] = []
  let gone = 404
  let rights = 0
  const http: MediaHttp = {
    async upload(path, body) {
      heard.push(`POST ${path}`)
      const { pathname, searchParams } = new URL(path, 'http://relay')
      const token = pathname.split('/')[3]
      const fits =
        createHash('sha256').update(body).digest('base64url') === token && searchParams.get('token') === token
      if (!fits) return { status: 400, json: { code: 'TETHER_ERR_MEDIA_HASH' } }
      blobs.set(pathname, body)
      return { status: 200, json: { url: `http://relay${pathname}`, direct_path: pathname } }
    },
    async download(path, options) {
      heard.push(`GET ${path}`)
      const blob = blobs.get(path)
      if (!blob) return { status: gone, bytes: new Uint8Array(0) }
      const { range } = options ?? {}
      return range
        ? { status: 206, bytes: blob.slice(range.first, range.last + 1) }
        : { status: 200, bytes: blob }
    },
  }
  const sent: ChatMessage[] = []
  const asked: unknown[] = []
  const putBack: { path: string; blob: Uint8Array }[] = []
  const media = new Media({
    clock,
    entropy: entropy.fork('media'),
    http,
    ask: async () => {
      rights++
      const json = { status: 200, media_conn: { auth: 'right&', ttl: 300, hosts: [] } }
      return { json, status: 200 }
    },
    query: async (node) => {
      asked.push(node('7').attrs)
      for (const { path, blob } of putBack) blobs.set(path, blob)
      const answer = {
        tag: 'response',
        attrs: { type: 'media', url: 'http://relay/x', code: '200' },
        content: null,
      }
      return putBack.length > 0 ? { node: answer } : { json: { status: 404 }, status: 404 }
    },
    send: (jid, content) => {
      const reading = readMessage(contentMessage({ ...frame, remoteJid: jid, fromMe: true, content }))
      if (reading === null || !('message' in reading)) throw new Error('no message')
      sent.push(reading.message)
      return reading.message
    },
    ...change,
  })
  return {
    media,
    clock,
    blobs,
    heard,
    sent,
    asked,
    putBack,
    rights: () => rights,
    goneIs: (status: number) => (gone = status),
  }
}

/** A message whose file is in `blobs`. */
function received(blobs: Map<string, Uint8Array>, data: Uint8Array, type: 'video' | 'image' = 'video') {
  const mediaKey = entropy.bytes(32)
  const { uploaded, ...file } = encryptMedia({ data, mediaKey, type })
  const path = `/mms/${type}/${file.uploadToken}`
  blobs.set(path, uploaded)
  const address = { url: 'http://evil.example/', directPath: '/elsewhere', madeAt: 1_600_000_000 }
  const info = contentMessage({
    ...frame,
    content: mediaContent(type, { ...file, mediaKey, ...address }, { mimetype: 'x/y' }),
  })
  const message: ChatMessage = {
    ...{ jid: BOB, fromMe: false, id: 'A1', author: null, kind: type, text: '', seconds: 1, status: null },
    media: mediaOf(info)!,
  }
  return { message, path, uploaded }
}

t.test('it uploads the ciphertext of a file and sends a message that names it', async (t) => {
  const { media, blobs, sent, heard } = play()
  const data = entropy.bytes(1_000)
  const file = { type: 'document', data, mimetype: 'application/pdf', fileName: 'plan.pdf' } as const
  const message = await media.send(BOB, file)
  t.same(sent, [message])
  t.match(message, { jid: BOB, kind: 'document', media: { fileName: 'plan.pdf', fileLength: 1_000 } })
  const [[path, body]] = [...blobs]
  t.match(heard, [`POST ${path}?auth=right%26&token=${path.split('/')[3]}`])
  t.notOk(Buffer.from(body).includes(Buffer.from(data.subarray(0, 16))))
  t.ok(Buffer.from(await media.download(message)).equals(data))
})

t.test(
  'it asks for the right to upload once in its time, and again after a refusal and a new login',
  async (t) => {
    const { media, clock, rights } = play()
    const send = () => media.send(BOB, { type: 'image', data: entropy.bytes(9), mimetype: 'image/png' })
    await send()
    await send()
    t.equal(rights(), 1)
    await clock.run(300_000)
    await send()
    t.equal(rights(), 2)
    media.forget()
    await send()
    t.equal(rights(), 3)
  },
)

t.test('it sends nothing that was not taken, and says why', async (t) => {
  const file = { type: 'image', mimetype: 'image/png', data: entropy.bytes(9) } as const
  const cases: [Partial<MediaParts>, { code: string }][] = [
    [{ http: { upload: async () => ({ status: 413, json: { code: 'TETHER_ERR_TOO_LARGE' } }) } as never }, { code: 'TETHER_ERR_TOO_LARGE' }],
    [{ http: { upload: async () => ({ status: 200, json: null }) } as never }, { code: 'TETHER_ERR_INTERNAL' }],
    [{ http: { upload: async () => ({ status: 429, json: null }) } as never }, { code: 'TETHER_ERR_LIMIT' }],
    [{ ask: async () => ({ json: { status: 404 }, status: 404 }) }, { code: 'TETHER_ERR_BODY' }],
  ] // prettier-ignore
  for (const [change, error] of cases) {
    const { media, sent } = play(change)
    await t.rejects(media.send(BOB, file), error)
    t.same(sent, [])
  }
  const most = Math.floor((limit('MEDIA_BYTES') - 10) / 16) * 16 - 1
  const { media, sent, heard } = play()
  await t.rejects(media.send(BOB, { ...file, data: new Uint8Array(most + 1) }), {
    code: 'TETHER_ERR_TOO_LARGE',
  })
  t.same(heard, [])
  await media.send(BOB, { ...file, data: new Uint8Array(most) })
  t.equal(sent.length, 1)
})

t.test(
  'it fetches a file by its hash and never from the address in the message, and checks it',
  async (t) => {
    const { media, blobs, heard } = play()
    const data = entropy.bytes(500)
    const { message, path, uploaded } = received(blobs, data)
    t.ok(Buffer.from(await media.download(message)).equals(data))
    t.same(heard, [`GET ${path}`])
    blobs.set(path, uploaded.with(3, uploaded[3] ^ 1))
    await t.rejects(media.download(message), { code: 'TETHER_ERR_MEDIA_MAC' })
    blobs.set(path, uploaded.subarray(0, 40))
    await t.rejects(media.download(message), { code: 'TETHER_ERR_MEDIA_LENGTH' })
    blobs.set(path, uploaded)
    const other = { ...message, media: { ...message.media!, fileSha256: new Uint8Array(32) } }
    await t.rejects(media.download(other), { code: 'TETHER_ERR_MEDIA_HASH' })
    const { media: _none, ...words } = message
    await t.rejects(media.download(words), { code: 'TETHER_ERR_NOT_FOUND' })
  },
)

t.test('it asks the phone once for a file that the server has forgotten', async (t) => {
  const { media, blobs, heard, asked, putBack, goneIs } = play()
  const data = entropy.bytes(500)
  const { message, path, uploaded } = received(blobs, data)
  for (const [status, code] of [
    [404, 'TETHER_ERR_NOT_FOUND'],
    [410, 'TETHER_ERR_MEDIA_EXPIRED'],
  ] as const) {
    goneIs(status)
    blobs.clear()
    putBack.length = 0
    await t.rejects(media.download(message), { code })
    putBack.push({ path, blob: uploaded })
    t.ok(Buffer.from(await media.download(message)).equals(data))
  }
  t.equal(asked.length, 4)
  t.same(asked[0], { type: 'media', index: 'A1', jid: BOB, owner: 'false', epoch: '7' })
  blobs.clear()
  putBack.splice(0, 1, { path: '/mms/video/other', blob: uploaded })
  heard.length = 0
  await t.rejects(
    media.download(message),
    { code: 'TETHER_ERR_MEDIA_EXPIRED' },
    'a phone that promises too much is asked once',
  )
  t.equal(heard.length, 2)
  goneIs(500)
  await t.rejects(media.download(message), { code: 'TETHER_ERR_INTERNAL' })
  t.equal(asked.length, 5, 'only a missing file is asked for')
})

t.test('it opens a part of a video without the rest, and refuses one that was changed', async (t) => {
  const { media, blobs } = play()
  const data = entropy.bytes(200_000)
  const { message, path, uploaded } = received(blobs, data)
  const part = await media.part(message, { first: 70_000, last: 140_000 })
  t.ok(Buffer.from(part).equals(data.subarray(70_000, 140_001)))
  blobs.set(path, uploaded.with(80_000, uploaded[80_000] ^ 1))
  await t.rejects(media.part(message, { first: 70_000, last: 70_001 }), { code: 'TETHER_ERR_MEDIA_MAC' })
  t.same(await media.part(message, { first: 0, last: 3 }), data.subarray(0, 4))
  await t.rejects(media.part(message, { first: 0, last: 200_000 }), { code: 'TETHER_ERR_RANGE' })
  const silent = { ...message, media: { ...message.media!, fileLength: null } }
  await t.rejects(media.part(silent, { first: 0, last: 3 }), { code: 'TETHER_ERR_RANGE' })
})
