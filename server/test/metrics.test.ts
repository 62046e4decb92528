import t from 'tap'
import { limit } from 'proto/limits'
import { encodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
import { serverMeasures } from 'proto/server-measures'
import { Counters } from '../src/counters.ts'
import { createPair, createWorld } from './world.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

t.test('shows every row of the table and nothing else', async (t) => {
  const world = await createWorld()
  const { body } = await world.server.app.inject({ url: '/metrics', headers: { host: 'localhost' } })
  const shown = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`)
  const rows = Object.values(serverMeasures).map(({ name, kind }) => `${name} ${kind}`)
  t.same(shown.sort(), rows.sort())
  t.match(body, /^tether_mailbox_mails\{boxes="all"\} 0$/m)
  t.match(body, /^tether_send_queue_bytes\{queue="phonesMost"\} 0$/m)
  await world.server.close()
})

t.test('who asks often does not make it look over all mailboxes each time', async (t) => {
  const world = await createWorld()
  const { mail } = world.stores
  const look = mail.totals.bind(mail)
  let looks = 0
  mail.totals = () => (looks++, look())
  const ask = () => world.server.app.inject({ url: '/metrics', headers: { host: 'localhost' } })
  await Promise.all([ask(), ask()])
  t.equal(looks, 1)
  await world.clock.pass(4_999)
  await ask()
  t.equal(looks, 1)
  await world.clock.pass(1)
  await ask()
  t.equal(looks, 2)
  await world.server.close()
})

t.test('a commit is measured, and how many operations shared it', async (t) => {
  const world = await createWorld()
  await Promise.all([world.stores.check(1), world.stores.check(2)])
  const { body } = await world.server.app.inject({ url: '/metrics', headers: { host: 'localhost' } })
  t.match(body, /^tether_commit_operations_bucket\{le="1"\} 0$/m)
  t.match(body, /^tether_commit_operations_bucket\{le="2"\} 1$/m)
  t.match(body, /^tether_commit_seconds_count\{part="sync"\} 1$/m)
  await world.server.close()
})

t.test('buckets count upwards, and what lies beyond the last bound is in +Inf', async (t) => {
  const counters = new Counters()
  const attach = counters.buckets('handshakes', 'attach')
  for (const ms of [1, 3, 1_000_000, -5]) attach.addMs(ms)
  const text = await counters.registry.metrics()
  t.match(text, /^tether_handshake_seconds_bucket\{way="attach",le="0.001"\} 2$/m)
  t.match(text, /^tether_handshake_seconds_bucket\{way="attach",le="0.005"\} 3$/m)
  t.match(text, /^tether_handshake_seconds_bucket\{way="attach",le="120"\} 3$/m)
  t.match(text, /^tether_handshake_seconds_bucket\{way="attach",le="\+Inf"\} 4$/m)
  t.match(text, /^tether_handshake_seconds_count\{way="attach"\} 4$/m)
})

t.test('a gauge that cannot be read does not take the others with it', async (t) => {
  const counters = new Counters()
  counters.watch({ browsers: () => 3, commitQueue: () => Promise.reject(new Error('closed')) })
  t.match(await counters.registry.metrics(), /^tether_browsers 3$/m)
})

t.test('how long a frame was kept is measured when it goes on, and not when it does not', async (t) => {
  const world = await createWorld()
  const { counters } = world.server
  const { phone, browser, connection, epoch } = await createPair(world)
  const waits = (queue: 'away' | 'held') => {
    const { count, sum } = counters.buckets('relayWaits', queue)
    return { count, sum }
  }
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,x')))
  await world.clock.pass(200)
  await browser.say(bytes('1.--2,x'))
  t.same(waits('held'), { count: 1, sum: 0.2 })

  await phone.link.hangUp()
  for (const tag of ['2.--1', '2.--2']) await browser.say(bytes(`${tag},x`))
  await world.clock.pass(3_000)
  const slow = await phone.attach()
  slow.link.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await slow.tell({ type: 'resume', connection, epoch, received: 1 })
  t.equal(slow.link.closed?.reason, 'TETHER_ERR_SLOW')
  t.same(waits('away'), { count: 0, sum: 0 }, 'the first is lost with the link, the second is put back')
  await world.clock.pass(2_000)
  const back = await phone.attach()
  await back.tell({ type: 'resume', connection, epoch, received: 1 })
  t.equal(back.link.frames.filter((frame) => typeof frame !== 'string').length, 2)
  t.same(waits('away'), { count: 1, sum: 5 }, 'as long as it was kept')
  await world.server.close()
})

t.test('frames of a login that ends go nowhere, and are no wait', async (t) => {
  const world = await createWorld()
  const { phone, connection, epoch, login } = await createPair(world)
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,x')))
  const end = world.stores.logins.end.bind(world.stores.logins)
  let commit = (): void => {}
  world.stores.logins.end = async (ending) => {
    await new Promise<void>((done) => (commit = done))
    return end(ending)
  }
  const unpaired = phone.ask({ type: 'unpair', login })
  await world.clock.pass(limit('HOLD_AFTER_CONN_MS'))
  t.equal(world.server.counters.value('drops', 'noSuchConnection'), 1)
  t.equal(world.server.counters.buckets('relayWaits', 'held').count, 0)
  commit()
  await unpaired
  await world.server.close()
})
