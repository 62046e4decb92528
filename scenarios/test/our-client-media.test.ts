/**
 * Files between our client, the phones and the server: whole and in part, expired and brought back, altered on the way;
 * and none of it holds up a message.
 */
import t from 'tap'
import { ALICE, BOB, createWorld } from 'harness'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { formatMediaPath } from 'proto/media-path'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browsersOf } from '../src/browser.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'
import { virtualFetch } from '../src/virtual-fetch.ts'

const entropy = seededEntropy('our media')
const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b)

for (const clock of BOTH_TIMES) {
  t.test(`in ${clock} time: a file goes from one client to the other and to both phones`, async (t) => {
    const { world, browsers, alice, bob } = await clientStory(t, { clock })
    const [atAlice, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
    const data = entropy.bytes(150_000)
    const told: number[] = []
    const sent = await world.finish(
      atAlice.media.send(
        BOB_JID,
        { type: 'video', data, mimetype: 'video/mp4', caption: 'a boat', seconds: 4 },
        { progress: (bytes) => told.push(bytes) },
      ),
    )
    t.equal(told.length, 2)
    t.match(sent, {
      kind: 'video',
      text: 'a boat',
      status: 'pending',
      media: { mimetype: 'video/mp4', seconds: 4 },
    })
    await world.until(() => atBob.messages(ALICE_JID).some(({ id }) => id === sent.id))
    await world.until(
      () => atAlice.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered',
    )
    const got = atBob.messages(ALICE_JID).find(({ id }) => id === sent.id)!
    t.ok(same(await world.finish(atBob.media.download(got)), data), 'at the other client')
    t.ok(same(await world.finish(atAlice.media.download(sent)), data), 'at its own')
    const kept = (jid: string, phone: typeof bob) =>
      phone.messages(jid).find(({ id }) => id === sent.id)?.media?.state === 'kept'
    await world.until(() => kept(ALICE_JID, bob) && kept(BOB_JID, alice))
    t.ok(same(bob.mediaFile(ALICE_JID, sent.id, false).data, data), 'at the other phone')
    t.ok(same(alice.mediaFile(BOB_JID, sent.id, true).data, data), 'at its own phone')

    const part = await world.finish(atBob.media.part(got, { first: 70_000, last: 99_999 }))
    t.ok(same(part, data.subarray(70_000, 100_000)), 'played from the middle')
    const chunk = await world.finish(atBob.media.part(got, { first: 149_999, last: 149_999 }))
    t.same(chunk, data.subarray(149_999))
    await t.rejects(world.finish(atBob.media.part(got, { first: 0, last: 150_000 })), {
      code: 'TETHER_ERR_RANGE',
    })
  })
}

t.test(
  'a month later the server has forgotten a file, and the phone puts it back when its browser asks',
  async (t) => {
    const { world, browsers, alice, bob } = await clientStory(t, { clock: 'virtual' })
    const atBob = await browsers.pair('bob', bob)
    const data = entropy.bytes(5_000)
    const { id } = await world.finish(
      alice.sendMedia(BOB_JID, { type: 'image', data, mimetype: 'image/png' }),
    )
    await world.until(() =>
      bob.messages(ALICE_JID).some((one) => one.id === id && one.media?.state === 'kept'),
    )
    const message = () => atBob.messages(ALICE_JID).find((one) => one.id === id)!
    await world.until(() => atBob.messages(ALICE_JID).some((one) => one.id === id))
    const path = formatMediaPath('image', message().media!.fileEncSha256)
    const status = async () => (await world.finish(virtualFetch(world, path))).status
    t.equal(await status(), 200)
    await world.virtual!.jump(limit('MEDIA_LIFE_MS'))
    t.equal(await status(), 404)
    await world.until(() => atBob.state === 'open')
    t.ok(same(await world.finish(atBob.media.download(message())), data))
    t.equal(await status(), 200, 'it is there again, for everybody')
    t.equal(world.server.counters.value('media', 'uploaded'), 2)

    await world.virtual!.jump(limit('MEDIA_LIFE_MS'))
    await world.until(() => atBob.state === 'open')
    await world.finish(alice.revoke(BOB_JID, id))
    const before = message()
    await world.until(() => message().kind === 'revoked')
    await t.rejects(
      world.finish(atBob.media.download(before)),
      { code: 'TETHER_ERR_NOT_FOUND' },
      'taken back: nobody has it',
    )
  },
)

t.test('a large file on its way holds up no message, and is done after it', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, { clock: 'real' })
  const [atAlice, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  const data = new Uint8Array(8_000_000).fill(7)
  let sent = false
  const upload = atAlice.media
    .send(BOB_JID, { type: 'document', data, mimetype: 'application/zip', fileName: 'all.zip' })
    .finally(() => (sent = true))
  const waits: number[] = []
  for (let n = 0; n < 20; n++) {
    const begun = world.clock.now()
    atBob.send(ALICE_JID, `text ${n}`)
    await world.until(() => atAlice.messages(BOB_JID).some(({ text }) => text === `text ${n}`))
    waits.push(world.clock.now() - begun)
  }
  const message = await upload
  t.ok(sent)
  waits.sort((a, b) => a - b)
  t.comment(`texts from browser to browser beside 8 MB: median ${waits[10]} ms, worst ${waits[19]} ms`)
  t.ok(waits[10] < 2_000, 'texts pass')
  await world.until(() => atBob.messages(ALICE_JID).some(({ id }) => id === message.id))
  const got = atBob.messages(ALICE_JID).find(({ id }) => id === message.id)!
  t.ok(same(await atBob.media.download(got), data))
})

t.test('the same seed gives the same bytes with files too, ciphertext included', async (t) => {
  const run = async () => {
    const world = await createWorld({ seed: 'media' })
    const browsers = browsersOf(world)
    const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
    const atBob = await browsers.pair('bob', bob)
    await world.finish(
      alice.sendMedia(BOB_JID, { type: 'audio', data: new Uint8Array(99), mimetype: 'audio/ogg' }),
    )
    await world.until(() => bob.messages(ALICE_JID)[0]?.media?.state === 'kept')
    await world.until(() => atBob.messages(ALICE_JID).length === 1)
    const [{ media }] = atBob.messages(ALICE_JID)
    await world.pass(60_000)
    browsers.stop()
    await world.stop()
    return [world.transcript.hash(), Buffer.from(media!.fileEncSha256).toString('hex')]
  }
  t.strictSame(await run(), await run())
})
