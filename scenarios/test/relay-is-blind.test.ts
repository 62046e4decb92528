/**
 * The relay can read no content: a conversation full of a mark, and then the mark is looked for in everything that the
 * relay sends, stores, logs, traces and holds in memory. A second mark, in what the relay may read, proves the search.
 */
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { ALICE, BOB, createWorld } from 'harness'
import { Phone } from 'phone-sim/phone'
import { serverHttp } from 'phone-sim/server-http'
import { connectSocket } from 'phone-sim/socket'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import { parseQr } from 'proto/qr'
import { realClock, systemEntropy } from 'proto/system'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { ALICE_JID, BOB_JID, MUM } from '../src/backstory.ts'
import { baileys3, library, sendText } from '../src/baileys3.ts'
import { browsersOf, LEGACY_ORIGIN } from '../src/browser.ts'
import {
  findMark,
  findMarkInFolder,
  findMarkInMemory,
  spellingsOf,
  spellingsOfBytes,
} from '../src/mark-search.ts'
import { waitUntil } from '../src/real-wait.ts'
import { serverProcess } from '../src/server-process.ts'
import { tapProxy } from '../src/tap-proxy.ts'

/** Only browsers and phones may know this. */
const SECRET = 'gooseberry>jam?77~quince'
/** The relay may know this: it is in a name that Conn carries, and in that of a connected browser. */
const PUBLIC = 'rhubarb>pie?88~walnut'

t.test('it leaves no trace of content or keys in the process of the relay', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'blind-'))
  const relay = await serverProcess(folder, { TETHER_CHALLENGE: 'always' })
  const tap = await tapProxy(relay.port)
  const phoneOf = ({ number, name }: { number: string; name: string }) =>
    new Phone({
      number,
      name,
      clock: realClock,
      entropy: systemEntropy,
      store: openPhoneStore(join(folder, `${number}.phone`), { clock: realClock }),
      vaultKey: systemEntropy.bytes(32),
      connect: () => connectSocket(`ws://127.0.0.1:${tap.port}/phone`, realClock),
      server: serverHttp(`http://127.0.0.1:${tap.port}`),
    })
  const alice = phoneOf({ ...ALICE, name: `Alice ${PUBLIC}` })
  const bob = phoneOf(BOB)
  const legacy = baileys3(`http://127.0.0.1:${tap.port}`)
  const keys = memoryKeyStore()
  const ours = new Client({
    clock: realClock,
    entropy: systemEntropy,
    keys,
    browserName: [`Kitchen ${PUBLIC}`, 'Browser', '1.0'],
    connect: () => openSocketLink(new WebSocket(`ws://127.0.0.1:${tap.port}/ws`, { origin: LEGACY_ORIGIN })),
    fetch: (path, init) => fetch(`http://127.0.0.1:${tap.port}${path}`, init),
  })
  t.teardown(async () => {
    legacy.stop()
    ours.stop()
    await Promise.all([alice.stop(), bob.stop()])
    await tap.stop()
    await relay.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  // the conversation
  await Promise.all([alice.start(), bob.start()])
  await alice.addContact({ number: BOB.number, name: `Bob ${SECRET}` })
  await alice.addContact({ number: MUM, name: `Mum ${SECRET}` })
  await alice.importHistory([
    { with: MUM, fromMe: false, text: `old ${SECRET}`, timestampMs: realClock.now() - 9e6 },
  ])
  const codes: string[] = []
  await legacy.connect((qr) => {
    codes.push(qr)
    void alice.scan(qr, { grant: true })
  })
  await ours.start()
  await waitUntil(() => ours.qr !== null)
  codes.push(ours.qr!.text)
  await bob.scan(ours.qr!.text, { grant: true })
  await waitUntil(() => ours.state === 'open')
  await sendText(legacy, BOB_JID, `from the old client ${SECRET}`)
  await waitUntil(() => ours.messages(ALICE_JID).some(({ text }) => text === `from the old client ${SECRET}`))
  ours.send(ALICE_JID, `from our client ${SECRET}`)
  await bob.sendText(ALICE_JID, `from the phone ${SECRET}`)
  await waitUntil(() => legacy.texts(BOB_JID).includes(`from the phone ${SECRET}`))
  const words = { mimetype: `text/plain`, caption: `caption ${SECRET}`, fileName: `${SECRET}.txt` }
  const file = Buffer.from(`a file with ${SECRET} in it, again and again\n`.repeat(3_000))
  await bob.sendMedia(ALICE_JID, { type: 'document', data: file, ...words })
  const video = await ours.media.send(ALICE_JID, { type: 'video', data: file, ...words })
  await legacy.connection.sendMessage(BOB_JID, file, library.MessageType.document, {
    mimetype: library.Mimetype.pdf,
  })
  const isKept = (phone: Phone, jid: string) =>
    phone.messages(jid).filter(({ media }) => media?.state === 'kept').length === 3
  await waitUntil(() => isKept(alice, BOB_JID) && isKept(bob, ALICE_JID))
  // both phones have them; their browsers may hear of them a little later
  const fromLegacy = () =>
    ours.messages(ALICE_JID).find(({ fromMe, media }) => !fromMe && media?.mimetype === 'application/pdf')
  await waitUntil(() => fromLegacy() !== undefined && legacy.message(BOB_JID, video.id) !== null)
  t.ok(file.equals(await ours.media.download(fromLegacy()!)), 'our client opens what the old one sent')
  const fromOurs = await legacy.connection.downloadMediaMessage(legacy.message(BOB_JID, video.id)!)
  t.ok(file.equals(fromOurs), 'and the other way round')
  const part = await ours.media.part(video, { first: 70_000, last: 70_100 })
  legacy.loseSocket()
  await waitUntil(() => legacy.connection.state === 'close')
  await legacy.connect()
  await waitUntil(() => legacy.connection.state === 'open')
  const { group } = await alice.groups.create(`Jam ${PUBLIC}`, [BOB.number])
  await waitUntil(() => bob.groups.find(group.jid) !== null)
  ours.send(group.jid, `to a group ${SECRET}`)
  await waitUntil(() => alice.messages(group.jid).some(({ text }) => text === `to a group ${SECRET}`))
  bob.setDevice({ network: 'none' })
  await sendText(legacy, BOB_JID, `waits in the mailbox ${SECRET}`)
  await waitUntil(() => alice.messages(BOB_JID).at(-1)?.status === 'server')

  t.ok(file.subarray(70_000, 70_101).equals(part), 'files went both ways and came down')

  // the search
  const { encKey, macKey } = legacy.credentials()
  const ourKeys = (await keys.load())!
  const secrets = [
    ...spellingsOf(SECRET),
    ...[
      video.media!.mediaKey,
      Buffer.from(encKey, 'base64'),
      Buffer.from(macKey, 'base64'),
      ourKeys.encKey,
      ourKeys.macKey,
    ].flatMap(spellingsOfBytes),
  ]
  const browserKeys = codes.flatMap((code) => spellingsOfBytes(parseQr(code).publicKey))
  const open = spellingsOf(PUBLIC)
  const snapshot = await relay.heapSnapshot()
  const memory = findMarkInMemory([...secrets, ...browserKeys], relay.pid)
  const sent = Buffer.concat(tap.received)
  const data = join(folder, 'data')

  t.strictSame(findMark(secrets, sent), [], `in ${sent.length} bytes that it sent`)
  t.strictSame(findMarkInFolder(secrets, data), [], 'in its files')
  t.strictSame(
    findMark(secrets, Buffer.from(relay.log())),
    [],
    `in ${relay.log().length} characters of its log`,
  )
  t.strictSame(
    findMark([...secrets, ...browserKeys], snapshot),
    [],
    `in a heap snapshot of ${snapshot.length} bytes`,
  )
  t.strictSame(memory?.hits ?? [], [], `in ${memory?.bytes ?? 0} bytes of its memory`)
  t.ok(relay.log().length > 1_000, 'its log is on')

  // the same searches do find what is there
  t.ok(findMark(open, sent).length > 0, 'the public mark is in what it sent')
  t.ok(findMarkInFolder(open, data).length > 0, 'and in its files')
  const blob = Buffer.from(video.media!.fileEncSha256)
  t.ok(
    findMarkInFolder(spellingsOfBytes(blob), data).length > 0,
    'the hash of a blob is, which the server may know',
  )
  t.ok(findMark(open, snapshot).length > 0, 'and in its heap')
  if (memory) t.ok(findMarkInMemory(open, relay.pid)!.hits.length > 0, 'and in its memory')
  else t.not(process.platform, 'linux')

  await Promise.all([alice.stop(), bob.stop()])
  const ofPhones = findMarkInFolder(spellingsOf(SECRET), folder)
  for (const number of [ALICE.number, BOB.number]) {
    t.ok(
      ofPhones.some((hit) => hit.startsWith(`${number}.phone`)),
      'the secret mark is in the files of the phones',
    )
  }
  const keysInClear = findMarkInFolder(spellingsOfBytes(Buffer.from(encKey, 'base64')), folder)
  t.strictSame(keysInClear, [], 'whose keys are sealed')
  t.equal(await relay.stop(), 0)
  t.strictSame(findMarkInFolder(secrets, data), [], 'and nothing is in its files after it has ended')
})

