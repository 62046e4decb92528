/** A client that asks and never reads costs the server one queue, is cut off with the reason, and others go on. */
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { ALICE } from 'harness'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { limit } from 'proto/limits'
import { BOB_JID, ALICE_JID } from '../src/backstory.ts'
import { LEGACY_ORIGIN } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'

/** A client whose socket a test can pause, and somebody else to compare with. */
async function lazyClient(t: Test) {
  const { world, browsers, alice, bob } = await clientStory(t, { clock: 'real' })
  const socket = new WebSocket(`${world.serverUrl!.replace('http', 'ws')}/ws`, { origin: LEGACY_ORIGIN })
  const client = new Client({
    clock: world.clock,
    entropy: world.entropy.fork('lazy'),
    connect: () => openSocketLink(socket),
    fetch: () => Promise.reject(new Error('no files here')),
    keys: memoryKeyStore(),
  })
  t.teardown(() => {
    client.stop()
    socket.terminate()
  })
  const closed = new Promise<[number, string]>((resolve) => {
    socket.once('close', (code: number, reason: Buffer) => resolve([code, reason.toString()]))
  })
  await client.start()
  await world.until(() => client.qr !== null)
  await alice.scan(client.qr!.text, { grant: true })
  await world.until(() => client.state === 'open')
  const atBob = await browsers.pair('bob', bob)
  const profile = { description: 'x'.repeat(limit('BUSINESS_PROFILE_BYTES') - 100) }
  await client.people.setBusinessProfile(profile)
  const wids = Array.from({ length: 100 }, () => ({ wid: `${ALICE.number}@c.us` }))
  /** Asks for some 800 kB. */
  const ask = (n: number): void =>
    socket.send(`${n}.--lazy,${JSON.stringify(['query', 'businessProfile', wids, 84])}`)
  return { world, alice, atBob, client, socket, closed, ask, counters: world.server.counters }
}

t.test('it is read no more, and has every answer when it reads at last', async (t) => {
  const { world, client, socket, ask, counters } = await lazyClient(t)
  const answers = new Set<string>()
  socket.on('message', (data: Buffer) => {
    const tag = /^\d+\.--lazy/.exec(data.subarray(0, 20).toString())?.[0]
    if (tag) answers.add(tag)
  })
  socket.pause()
  const questions = 14
  for (let n = 0; n < questions; n++) {
    ask(n)
    await world.pass(10)
  }
  t.ok(counters.value('limits', 'READ_QUEUE_BYTES') > 0)
  t.equal(counters.value('drops', 'slowReader'), 0)
  socket.resume()
  await world.until(() => answers.size === questions)
  t.equal(client.state, 'open')
})

t.test('it is cut off when its queue is full', async (t) => {
  const { world, alice, atBob, socket, closed, ask, counters } = await lazyClient(t)
  socket.pause()
  for (let n = 0; n < 60; n++) ask(n) // so fast that many are read at once
  await world.until(() => counters.value('drops', 'slowReader') > 0)
  socket.resume()
  t.strictSame(await closed, [4408, 'TETHER_ERR_SLOW'], 'it hears why when it reads at last')
  t.equal(counters.value('limits', 'SEND_QUEUE_BYTES'), 1)
  t.equal(counters.value('errors', 'TETHER_ERR_SLOW'), 1)
  t.strictSame(
    await atBob.people.find(ALICE.number),
    { jid: ALICE_JID, isBusiness: true },
    'others are answered',
  )
  atBob.send(ALICE_JID, 'still here')
  await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'still here'))
})
