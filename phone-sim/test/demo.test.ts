import t, { type Test } from 'tap'
import { cast, historyOf } from '../src/cast.ts'
import { resetCast } from '../src/demo.ts'
import { ALICE, BOB, jid, synced, textsOf } from './phone-world.ts'
import { startRoutes } from './route-world.ts'
import { turns, until } from './test-clock.ts'

async function scene(t: Test) {
  const world = await startRoutes(t)
  const reset = async (): Promise<void> => {
    let isOver = false
    const done = resetCast(world.phones, world.clock).then(() => (isOver = true))
    for (let turn = 0; turn < 100 && !isOver; turn++) {
      await world.clock.advance(20)
      await turns(5)
    }
    await done
  }
  return { ...world, bob: world.phones.find(BOB)!, reset }
}

t.test('it puts chats, devices and browsers back to where they started, and keeps the record', async (t) => {
  const { alice, bob, linked, reset, clock } = await scene(t)
  const browser = await linked()
  await alice.sendText(BOB, 'to be forgotten')
  alice.setDevice({ power: 'off', batteryPercent: 3 })
  bob.setDevice({ network: 'none' })
  await reset()
  const story = historyOf(ALICE, clock.now()).filter(({ with: other }) => other === BOB)
  t.strictSame(textsOf(alice, BOB), story.map(({ text }) => text)) // prettier-ignore
  t.equal(textsOf(bob, ALICE).length, story.length)
  t.match(alice.status(), {
    state: 'online',
    companions: [],
    device: { batteryPercent: 77, network: 'wifi' },
  })
  t.match(
    alice.auditRecords(99).map(({ kind }) => kind),
    ['companion.linked', 'companion.ended', 'demo.reset'],
  )
  t.notOk(alice.companions().some(({ id }) => id === browser.login))
})

t.test('it lets arrive what is on its way, so that nothing old comes into the new beginning', async (t) => {
  const { alice, bob, reset } = await scene(t)
  alice.setDevice({ network: 'none' })
  await alice.sendText(BOB, 'late')
  await reset()
  await turns(50)
  t.notOk(textsOf(bob, ALICE).includes('late'))
  await alice.sendText(BOB, 'the conversation goes on')
  await until(() => textsOf(bob, ALICE).includes('the conversation goes on'), 'under the same keys')
})

t.test('it denies what waits for an answer, and works again and again', async (t) => {
  const { alice, reset, linked } = await scene(t)
  await reset()
  await reset()
  t.equal(alice.chats().length, new Set(historyOf(ALICE, 0).map(({ with: other }) => other)).size)
  const browser = await linked()
  await synced(browser)
  t.equal(cast.length, 2)
  t.ok(alice.messages(jid(BOB)).length > 0)
})
