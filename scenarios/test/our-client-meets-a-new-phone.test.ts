/**
 * Bob has lost his phone and taken a new one under the same number. What he writes cannot be read until Alice trusts the
 * new key; then the message takes the place of the one that could not be read, in the browser too (spec 10.3).
 */
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALICE, BOB, createWorld } from 'harness'
import { ALICE_JID, BOB_JID, giveBackstory } from '../src/backstory.ts'
import { browsersOf } from '../src/browser.ts'

t.test('the message that could not be read is replaced in place', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'new-phone-'))
  t.teardown(() => rmSync(storage, { recursive: true }))
  const before = await createWorld({ storage, seed: 'old phone' })
  await giveBackstory(before)
  await before.finish(before.phone(BOB.number).sendText(ALICE_JID, 'from the old phone'))
  await before.until(() => before.phone(ALICE.number).messages(BOB_JID).length === 6)
  await before.stop()
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(storage, 'phones', `${BOB.number}.db${end}`), { force: true })

  const world = await createWorld({ storage, seed: 'new phone', startMs: before.clock.now() + 3_600_000 })
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
  const page = await browsers.pair('alice', alice)
  await world.finish(bob.sendText(ALICE_JID, 'it is me'))
  await world.until(() => page.messages(BOB_JID).some(({ kind }) => kind === 'undecrypted'))
  const at = page.messages(BOB_JID).findIndex(({ kind }) => kind === 'undecrypted')
  const { id } = page.messages(BOB_JID)[at]
  await world.finish(alice.acceptIdentity(BOB_JID))
  await world.until(() => page.messages(BOB_JID)[at].kind === 'text')
  t.match(page.messages(BOB_JID)[at], { id, text: 'it is me', fromMe: false })
  t.equal(page.messages(BOB_JID).filter((message) => message.id === id).length, 1)
})
