import t from 'tap'
import { serverMeasures } from 'proto/server-measures'
import { Counters } from '../src/counters.ts'
import { createWorld } from './world.ts'

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
