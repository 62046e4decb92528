import t, { type Test } from 'tap'
import { contentMessage } from 'proto/contents'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { encryptMedia } from 'proto/media'
import { mediaContent, type MediaFacts, mediaOf } from 'proto/media-message'
import { utf8 } from 'proto/bytes'
import type { PhoneEvent } from '../src/phone.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

const entropy = seededEntropy('media keeper')
const PHOTO = { type: 'image', mimetype: 'image/jpeg', caption: 'the sea', width: 4, height: 3 } as const

async function pair(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const [alice, bob] = [await world.phone(ALICE, 'Alice'), await world.phone(BOB, 'Bob')]
  return { world, alice, bob, media: world.relay.media }
}

/** A message with a file as a browser of Alice writes it; the file is at the server. */
function written(world: PhoneWorld, id: string, data: Uint8Array, change: Partial<MediaFacts> = {}) {
  const mediaKey = entropy.bytes(32)
  const { uploaded, ...file } = encryptMedia({ data, mediaKey, type: 'image' })
  const token = file.uploadToken
  world.relay.media.blobs.set(token, uploaded)
  const address = {
    url: `http://elsewhere/${token}`,
    directPath: `/elsewhere/${token}`,
    madeAt: 1_600_000_000,
  }
  const content = mediaContent('image', { ...file, mediaKey, ...address }, { mimetype: 'image/png' })
  Object.assign(content.imageMessage!, change)
  const frame = {
    remoteJid: jid(BOB),
    fromMe: true,
    id,
    timestampS: 1_600_000_000,
    status: 'PENDING',
  } as const
  return { info: contentMessage({ ...frame, content }), token, uploaded }
}

t.test('it sends a file, keeps it, and the other phone fetches, checks and keeps it too', async (t) => {
  const { alice, bob, media } = await pair(t)
  const events: PhoneEvent[] = []
  bob.subscribe((event) => void events.push(event))
  const data = entropy.bytes(5_000)
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data })
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'kept', 'the file at Bob')
  t.match(bob.messages(ALICE), [
    {
      id, text: 'the sea', type: 'imageMessage',
      media: { kind: 'image', mimetype: 'image/jpeg', bytes: 5_000, width: 4, height: 3, state: 'kept' },
    },
  ]) // prettier-ignore
  t.ok(Buffer.from(bob.mediaFile(ALICE, id, false).data).equals(data))
  t.ok(Buffer.from(alice.mediaFile(BOB, id, true).data).equals(data))
  t.same(media.heard.map((line) => line.split(' ')[0]), ['POST', 'GET'], 'the sender does not fetch its own') // prettier-ignore
  t.notOk(Buffer.from([...media.blobs.values()][0]).includes(Buffer.from(data.subarray(0, 16))))
  const states = events.flatMap((event) =>
    event.type === 'message' || event.type === 'messageChanged' ? [event.message.media?.state] : [],
  )
  t.same(states, ['wanted', 'kept'])
  t.throws(() => bob.mediaFile(ALICE, 'nothing', false), { code: 'TETHER_ERR_NOT_FOUND' })
})

t.test('it sends every kind with what that kind needs', async (t) => {
  const { alice, bob } = await pair(t)
  const files = [
    { type: 'video', mimetype: 'video/mp4', seconds: 9, gif: true },
    { type: 'audio', mimetype: 'audio/ogg; codecs=opus', seconds: 3, ptt: true },
    { type: 'document', mimetype: 'application/pdf', fileName: 'plan.pdf' },
    { type: 'sticker', mimetype: 'image/webp', width: 512, height: 512 },
  ] as const
  for (const file of files) await alice.sendMedia(BOB, { ...file, data: utf8(file.type) })
  await until(
    () => bob.messages(ALICE).filter(({ media }) => media?.state === 'kept').length === 4,
    'four files',
  )
  for (const [at, { type, ...words }] of files.entries()) {
    const { id, media } = bob.messages(ALICE)[at]
    t.match(media, { kind: type, ...words })
    t.same(bob.mediaFile(ALICE, id, false).data, utf8(type))
  }
})

t.test('it fetches what a browser of its own sent, by its hash and never by the address in it', async (t) => {
  const { world, alice, bob, media } = await pair(t)
  const browser = await world.linked(alice)
  const data = entropy.bytes(300)
  const { info, token } = written(world, 'AB', data)
  browser.relay(info)
  await until(() => alice.messages(BOB)[0]?.media?.state === 'kept', 'the file at Alice')
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'kept', 'the file at Bob')
  t.ok(Buffer.from(alice.mediaFile(BOB, 'AB', true).data).equals(data))
  t.same(media.heard, [`GET ${token}`, `GET ${token}`])
})

