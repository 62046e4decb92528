/**
 * Files of every kind between unmodified Baileys 3.5.3, phones and the server: what went up comes down byte for byte, at
 * the other client and at both phones; what has expired at the server comes back from the phone that kept it.
 */
import t from 'tap'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageType, WAConnection } from '@adiwajshing/baileys'
import { ALICE, BOB, createWorld } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { realClock, systemEntropy } from 'proto/system'
import { openStores } from 'server/store-sqlite'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync } from '../src/baileys3-story.ts'
import { type Baileys3, baileys3, library } from '../src/baileys3.ts'

const entropy = seededEntropy('baileys media')
const bytes = (length: number) => Buffer.from(entropy.bytes(length))

type Options = Parameters<WAConnection['sendMessage']>[3]
const files: [name: string, type: MessageType, options: Options, data: Buffer][] = [
  ['image', library.MessageType.image, { caption: 'the sea', thumbnail: '' }, bytes(30_000)],
  ['video', library.MessageType.video, { caption: 'waves', thumbnail: '' }, bytes(200_000)],
  ['audio', library.MessageType.audio, { duration: 7, mimetype: library.Mimetype.mp4Audio }, bytes(9_000)],
  ['voice note', library.MessageType.audio, { duration: 2, ptt: true }, bytes(5_000)],
  ['document', library.MessageType.document, { mimetype: library.Mimetype.pdf, filename: 'plan.pdf' }, bytes(40_001)],
  ['sticker', library.MessageType.sticker, {}, bytes(3_000)],
] // prettier-ignore

t.test('every kind goes up from one client and comes down at the other, byte for byte', async (t) => {
  const { world, alice, bob, client, paired } = await baileys3Story(t)
  const atBob = client()
  const synced = atBob.event('initial-data-received')
  const connected = atBob.connect((qr) => void bob.scan(qr, { grant: true }))
  const [atAlice] = await Promise.all([paired(), connected, synced])

  for (const [name, type, options, data] of files) {
    const sent = await atAlice.connection.sendMessage(BOB_JID, data, type, options)
    const { id } = sent.key as { id: string }
    await world.until(() => atBob.message(ALICE_JID, id) !== null)
    t.ok(data.equals(await download(atBob, ALICE_JID, id)), `${name}: at the other client`)
    await world.until(() => isKept(bob, ALICE_JID, id) && isKept(alice, BOB_JID, id))
    t.ok(data.equals(bob.mediaFile(ALICE_JID, id, false).data), `${name}: at the other phone`)
    t.ok(data.equals(alice.mediaFile(BOB_JID, id, true).data), `${name}: at its own phone`)
  }
  const seen = bob.messages(ALICE_JID).flatMap(({ media }) => media ?? [])
  t.match(seen, [
    { kind: 'image', bytes: 30_000 }, { kind: 'video', bytes: 200_000 }, { kind: 'audio', seconds: 7 },
    { kind: 'audio', ptt: true, seconds: 2 }, { kind: 'document', fileName: 'plan.pdf', mimetype: 'application/pdf' },
    { kind: 'sticker' },
  ]) // prettier-ignore

  const data = bytes(100_000)
  const words = { mimetype: 'video/mp4', caption: 'a boat', seconds: 4, width: 640, height: 480 }
  const { id } = await bob.sendMedia(ALICE_JID, { type: 'video', data, ...words })
  for (const [at, jid] of [
    [atAlice, BOB_JID],
    [atBob, ALICE_JID],
  ] as const) {
    await world.until(() => at.message(jid, id) !== null)
    t.match(at.message(jid, id)?.message?.videoMessage, { caption: 'a boat', seconds: 4, width: 640 })
    t.ok(data.equals(await download(at, jid, id)), 'what a phone sends comes down at both clients')
  }
})

t.test(
  'blobs outlive a restart; one that has expired is 404, and the phone puts it back when it is asked',
  async (t) => {
    const storage = mkdtempSync(join(tmpdir(), 'media-'))
    t.teardown(() => rmSync(storage, { recursive: true }))
    const [old, fresh] = [bytes(20_000), bytes(10_000)]

    const before = await createWorld({ clock: 'real', storage })
    const [alice, bob] = [before.phone(ALICE.number), before.phone(BOB.number)]
    const first = baileys3(before.serverUrl!)
    await first.connect((qr) => void bob.scan(qr, { grant: true }))
    const expires = await alice.sendMedia(BOB_JID, { type: 'image', data: old, mimetype: 'image/jpeg' })
    const stays = await alice.sendMedia(BOB_JID, { type: 'document', data: fresh, mimetype: 'text/plain' })
    await before.until(() => isKept(bob, ALICE_JID, stays.id) && isKept(bob, ALICE_JID, expires.id))
    const saved = first.credentials()
    first.stop()
    await before.stop()

    const blobs = () => filesIn(join(storage, 'server', 'media'))
    t.equal(blobs().length, 2)
    const path = join(storage, 'server', 'server.db')
    const stores = await openStores(path, { clock: realClock, entropy: systemEntropy })
    const [gone] = await stores.media.expire(realClock.now() + limit('MEDIA_LIFE_MS') + 60_000, 1) // the older one
    await stores.blobs.remove(gone)
    await stores.close()
    t.equal(blobs().length, 1)

    const after = await createWorld({ clock: 'real', storage })
    const second = baileys3(after.serverUrl!, saved)
    t.teardown(async () => {
      second.stop()
      await after.stop()
    })
    await connectAndSync(second)
    for (const { id } of [expires, stays]) await moved(second, id)
    t.ok(fresh.equals(await download(second, ALICE_JID, stays.id)), 'the other blob was kept')
    await t.rejects(download(second, ALICE_JID, expires.id), /404/)
    const message = second.message(ALICE_JID, expires.id)!
    await second.connection.updateMediaMessage(message)
    t.match(message.message!.imageMessage!.url, `${after.serverUrl}/mms/image/`)
    t.ok(old.equals(await second.connection.downloadMediaMessage(message)), 'and this one is there again')
    t.equal(blobs().length, 2)

    /** The server of the second day has another port: what the message says of it is of the first day. */
    async function moved(client: Baileys3, id: string): Promise<void> {
      const content = client.message(ALICE_JID, id)!.message!
      const media = content.imageMessage ?? content.documentMessage!
      media.url = media.url!.replace(before.serverUrl!, after.serverUrl!)
      await Promise.resolve()
    }
  },
)

function download(client: Baileys3, jid: string, id: string): Promise<Buffer> {
  return client.connection.downloadMediaMessage(client.message(jid, id)!)
}

function isKept(phone: Phone, jid: string, id: string): boolean {
  return phone.messages(jid).some((message) => message.id === id && message.media?.state === 'kept')
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
}
