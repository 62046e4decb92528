/** P5: the server gives a browser the answer that was meant for another. */
import t from 'tap'
import { browsersOf } from '../src/browser.ts'
import { baileys3 } from '../src/baileys3.ts'
import { corruptRelay } from '../src/attacks/corrupt-relay.ts'
import { falseRelay } from '../src/attacks/false-relay.ts'
import { rawStory } from '../src/raw-story.ts'
import { tagOf } from 'harness'

const PAIRINGS = 10

t.test('unhardened: Baileys 3.5.3 holds here as well', async (t) => {
  const { connect, alice } = await rawStory(t)
  const conn = await (await connect()).pair(alice)
  const relay = await falseRelay((frame, line) => {
    if (!String(frame).includes('"init"')) return
    line.json(tagOf(frame), { status: 200, ref: '1@nobody', ttl: 20_000 })
    setTimeout(() => line.json('s1', ['Conn', conn]), 60)
  })
  const client = baileys3(relay.url)
  await t.rejects(client.connect(), { message: 'HMAC validation failed' })
  t.equal(client.connection.state, 'close')
  client.stop()
  await relay.stop()
})

t.test('ours: of 100 answers that were meant for other browsers none is accepted', async (t) => {
  const { world, connect, alice } = await rawStory(t)
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  const accepted: string[] = []
  let refused = 0
  for (let pairing = 0; pairing < PAIRINGS; pairing++) {
    const conn = await (await connect()).pair(alice)
    for (let swap = 0; swap < 100 / PAIRINGS; swap++) {
      const name = `browser ${pairing}.${swap}`
      const client = browsers.open(name)
      await world.finish(client.start())
      await world.until(() => client.qr !== null)
      relay.say('down', `s1,${JSON.stringify(['Conn', conn])}`)
      await world.until(() => client.qr === null)
      if (client.state === 'refused' && client.why?.code === 'TETHER_ERR_SECRET_MAC') refused++
      else accepted.push(`${name}: ${client.state}`)
    }
    t.equal(alice.companions().length, 1, 'nobody is linked but who showed the code')
    await world.finish(alice.unpair(alice.companions()[0].id))
  }
  t.strictSame(accepted, [])
  t.equal(refused, 100)
  browsers.stop()
})
