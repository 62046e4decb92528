import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import { encodeRelayFrame, RELAY_BINARY } from 'proto/phone-link'
import type { Measure } from 'proto/measures'
import { serverMeasures } from 'proto/server-measures'
import { Counters } from '../src/counters.ts'
import {
  CLIENT_ID,
  createPair,
  createWorld,
  FACTS,
  INIT,
  refOf,
  type ScriptedLink,
  type World,
} from './world.ts'

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

t.test('every counter is there before its first event, with each of its labels', async (t) => {
  const text = await new Counters().registry.metrics()
  const rows: readonly Measure[] = Object.values(serverMeasures)
  for (const { name, label, values } of rows.filter(({ kind }) => kind === 'counter'))
    for (const value of Object.keys(values!)) t.match(text, `\n${name}{${label}="${value}"} 0\n`)
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

/** What /metrics says now, by sample. */
async function numbersOf(world: World): Promise<ReadonlyMap<string, number>> {
  const { body } = await world.server.app.inject({ url: '/metrics', headers: { host: 'localhost' } })
  return new Map(
    [...body.matchAll(/^(tether_\S+) (\S+)$/gm)].map(([, sample, value]) => [sample, Number(value)]),
  )
}

/** Samples with these beginnings and what they say; those that say 0 are left out. */
function said(numbers: ReadonlyMap<string, number>, ...rows: string[]): Record<string, number> {
  return Object.fromEntries(
    [...numbers].filter(
      ([sample, value]) =>
        value !== 0 && rows.some((row) => new RegExp(`^tether_${row}(?:\\{[^}]*\\})?$`).test(sample)),
    ),
  )
}

t.test('a story leaves in each number what happened, and no more', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'when-needed' })
  const { clock } = world
  const seen: ReadonlyMap<string, number>[] = []
  const now = async (...rows: string[]) => {
    const numbers = await numbersOf(world)
    seen.push(numbers)
    return said(numbers, ...rows)
  }
  const shows = async (page: ScriptedLink) => {
    await page.say(INIT)
    return { clientId: CLIENT_ID, ref: refOf(page) }
  }
  const secret = formatBase64(new Uint8Array(144))

  // attempts to pair in every mood
  const unseen = world.browser()
  await shows(unseen)
  await unseen.hangUp()
  const phone = await (await world.phone('15550001111')).attach()
  const late = world.browser()
  const old = await shows(late)
  await clock.pass(limit('REF_TTL_MS') + limit('REF_GRACE_MS') + 1)
  await phone.ask({ type: 'lookRef', ...old })
  await late.hangUp()
  const browser = world.browser()
  const code = await shows(browser)
  await phone.ask({ type: 'lookRef', ...code, clientId: 'of another' })
  await phone.ask({ type: 'claimRef', ...code, secret })
  await phone.tell({ type: 'device', facts: FACTS })
  await clock.pass(20)
  const { ok } = await phone.ask({ type: 'claimRef', ...code, secret })
  const { connection, epoch } = ok as { connection: number; epoch: number }
  await clock.pass(50)
  await phone.ask({ type: 'claimRef', ...code, secret })
  t.same(await now('pairings_total'), {
    'tether_pairings_total{mood="lonely"}': 1,
    'tether_pairings_total{mood="pruney"}': 1,
    'tether_pairings_total{mood="scary"}': 1,
    'tether_pairings_total{mood="errory"}': 1,
    'tether_pairings_total{mood="happy"}': 1,
    'tether_pairings_total{mood="crowded"}': 1,
  })
  t.same(await now('handshake_seconds_count', 'handshake_seconds_sum'), {
    'tether_handshake_seconds_count{way="attach"}': 1,
    'tether_handshake_seconds_count{way="code"}': 1,
    'tether_handshake_seconds_sum{way="code"}': 0.05,
    'tether_handshake_seconds_count{way="pairing"}': 1,
    'tether_handshake_seconds_sum{way="pairing"}': 0.03,
  })

  // a frame of the phone is held after Conn; one of the browser waits for its phone, as a mail does
  const conn = connOf(browser)
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,x')))
  t.same(await now('frame_queue_frames'), { 'tether_frame_queue_frames{queue="held"}': 1 })
  await clock.pass(200)
  await browser.say(bytes('1.--2,x'))
  await phone.link.hangUp()
  await browser.say(bytes('1.--3,x'))
  const bob = await (await world.phone('15550002222')).attach()
  const mail = { type: 'mail', to: phone.number, kind: 'whisper', body: 'AAAA' } as const
  await bob.tell({ ...mail, n: 1, mail: 'first' })
  await clock.pass(6_000)
  t.same(await now('phones', 'browsers', 'frame_queue_frames', 'mailbox_mails', 'mailbox_bytes'), {
    tether_phones: 1,
    tether_browsers: 1,
    'tether_frame_queue_frames{queue="away"}': 1,
    'tether_mailbox_mails{boxes="all"}': 1,
    'tether_mailbox_mails{boxes="fullest"}': 1,
    'tether_mailbox_bytes{boxes="all"}': 3,
    'tether_mailbox_bytes{boxes="fullest"}': 3,
  })
  const back = await phone.attach()
  await back.tell({ type: 'resume', connection, epoch, received: 1 })
  t.same(await now('unacked_pushes', 'relay_wait_seconds_sum', 'relay_wait_seconds_count'), {
    tether_unacked_pushes: 1,
    'tether_relay_wait_seconds_count{queue="held"}': 1,
    'tether_relay_wait_seconds_sum{queue="held"}': 0.2,
    'tether_relay_wait_seconds_count{queue="away"}': 1,
    'tether_relay_wait_seconds_sum{queue="away"}': 6,
  })
  await clock.pass(1_000)
  await back.tell({ type: 'taken', seq: 1 })
  await bob.tell({ ...mail, n: 2, mail: 'second' })
  await bob.tell({ ...mail, n: 2, mail: 'second' })
  await clock.pass(500)
  await back.tell({ type: 'taken', seq: 2 })
  await clock.pass(6_000)
  t.same(await now('unacked_pushes', 'mailbox_mails', 'mails_total', 'mail_lag_seconds_sum'), {
    'tether_mails_total{event="stored"}': 2,
    'tether_mails_total{event="duplicate"}': 1,
    'tether_mails_total{event="delivered"}': 2,
    'tether_mails_total{event="taken"}': 2,
    'tether_mail_lag_seconds_sum{recipient="away"}': 7,
    'tether_mail_lag_seconds_sum{recipient="there"}': 0.5,
  })

  // the browser comes again, then from somewhere else, and is challenged
  await browser.hangUp()
  const again = world.browser()
  await again.say(INIT)
  await again.say(loginText(conn))
  await clock.pass(50)
  const taker = world.browser()
  await taker.say(INIT)
  await taker.say(loginText(conn))
  await clock.pass(50)
  await taker.say(`1.--2,["admin","challenge","YW5zd2Vy","${conn['serverToken']}","${CLIENT_ID}"]`)
  await clock.pass(250)
  await back.tell({ type: 'reply', id: Number(back.heard('judge')[0]['id']), ok: { fits: true } })
  await clock.pass(50)
  t.same(await now('handshake_seconds_sum', 'logins_total', 'challenges_total'), {
    'tether_handshake_seconds_sum{way="code"}': 0.05,
    'tether_handshake_seconds_sum{way="pairing"}': 0.03,
    'tether_handshake_seconds_sum{way="login"}': 0.05,
    'tether_handshake_seconds_sum{way="challenge"}': 0.35,
    'tether_logins_total{outcome="opened"}': 1,
    'tether_logins_total{outcome="challenged"}': 1,
    'tether_logins_total{outcome="challengeRight"}': 1,
    'tether_challenges_total{reason="takeover"}': 1,
  })

  // what is left: a group, a question, a sign of life, and a phone that reads slowly, then not at all
  await back.ask({ type: 'groupCreate', subject: 'Choir', members: ['15550002222'] })
  await taker.say('2,["query","exist","15550002222@c.us"]')
  await taker.say('?,,')
  back.link.queuedBytes = 7
  bob.link.queuedBytes = 5
  taker.queuedBytes = 3
  t.same(await now('send_queue_bytes', 'groups_total', 'frames_total', 'bytes_total'), {
    'tether_send_queue_bytes{queue="phones"}': 12,
    'tether_send_queue_bytes{queue="phonesMost"}': 7,
    'tether_send_queue_bytes{queue="browsers"}': 3,
    'tether_send_queue_bytes{queue="browsersMost"}': 3,
    'tether_groups_total{event="create"}': 1,
    'tether_frames_total{leg="browserToPhone"}': 2,
    'tether_frames_total{leg="phoneToBrowser"}': 1,
    'tether_frames_total{leg="keepAlive"}': 1,
    'tether_bytes_total{leg="browserToPhone"}': 14,
    'tether_bytes_total{leg="phoneToBrowser"}': 3,
  })
  back.link.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await taker.say(bytes('1.--4,x'))
  t.same(await now('drops_total', 'limits_total', 'errors_total'), {
    'tether_drops_total{reason="slowReader"}': 1,
    'tether_limits_total{limit="PHONE_QUEUE_BYTES"}': 1,
    'tether_limits_total{limit="SEND_QUEUE_BYTES"}': 1,
    'tether_errors_total{code="TETHER_ERR_STATE"}': 1,
    'tether_errors_total{code="TETHER_ERR_REF_UNKNOWN"}': 2,
    'tether_errors_total{code="TETHER_ERR_REF_USED"}': 1,
  })
  const waiting = world.stores.check(1)
  await now()
  await waiting

  for (const [row, { name, kind }] of Object.entries(serverMeasures)) {
    const sample = new RegExp(`^${name}${kind === 'histogram' ? '_count' : ''}(?:\\{|$)`)
    const most = Math.max(
      ...seen.flatMap((each) => [...each].filter(([one]) => sample.test(one)).map(([, n]) => n)),
    )
    if (!Object.hasOwn(TOLD_ELSEWHERE, row)) t.ok(most > 0, `${name}: ${most}`)
  }
  await world.server.close()
})

/** Rows for which another test looks at the number. */
const TOLD_ELSEWHERE = { media: 'media.test.ts', legacy: 'legacy-tls.test.ts, connect-proxy.test.ts' }

/** What the push of a pairing says. */
function connOf(browser: ScriptedLink): Record<string, string> {
  const [s1] = browser.take()
  return (JSON.parse(s1.slice('s1,'.length)) as [string, Record<string, string>])[1]
}

const loginText = (conn: Record<string, string>): string =>
  `1.--1,${JSON.stringify(['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID, 'takeover'])}`
