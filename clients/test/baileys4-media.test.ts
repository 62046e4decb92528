import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import type { AnyMediaMessageContent, WAMessage } from '@adiwajshing/baileys'
import { ALICE, BOB, createWorld } from 'harness'
import { realClock, systemEntropy } from 'proto/system'
import { limit } from 'proto/limits'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { openStores } from 'server/store-sqlite'
import { baileys4Story } from '../src/baileys4-story.ts'
import { contentOf, refusalOf, type Baileys4 } from '../src/baileys4.ts'
import { picture, sizeOf } from '../src/pictures.ts'
import { silence } from '../src/sounds.ts'

/**
 * What would else be made from the file. From bytes it makes that from a temporary file that it does not wait for, and
 * may find empty; so these stories give it along, or a file that is there.
 */
const jpegThumbnail = 'AAAA'

const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 31) % 251))

/** What is sent, its bytes, and the type that the other phone takes it for. */
type Row = readonly [
  what: string,
  type: string,
  file: Buffer,
  content: (file: Buffer) => AnyMediaMessageContent,
]
const rows = async (): Promise<readonly Row[]> => [
  [
    'an image',
    'imageMessage',
    await picture(300, 200),
    (image) => ({ image, jpegThumbnail, caption: 'Beans' }),
  ],
  [
    'an image to look at once',
    'imageMessage',
    await picture(30, 20),
    (image) => ({ image, jpegThumbnail, viewOnce: true }),
  ],
  ['a video', 'videoMessage', bytes(70_000), (video) => ({ video, jpegThumbnail, caption: 'Moving' })],
  ['a gif', 'videoMessage', bytes(5_000), (video) => ({ video, gifPlayback: true, jpegThumbnail })],
  ['a sound', 'audioMessage', silence(2), (audio) => ({ audio, mimetype: 'audio/wav', seconds: 2 })],
  ['a voice note', 'audioMessage', bytes(3_000), (audio) => ({ audio, ptt: true, seconds: 3 })],
  [
    'a document',
    'documentMessage',
    bytes(300_000),
    (document) => ({ document, mimetype: 'text/plain', fileName: 'beans.txt' }),
  ],
  ['a sticker', 'stickerMessage', bytes(900), (sticker) => ({ sticker })],
]

t.test('media of every kind goes up, arrives, and comes down as it was', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  for (const [what, type, file, content] of await rows()) {
    const sent = (await alices.socket.sendMessage(BOB_JID, content(file)))!
    const arrived = await arrivalOf(sent, bobs, world)

    t.strictSame(contentOf(arrived), contentOf(sent), what)
    t.equal(bob.messages(ALICE_JID).at(-1)?.type, type, `${what} is known to the phone`)
    t.ok(file.equals((await bobs.socket.downloadMediaMessage(arrived)) as Buffer), `${what} is the same file`)
  }
  t.strictSame([...alices.complaints, ...bobs.complaints], [])
})

t.test('an image has a small picture, a sound its length', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()

  const folder = t.testdir({ 'beans.jpg': await picture(300, 200), 'beans.wav': silence(2) })
  const image = await socket.sendMessage(BOB_JID, { image: { url: join(folder, 'beans.jpg') } })
  t.strictSame(await sizeOf(image!.message!.imageMessage!.jpegThumbnail!), [32, 21])
  const audio = { url: join(folder, 'beans.wav') }
  const sound = await socket.sendMessage(BOB_JID, { audio, mimetype: 'audio/wav' })
  t.equal(sound!.message!.audioMessage!.seconds, 2)
})

t.test('it fetches a part of a file, and a file piece by piece', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  const file = bytes(300_000)
  const sent = (await alices.socket.sendMessage(BOB_JID, { document: file, mimetype: 'text/plain' }))!
  const arrived = await arrivalOf(sent, bobs, world)

  const range = { startByte: 100_000, endByte: 120_000 }
  const part = (await bobs.socket.downloadMediaMessage(arrived, 'buffer', range)) as Buffer
  t.ok(file.subarray(range.startByte, range.endByte).equals(part))
  const pieces: Buffer[] = []
  for await (const piece of (await bobs.socket.downloadMediaMessage(arrived, 'stream')) as Readable)
    pieces.push(piece as Buffer)
  t.ok(file.equals(Buffer.concat(pieces)))
})