t.test('it leaves no trace of content in what the relay tells its own trace', async (t) => {
  const world = await createWorld({ phones: [{ ...ALICE, name: `Alice ${PUBLIC}` }, BOB] })
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
  const [atAlice, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  atAlice.send(BOB_JID, `hello ${SECRET}`)
  await world.until(() => atBob.messages(ALICE_JID).some(({ text }) => text === `hello ${SECRET}`))

  const seen = (party: string) => Buffer.from(JSON.stringify(world.trace.findAll({ party })))
  t.ok(world.trace.findAll({ party: 'server' }).length > 50)
  t.strictSame(findMark(spellingsOf(SECRET), seen('server')), [])

  const passed = world.transcript.entries
    .filter(({ hop }) => hop.near === 'server')
    .map(({ frame }) => Buffer.from(frame as string))
  t.strictSame(findMark(spellingsOf(SECRET), Buffer.concat(passed)), [], 'nor in any frame, either way')
  t.ok(findMark(spellingsOf(PUBLIC), Buffer.concat(passed)).length > 0)
})

t.test('it never learns the public key of a browser, which only the code on its screen shows', async (t) => {
  const world = await createWorld()
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  const alice = world.phone(ALICE.number)
  const client = browsers.open('alice')
  await world.finish(client.start())
  await world.until(() => client.qr !== null)
  const { publicKey, ref } = parseQr(client.qr!.text)
  await world.finish(alice.scan(client.qr!.text, { grant: true }))
  await world.until(() => client.state === 'open')
  await world.pass(5_000)

  const passed = Buffer.concat(world.transcript.entries.map(({ frame }) => Buffer.from(frame as string)))
  t.strictSame(findMark(spellingsOfBytes(publicKey), passed), [])
  t.ok(findMark(spellingsOf(ref), passed).length > 0, 'though it does see the ref')
})
