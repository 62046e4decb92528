/** Everything is switched off and on again: what was stored is there, what waited arrives, once. */
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALICE, BOB, createWorld, type World } from 'harness'
import { ALICE_JID, BOB_JID, giveBackstory } from '../src/backstory.ts'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { takeOffline } from '../src/phone-absence.ts'

t.test('it goes on after a restart of relay and phones, and browsers resume', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'restart-'))
  t.teardown(() => rmSync(storage, { recursive: true }))
  const place = browserPlace('alice')

  const before = await createWorld({ storage, seed: 'first day' })
  await giveBackstory(before)
  const [alice, bob] = [before.phone(ALICE.number), before.phone(BOB.number)]
  const pages = browsersOf(before)
  const first = await pages.pair(place, alice)
  await takeOffline(before, bob)
  const sent = first.send(BOB_JID, 'Bring a bag!')
  await before.until(() => first.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'server')
  await before.finish(bob.sendText(ALICE_JID, 'written in the cellar'))
  pages.stop()
  await before.stop()

  const after = await createWorld({ storage, seed: 'second day', startMs: before.clock.now() + 3_600_000 })
  const [alice2, bob2] = [after.phone(ALICE.number), after.phone(BOB.number)]
  t.equal(bob2.status().state, 'offline', 'the network setting is kept, too')
  bob2.setDevice({ network: 'wifi' })
  await after.until(() => bob2.messages(ALICE_JID).some(({ text }) => text === 'Bring a bag!'))
  await after.until(() => alice2.messages(BOB_JID).some(({ text }) => text === 'written in the cellar'))
  const page = browsersOf(after).open(place)
  await after.finish(page.start())
  await after.until(() => page.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered')

  t.equal(page.state, 'open')
  t.equal(count(bob2, ALICE_JID, 'Bring a bag!'), 1)
  t.equal(count(alice2, BOB_JID, 'written in the cellar'), 1)
  t.equal(alice2.messages(BOB_JID).length, 7)
  t.equal(after.server.counters.value('logins', 'opened'), 1)
  page.stop()
  await after.stop()
})

function count(phone: World['phones'][number], jid: string, text: string): number {
  return phone.messages(jid).filter((message) => message.text === text).length
}