t.test('it never waits for a file: messages behind one that does not come are there at once', async (t) => {
  const { alice, bob, media, world } = await pair(t)
  await alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(100) })
  media.failing = 503
  await alice.sendText(BOB, 'after it')
  await until(() => bob.messages(ALICE).length === 2, 'both messages')
  t.equal(bob.messages(ALICE)[1].text, 'after it')
  media.failing = null
  await world.clock.advance(limit('MEDIA_RETRY_MIN_MS'))
  await until(() => bob.messages(ALICE)[0].media?.state === 'kept', 'the file')
})

t.test('it says why a file cannot be had, once: altered, other than announced, gone, unnamed', async (t) => {
  const { world, alice, bob, media } = await pair(t)
  const browser = await world.linked(alice)
  const altered = written(world, 'A1', entropy.bytes(100))
  altered.uploaded[3] ^= 1
  const other = written(world, 'A2', entropy.bytes(100), { fileSha256: new Uint8Array(32) })
  const longer = written(world, 'A3', entropy.bytes(100), { fileLength: 99n as never })
  const cut = written(world, 'A4', entropy.bytes(100))
  media.blobs.set(cut.token, cut.uploaded.subarray(0, 20))
  const expired = written(world, 'A5', entropy.bytes(100))
  media.expire(expired.token)
  const unknown = written(world, 'A6', entropy.bytes(100))
  media.blobs.delete(unknown.token)
  const unnamed = written(world, 'A7', entropy.bytes(100), { fileEncSha256: new Uint8Array(0) })
  const keyless = written(world, 'A8', entropy.bytes(100), { mediaKey: new Uint8Array(5) })
  const all = [altered, other, longer, cut, expired, unknown, unnamed, keyless]
  for (const { info } of all) browser.relay(info)
  await until(
    () => bob.messages(ALICE).filter(({ media }) => media?.state === 'failed').length === 8,
    'eight failures',
  )
  const codes = [
    'TETHER_ERR_MEDIA_MAC', 'TETHER_ERR_MEDIA_HASH', 'TETHER_ERR_MEDIA_HASH', 'TETHER_ERR_MEDIA_LENGTH',
    'TETHER_ERR_MEDIA_EXPIRED', 'TETHER_ERR_NOT_FOUND', 'TETHER_ERR_MEDIA_HASH', 'TETHER_ERR_MEDIA_HASH',
  ] // prettier-ignore
  t.same(bob.messages(ALICE).map(({ media }) => media?.code), codes) // prettier-ignore
  const audit = bob.auditRecords(20).filter(({ kind }) => kind === 'media.failed')
  t.same(audit.map(({ fields }) => fields), codes.map((code, at) => ({ jid: jid(ALICE), id: `A${at + 1}`, code }))) // prettier-ignore
  const before = media.heard.length
  await world.clock.advance(limit('MEDIA_RETRY_MAX_MS') * 3)
  t.equal(media.heard.length, before, 'it does not try again what ends the same way')
})

t.test(
  'it tries again what failed for a time, after MEDIA_RETRY_MIN_MS to _MAX_MS, and at once on a new link',
  async (t) => {
    const { alice, bob, media, world } = await pair(t)
    media.failing = null
    await alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(100) })
    media.failing = 500
    await until(() => bob.messages(ALICE).length === 1, 'the message')
    await turns(20)
    const tries = () => media.heard.filter((line) => line.startsWith('GET')).length
    const [least, most] = [limit('MEDIA_RETRY_MIN_MS'), limit('MEDIA_RETRY_MAX_MS')]
    const waits = Array.from({ length: 10 }, (_, at) => least * 2 ** at).concat(most, most)
    for (const wait of waits) {
      const before = tries()
      await world.clock.advance(wait - 1)
      t.equal(tries(), before)
      await world.clock.advance(1)
      await turns(20)
      t.equal(tries(), before + 1, `${wait} ms later`)
    }
    media.failing = null
    world.relay.cut(BOB)
    await world.clock.advance(limit('PHONE_BACKOFF_MAX_MS'))
    await until(() => bob.messages(ALICE)[0].media?.state === 'kept', 'the file on the new link')
  },
)

