import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { mediaOf } from 'proto/media-message'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, PhoneWorld, textsOf, VAULT_KEY } from './phone-world.ts'
import { until } from './test-clock.ts'

const entropy = seededEntropy('waiting uploads')
const PHOTO = { type: 'image', mimetype: 'image/jpeg', caption: 'the tunnel' } as const

async function pair(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/alice.db`
  const open = () => world.phone(ALICE, 'Alice', { store: openPhoneStore(path, { clock: world.clock }), vaultKey: VAULT_KEY }) // prettier-ignore
  const alice = await open()
  const bob = await world.phone(BOB, 'Bob')
  await alice.sendText(BOB, 'before the tunnel')
  await until(() => textsOf(bob, ALICE).length === 1, 'a session')
  return { world, alice, bob, media: world.relay.media, open, path }
}

t.test('a file that is sent without a link goes out with the next one, in its place', async (t) => {
  const { world, alice, bob, media } = await pair(t)
  const browser = await world.linked(alice)
  const data = entropy.bytes(3_000)
  alice.setDevice({ network: 'none' })
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data })
  await alice.sendText(BOB, 'behind it')
  t.match(alice.messages(BOB).slice(1), [{ id, status: 'pending', media: { state: 'kept' } }, {}])
  t.strictSame(media.heard, [])
  alice.setDevice({ network: 'wifi' })
  await until(() => bob.messages(ALICE)[1]?.media?.state === 'kept', 'the file at Bob')
  await until(() => bob.messages(ALICE).length === 3, 'the text')
  t.strictSame(textsOf(bob, ALICE), ['before the tunnel', 'the tunnel', 'behind it'])
  t.ok(Buffer.from(bob.mediaFile(ALICE, id, false).data).equals(data))
  t.strictSame(media.heard.map((line) => line.split(' ')[0]), ['POST', 'GET'], 'once') // prettier-ignore
  const shown = () =>
    browser.arrived.flatMap(({ node }) => (node?.attrs['add'] === 'relay' ? messagesOf(node) : []))
  await until(() => shown().length === 2, 'in the own browser')
  t.match(mediaOf(shown()[0])?.url, /^http:\/\/relay\/mms\/image\//)
})

t.test('it waits through a restart, and through a server that takes no files for a while', async (t) => {
  const { world, alice, bob, media, open } = await pair(t)
  const data = entropy.bytes(500)
  alice.setDevice({ network: 'none' })
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data })
  await alice.stop()
  media.failing = 503
  const again = await open()
  again.setDevice({ network: 'wifi' })
  await until(() => media.heard.length > 0, 'a try')
  t.equal(textsOf(bob, ALICE).length, 1)
  media.failing = null
  await world.clock.advance(limit('MEDIA_RETRY_MIN_MS'))
  await until(() => bob.messages(ALICE)[1]?.media?.state === 'kept', 'the file at Bob')
  t.ok(Buffer.from(bob.mediaFile(ALICE, id, false).data).equals(data))
})

t.test('one that is deleted or taken back meanwhile is not uploaded, and holds up nothing', async (t) => {
  const { world, alice, bob, media } = await pair(t)
  const browser = await world.linked(alice)
  alice.setDevice({ network: 'none' })
  const { id } = await alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(10) })
  await alice.revoke(BOB, id)
  await alice.sendText(BOB, 'never mind')
  alice.setDevice({ network: 'wifi' })
  await until(() => textsOf(bob, ALICE).includes('never mind'), 'the text')
  t.strictSame(media.heard, [])
  t.notOk(browser.allTexts().includes('the tunnel'))
  t.equal(
    bob.messages(ALICE).some(({ media: file }) => file !== undefined),
    false,
  )
})

t.test('one whose file is lost has failed, and what waited behind it goes', async (t) => {
  const { world, bob, alice, media, path } = await pair(t)
  alice.setDevice({ network: 'none' })
  await alice.sendMedia(BOB, { ...PHOTO, data: entropy.bytes(10) })
  await alice.sendText(BOB, 'goes on')
  await alice.stop()
  const store = openPhoneStore(path, { clock: world.clock })
  const lost = { ...store, media: { ...store.media, read: () => null } }
  const again = await world.phone(ALICE, 'Alice', { store: lost, vaultKey: VAULT_KEY })
  again.setDevice({ network: 'wifi' })
  await until(() => textsOf(bob, ALICE).includes('goes on'), 'the text')
  t.strictSame(media.heard, [])
  t.strictSame(textsOf(bob, ALICE), ['before the tunnel', 'goes on'])
  t.equal(again.messages(BOB)[1].status, 'error')
})
