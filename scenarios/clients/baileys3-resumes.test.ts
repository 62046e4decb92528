import t from 'tap'
import { limit } from 'proto/limits'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync, refusalOf } from '../src/baileys3-story.ts'

t.jobs = 4 // the client waits more than it works

for (const challenge of [false, true]) {
  const how = challenge ? 'with a challenge' : 'without a challenge'

  t.test(`it loses its socket, resumes ${how}, and shows what it missed exactly once`, async (t) => {
    const { paired, alice, bob, world } = await baileys3Story(t, { challenge })
    const client = await paired()
    const closed = client.event('close')
    client.loseSocket()
    t.match(await closed, { reason: 'close' })

    for (const text of ['missed one', 'missed two']) await bob.sendText(ALICE_JID, text)
    await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'missed two'))
    await connectAndSync(client)

    t.equal(client.connection.state, 'open')
    t.strictSame(client.texts(BOB_JID).slice(-2), ['missed one', 'missed two'])
    t.equal(client.texts(BOB_JID).filter((text) => text.startsWith('missed')).length, 2)
    t.equal(client.connection.chats.get(BOB_JID).count, 2)
    t.equal(client.events.filter(({ name }) => name === 'qr').length, 1, 'no second code')
    t.equal(
      world.trace.findAll({ party: 'server', kind: 'state', fields: { input: 'challenge' } }).length,
      +challenge,
    )

    await bob.sendText(ALICE_JID, 'after')
    await world.until(() => client.texts(BOB_JID).at(-1) === 'after')
  })

  t.test(`it resumes in a new program from what it saved, ${how}`, async (t) => {
    const { paired, client, alice, bob, world } = await baileys3Story(t, { challenge })
    const first = await paired()
    const saved = first.credentials()
    first.connection.close()
    await bob.sendText(ALICE_JID, 'while you slept')
    await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'while you slept'))

    const second = client(saved)
    await connectAndSync(second)

    t.equal(second.connection.user.name, 'Alice')
    t.equal(second.texts(BOB_JID).filter((text) => text === 'while you slept').length, 1)
    t.equal(second.connection.chats.get(BOB_JID).count, 1)
  })
}

t.test('it is refused when it cannot answer the challenge', async (t) => {
  const { paired, client } = await baileys3Story(t, { challenge: true })
  const saved = (await paired()).credentials()
  const thief = client({ ...saved, macKey: Buffer.alloc(32, 7).toString('base64') })
  t.match(await refusalOf(thief), { status: 401 })
})

t.test('a moment in which nothing runs, behind the answer to init, costs it nothing', async (t) => {
  const { paired, client, world } = await baileys3Story(t)
  const first = await paired()
  const saved = first.credentials()
  first.connection.close()

  let stalls = 0
  world.faults.observe(({ hop, way, frame }) => {
    if (hop.near !== 'server' || way !== 'out' || typeof frame !== 'string' || !frame.includes('"ttl":'))
      return
    stalls += 1
    queueMicrotask(() => stall(4 * limit('PAUSE_AFTER_ANSWER_MS')))
  })
  const second = client(saved)
  await connectAndSync(second)
  t.equal(stalls, 1)
  t.equal(second.texts(BOB_JID).length, 5)
})

/** The whole process stands still, as on a machine that has too much to do. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