t.test('it uploads bytes by itself, and whoever has the address has the same bytes', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()
  const body = bytes(1_000)
  const fileEncSha256B64 = createHash('sha256').update(body).digest('base64url')

  const upload = (token: string) =>
    socket.waUploadToServer(Readable.from([body]), { mediaType: 'document', fileEncSha256B64: token })
  const { mediaUrl, directPath } = await upload(fileEncSha256B64)
  t.ok(mediaUrl.endsWith(directPath))
  t.ok(body.equals(Buffer.from(await (await fetch(mediaUrl)).arrayBuffer())))

  const other = createHash('sha256').update('something else').digest('base64url')
  t.equal(await refusalOf(upload(other)), 500, 'a hash of other bytes is refused, by every host it knows')
})

t.test('a file that the server has lost comes back from the phone', async (t) => {
  const storage = t.testdir({})
  const { paired, alice, bob, world } = await baileys4Story(t, { storage })
  const bobs = await paired({ phone: bob })
  const file = bytes(5_000)
  const { id } = await alice.sendMedia(BOB_JID, { type: 'document', data: file, mimetype: 'text/plain' })
  await world.until(() => bobs.announced(ALICE_JID).length > 0)
  await world.until(() => bob.messages(ALICE_JID).some((one) => one.id === id && one.media?.state === 'kept'))
  const [message] = bobs.announced(ALICE_JID)

  for (let times = 1; times <= 2; times++) {
    rmSync(join(storage, 'server', 'media'), { recursive: true })
    t.ok(file.equals((await bobs.socket.downloadMediaMessage(message)) as Buffer), 'it asks by itself')
    t.match(bobs.all('messages.update').at(-1), [
      { key: { id }, update: { message: { documentMessage: {} } } },
    ])
  }
  await bobs.socket.updateMediaMessage(message)
  t.equal(bobs.all('messages.update').length, 3, 'or when the program wants it')
})

t.test(
  'a file that has expired at the server comes back from the phone, without being asked for',
  async (t) => {
    const storage = t.testdir({})
    const before = await createWorld({ clock: 'real', storage })
    const [alice, bob] = [before.phone(ALICE.number), before.phone(BOB.number)]
    const file = bytes(5_000)
    const { id } = await alice.sendMedia(BOB_JID, { type: 'document', data: file, mimetype: 'text/plain' })
    await before.until(() =>
      bob.messages(ALICE_JID).some((one) => one.id === id && one.media?.state === 'kept'),
    )
    await before.stop()
    const path = join(storage, 'server', 'server.db')
    const stores = await openStores(path, { clock: realClock, entropy: systemEntropy })
    await stores.media.expire(realClock.now() + limit('MEDIA_LIFE_MS') + 60_000, 1)
    await stores.close()

    const { paired, world, ...after } = await baileys4Story(t, { storage, messages: 0 })
    const bobs = await paired({ phone: after.bob })
    const message = bobs.history(ALICE_JID).find(({ key }) => key.id === id)!
    const content = message.message!.documentMessage!
    content.url = new URL(new URL(content.url!).pathname, world.serverUrl!).href // another port than before
    t.equal((await fetch(content.url)).status, 404)
    t.ok(file.equals((await bobs.socket.downloadMediaMessage(message)) as Buffer))
  },
)

async function arrivalOf(
  sent: WAMessage,
  client: Baileys4,
  world: { until(predicate: () => boolean): Promise<void> },
): Promise<WAMessage> {
  const find = () => client.announced(ALICE_JID).find(({ key }) => key.id === sent.key.id)
  await world.until(() => find() !== undefined)
  return find()!
}