t.test('it has its files after a restart, and fetches those that were still missing', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/bob.db`
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob', { store: openPhoneStore(path, { clock: world.clock }) })
  const data = entropy.bytes(100)
  const first = await alice.sendMedia(BOB, { ...PHOTO, data })
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'kept', 'the first file')
  const second = await alice.sendMedia(BOB, { ...PHOTO, data })
  world.relay.media.failing = 500
  await until(() => bob.messages(ALICE).length === 2, 'the second message')
  await bob.stop()
  world.relay.media.failing = null
  const again = await world.phone(BOB, 'Bob', { store: openPhoneStore(path, { clock: world.clock }) })
  t.ok(Buffer.from(again.mediaFile(ALICE, first.id, false).data).equals(data))
  await until(() => again.messages(ALICE)[1].media?.state === 'kept', 'the second file')
  t.ok(Buffer.from(again.mediaFile(ALICE, second.id, false).data).equals(data))
})

t.test('it refuses to send what is too large, and without an app or an address; nothing stays', async (t) => {
  const { alice, media } = await pair(t)
  const most = Math.floor((limit('MEDIA_BYTES') - 10) / 16) * 16 - 1 // MAC, whole blocks, a byte of padding
  const data = new Uint8Array(most)
  await alice.sendMedia(BOB, { ...PHOTO, data })
  const more = { ...PHOTO, data: new Uint8Array(most + 1) }
  await t.rejects(alice.sendMedia(BOB, more), { code: 'TETHER_ERR_TOO_LARGE' })
  const small = { ...PHOTO, data: entropy.bytes(1) }
  await t.rejects(alice.sendMedia('nobody', small), { code: 'TETHER_ERR_JID' })
  media.failing = 429
  await t.rejects(alice.sendMedia(BOB, small), { code: 'TETHER_ERR_INTERNAL' })
  media.failing = null
  alice.setDevice({ app: 'killed' })
  await t.rejects(alice.sendMedia(BOB, small), { code: 'TETHER_ERR_STATE' })
  t.equal(alice.messages(BOB).length, 1)
})

t.test('it asks for the right to upload once, and again when that is over', async (t) => {
  const { alice, media, world } = await pair(t)
  const send = () => alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(1) })
  await send()
  await send()
  t.equal(media.rights, 1)
  await world.clock.advance(300_000)
  await send()
  t.equal(media.rights, 2)
})

t.test('it drops a file with its message: deleted, cleared, or taken back', async (t) => {
  const { alice, bob, world } = await pair(t)
  const browser = await world.linked(bob)
  const send = () => alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(100) })
  const [one, two] = [await send(), await send()]
  await until(
    () => bob.messages(ALICE).filter(({ media }) => media?.state === 'kept').length === 2,
    'two files',
  )
  await alice.revoke(BOB, one.id)
  await until(() => bob.messages(ALICE)[0].type === 'revoked', 'the notice')
  t.throws(() => bob.mediaFile(ALICE, one.id, false), { code: 'TETHER_ERR_NOT_FOUND' })
  t.throws(() => alice.mediaFile(BOB, one.id, true), { code: 'TETHER_ERR_NOT_FOUND' })
  t.ok(bob.mediaFile(ALICE, two.id, false))
  await browser.set({ tag: 'chat', attrs: { jid: jid(ALICE), type: 'clear' }, content: null })
  t.throws(() => bob.mediaFile(ALICE, two.id, false), { code: 'TETHER_ERR_NOT_FOUND' })
})

t.test('it keeps PHONE_MEDIA_BYTES and not one byte more, of what comes and of what is sent', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const store = openPhoneStore(':memory:', { clock: world.clock })
  const full = { ...store, media: { ...store.media, bytes: () => limit('PHONE_MEDIA_BYTES') - 100 } }
  const bob = await world.phone(BOB, 'Bob', { store: full })
  const file = (length: number) => ({ ...PHOTO, data: entropy.bytes(length) })
  await alice.sendMedia(BOB, file(101))
  await alice.sendMedia(BOB, file(100))
  await until(() => bob.messages(ALICE)[1]?.media?.state === 'kept', 'the file that fits')
  t.match(bob.messages(ALICE)[0].media, { state: 'failed', code: 'TETHER_ERR_LIMIT', bytes: 101 })
  t.equal(bob.auditRecords(9).filter(({ kind }) => kind === 'media.failed').length, 1)
  await t.rejects(bob.sendMedia(ALICE, file(101)), { code: 'TETHER_ERR_LIMIT' })
  t.equal(world.meters.value('limits', 'PHONE_MEDIA_BYTES'), 2)
  await bob.sendMedia(ALICE, file(100))
})

// query type=media

async function asked(t: Test) {
  const { world, alice, bob, media } = await pair(t)
  const [browser, other] = [await world.linked(bob), await world.linked(bob)]
  const data = entropy.bytes(700)
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data })
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'kept', 'the file at Bob')
  const [token] = media.blobs.keys()
  const ask = (attrs: Record<string, string> = {}) =>
    browser.query('media', { index: id, jid: jid(ALICE), owner: 'false', ...attrs })
  return { world, alice, bob, browser, other, media, token, ask, id }
}

t.test(
  'it tells a browser where a file is, in no other attributes than those a content does not have',
  async (t) => {
    const { ask, media, token } = await asked(t)
    const { node } = await ask()
    t.same(node, {
      tag: 'response',
      attrs: { type: 'media', url: `http://relay/mms/image/${token}`, code: '200' },
      content: null,
    })
    t.equal(media.heard.at(-1), `HEAD ${token}`)
  },
)

