import t from 'tap'
import { Audit } from '../src/audit.ts'
import { type PhoneEvent, PhoneEvents } from '../src/phone-events.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, PhoneWorld, textsOf } from './phone-world.ts'
import { TestClock, until } from './test-clock.ts'

t.test('it keeps a record with what it tells about, or neither', (t) => {
  const clock = new TestClock()
  const store = openPhoneStore(':memory:', { clock })
  t.teardown(() => store.close())
  const events = new PhoneEvents(clock)
  const seen: PhoneEvent[] = []
  events.subscribe((event) => seen.push(event))
  const audit = new Audit(store, clock, events)
  t.throws(() =>
    store.transaction(() => {
      audit.record('undone')
      throw new Error('undone')
    }),
  )
  t.strictSame(audit.last(9), [])
  t.strictSame(seen, [])
  store.transaction(() => audit.record('kept', { login: 'a' }))
  t.match(audit.last(9), [{ kind: 'kept', at: clock.now(), fields: { login: 'a' } }])
  t.match(seen, [{ type: 'audit', kind: 'kept', fields: { login: 'a' } }])
  t.end()
})

t.test('it holds no text and no key, whatever happened', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const events: string[] = []
  alice.subscribe((event) => {
    if (event.type === 'audit' || event.type === 'companion') events.push(JSON.stringify(event))
  })
  const browser = await world.linked(alice, { grant: true, scope: 'full' })
  await alice.sendText(BOB, 'a private text')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  browser.sendRaw('1.--9', new Uint8Array(80))
  await until(() => alice.auditRecords(9).some(({ kind }) => kind === 'frame.refused'), 'the record')
  await alice.unpair(browser.login)
  const said = JSON.stringify(alice.auditRecords(99)) + events.join() + JSON.stringify(alice.status())
  t.match(said, /companion.linked.*companion.ended/)
  for (const secret of [browser.keys!.encKey, browser.keys!.macKey]) {
    for (const form of ['base64', 'hex'] as const) t.notOk(said.includes(Buffer.from(secret).toString(form)))
  }
  t.notOk(said.includes('private text'))
})
