import t from 'tap'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'

const HOUR_MS = 3_600_000

t.test('it is asked for its keys elsewhere, after a day and when it takes over, else not', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {
    clock: 'virtual',
    config: { challenge: 'when-needed' },
  })
  const travelling = browsersOf({ ...world, dial: () => world.dial({ address: '203.0.113.9' }) })
  t.teardown(() => travelling.stop())
  const place = browserPlace('alice')
  const asked = (): number =>
    world.trace.findAll({ party: 'server', kind: 'state', fields: { input: 'challenge' } }).length
  const openIn = async (where: typeof browsers) => {
    const client = where.open(place)
    await world.finish(client.start())
    await world.until(() => client.state === 'open')
    return client
  }

  ;(await browsers.pair(place, alice)).stop()
  ;(await openIn(browsers)).stop()
  t.equal(asked(), 0, 'at home')
  ;(await openIn(travelling)).stop()
  t.equal(asked(), 1, 'elsewhere')
  ;(await openIn(travelling)).stop()
  t.equal(asked(), 1, 'there again')

  await world.pass(23 * HOUR_MS)
  ;(await openIn(travelling)).stop()
  t.equal(asked(), 1, 'within a day')
  await world.pass(25 * HOUR_MS)
  const page = await openIn(travelling)
  t.equal(asked(), 2, 'after a day')

  const second = await openIn(travelling)
  t.equal(asked(), 3, 'by taking over')
  await world.until(() => page.state === 'replaced')
  page.useHere()
  await world.until(() => page.state === 'open' && second.state === 'replaced')
  t.equal(asked(), 4, 'and by taking back')
})

t.test('elsewhere, while the phone is off, it waits for it and comes in by itself', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {
    clock: 'virtual',
    config: { challenge: 'when-needed' },
  })
  const travelling = browsersOf({ ...world, dial: () => world.dial({ address: '203.0.113.9' }) })
  t.teardown(() => travelling.stop())
  const place = browserPlace('alice')
  ;(await browsers.pair(place, alice)).stop()
  alice.setDevice({ network: 'none' })
  await world.pass(1_000)
  const client = travelling.open(place)
  await world.finish(client.start())
  await world.pass(20_000)
  t.not(client.state, 'open')
  alice.setDevice({ network: 'wifi' })
  await world.until(() => client.state === 'open', { withinMs: 300_000 })
})