t.test(
  'it uploads its own copy when the server has forgotten it: the same bytes, a new address for all browsers',
  async (t) => {
    const { world, bob, ask, media, token, browser, other, id } = await asked(t)
    const before = media.blobs.get(token)!
    media.expire(token)
    const updates = (one: typeof browser) =>
      one.arrived.flatMap(({ node }) => (node?.attrs['add'] === 'update' ? messagesOf(node) : []))
    t.equal((await ask()).node?.attrs['code'], '200')
    t.ok(Buffer.from(media.blobs.get(token)!).equals(before))
    await until(() => updates(other).length === 1, 'word for the other browser')
    t.same(updates(browser), [], 'the one that asked has its answer')
    const [info] = updates(other)
    t.equal(info.key.id, id)
    t.equal(mediaOf(info)!.url, `http://relay/mms/image/${token}`)
    t.equal(bob.messages(ALICE)[0].media?.state, 'kept')
    const { node } = await browser.query('message', { jid: jid(ALICE), count: '1', kind: 'before' })
    t.equal(mediaOf(messagesOf(node!)[0])!.url, `http://relay/mms/image/${token}`)
    t.equal(media.rights, 2, 'Alice for the upload, Bob for this one')
    await world.clock.advance(1)
  },
)

t.test('it answers 404 for a file that neither has, and for a message without one', async (t) => {
  const { ask, media, token, bob, alice } = await asked(t)
  await alice.sendText(BOB, 'words')
  await until(() => bob.messages(ALICE).length === 2, 'the text')
  const words = bob.messages(ALICE)[1].id
  for (const attrs of [
    { index: 'nothing' },
    { jid: jid('15550009999') },
    { jid: 'x' },
    { owner: 'true' },
    { index: words },
  ])
    t.same((await ask(attrs)).json, { status: 404 }, JSON.stringify(attrs))
  media.expire(token)
  await bob.markRead(ALICE)
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(10) })
  await until(() => bob.messages(ALICE)[2]?.media?.state === 'kept', 'another file')
  const own = [...media.blobs.keys()].at(-1)!
  media.blobs.delete(own)
  media.failing = 507
  t.same((await ask({ index: id })).json, { status: 500 }, 'what the server refuses is no 404')
  media.failing = null
  t.equal((await ask({ index: id })).node?.attrs['code'], '200')
})

t.test('it fetches a file that it could not have before when a browser finds it there again', async (t) => {
  const { world, alice, bob, media } = await pair(t)
  const browser = await world.linked(bob)
  const writer = await world.linked(alice)
  const { info, token, uploaded } = written(world, 'AB', entropy.bytes(50))
  media.expire(token)
  writer.relay(info)
  await until(() => bob.messages(ALICE)[0]?.media?.state === 'failed', 'the failure')
  const ask = () => browser.query('media', { index: 'AB', jid: jid(ALICE), owner: 'false' })
  t.same((await ask()).json, { status: 404 })
  media.blobs.set(token, uploaded)
  media.expired.delete(token)
  t.equal((await ask()).node?.attrs['code'], '200')
  await until(() => bob.messages(ALICE)[0].media?.state === 'kept', 'the file')
})
