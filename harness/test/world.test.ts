import t from 'tap'
import { ALICE, BOB, createWorld } from '../src/index.ts'

for (const clock of ['virtual', 'real'] as const) {
  t.test(
    `it starts with a relay and two registered phones that write to each other (${clock} time)`,
    async (t) => {
      const world = await createWorld({ clock })
      t.teardown(() => world.stop())
      const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
      t.strictSame(
        world.phones.map((phone) => phone.status().state),
        ['online', 'online'],
      )
      await world.finish(alice.sendText(bob.jid, 'hello'))
      await world.until(() => bob.messages(alice.jid).some(({ text }) => text === 'hello'))
      t.equal(world.serverUrl === null, clock === 'virtual')
    },
  )
}

t.test('it takes no real time for virtual time', async (t) => {
  const world = await createWorld()
  t.teardown(() => world.stop())
  const before = world.clock.now()
  await world.pass(86_400_000)
  t.equal(world.clock.now(), before + 86_400_000)
  t.equal(world.phone(ALICE.number).status().state, 'online', 'after a day of heartbeats')
})

t.test('it adds phones, and knows no others', async (t) => {
  const world = await createWorld({ phones: [] })
  t.teardown(() => world.stop())
  const carla = await world.addPhone({ number: '15550004444', name: 'Carla' })
  t.equal(carla.status().state, 'online')
  t.throws(() => world.phone('19999999999'), { code: 'TETHER_ERR_NOT_FOUND' })
})

t.test(
  'it records frames at both ends of a link, mail between phones, and a trace of each party',
  async (t) => {
    const world = await createWorld()
    t.teardown(() => world.stop())
    await world.finish(world.phone(ALICE.number).sendText(BOB.number, 'hello'))
    await world.pass(1_000)
    const ends = new Set(world.transcript.entries.map(({ hop }) => `${hop.kind} ${hop.near}`))
    t.ok(ends.has('phone-server server'))
    t.ok(ends.has(`phone-server phone:${ALICE.number}`))
    t.ok([...ends].some((end) => end.startsWith('phone-mail')))
    t.ok(world.trace.find({ party: 'server' }))
    t.ok(world.trace.find({ party: `phone:${ALICE.number}`, kind: 'state' }))
  },
)

t.test('it can cut every link; phones come back by themselves', async (t) => {
  const world = await createWorld()
  t.teardown(() => world.stop())
  world.sever()
  await world.until(() => world.phones.every((phone) => phone.status().state === 'offline'))
  await world.until(() => world.phones.every((phone) => phone.status().state === 'online'))
})

t.test('it gives up a wait with a code', async (t) => {
  for (const clock of ['virtual', 'real'] as const) {
    const world = await createWorld({ clock, phones: [] })
    await t.rejects(
      world.until(() => false, { withinMs: 20 }),
      { code: 'TETHER_ERR_WAIT' },
    )
    await t.rejects(world.finish(new Promise(() => undefined), { withinMs: 20 }), { code: 'TETHER_ERR_WAIT' })
    await world.stop()
  }
})

t.test('it records nothing when told so', async (t) => {
  const world = await createWorld({ record: false })
  t.teardown(() => world.stop())
  t.strictSame([world.transcript.entries.length, world.trace.events.length], [0, 0])
})

t.test('it holds frames back on real sockets as it does on memory links', async (t) => {
  for (const clock of ['virtual', 'real'] as const) {
    const world = await createWorld({ clock })
    const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
    const isMail = (frame: string | Uint8Array) => String(frame).includes('"type":"delivery"')
    const held = world.faults.add(
      { hop: 'phone-server', at: 'server', way: 'out', where: isMail },
      { do: 'hold' },
    )
    await world.finish(alice.sendText(bob.jid, 'wait for it'))
    await world.until(() => held.worked === 1)
    await world.pass(100)
    t.strictSame(bob.messages(alice.jid), [], `${clock} time`)
    held.remove()
    await world.until(() => bob.messages(alice.jid).length === 1)
    t.match(bob.messages(alice.jid), [{ text: 'wait for it' }])
    await world.stop()
  }
})

t.test(
  'a killed server says no word; the next one has what was committed, and the phones find it',
  async (t) => {
    const world = await createWorld({ killable: true })
    t.teardown(() => world.stop())
    const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
    bob.setDevice({ network: 'none' })
    await world.finish(alice.sendText(bob.jid, 'before'))
    await world.until(() => alice.messages(bob.jid)[0]?.status === 'server')
    const before = world.server
    await world.killServer()
    t.not(world.server, before)
    t.equal(alice.status().state, 'offline')
    bob.setDevice({ network: 'wifi' })
    await world.until(() => bob.messages(alice.jid).length === 1)
    await world.until(() => alice.messages(bob.jid)[0]?.status === 'delivered')
    t.equal(before.counters.value('mails', 'delivered'), 0)
    t.equal(world.server.counters.value('mails', 'delivered') > 0, true)
  },
)

t.test('only a world that was made so lets its server be killed', async (t) => {
  const world = await createWorld({ phones: [] })
  t.teardown(() => world.stop())
  await t.rejects(world.killServer(), { code: 'TETHER_ERR_STATE' })
})
