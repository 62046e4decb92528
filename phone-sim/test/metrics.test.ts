import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { utf8 } from 'proto/bytes'
import { phonesMeasures } from 'proto/phones-measures'
import { metricsRegistry, statusClassOf, watchPhones } from '../src/metrics.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { startApp } from './app-world.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

/** Alice and Bob, counted together. */
async function measured(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const meters = new PhonesMeters()
  const { clock } = world
  const store = () => openPhoneStore(':memory:', { clock, load: meters.commits })
  const alice = await world.phone(ALICE, 'Alice', { meters, store: store() })
  const bob = await world.phone(BOB, 'Bob', { meters, store: store() })
  watchPhones(meters, () => world.phones)
  const registry = metricsRegistry(meters)
  /** One sample, or undefined when it is not shown. */
  const shown = async (sample: string): Promise<number | undefined> => {
    const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${sample} `))
    return line === undefined ? undefined : Number(line.slice(sample.length + 1))
  }
  return { world, meters, alice, bob, shown }
}

t.test('it shows every row of the table and nothing else', async (t) => {
  const { app, ask } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const { body, headers } = await app.inject({ url: '/metrics', headers: { host: 'localhost' } })
  t.match(headers['content-type'], 'text/plain')
  const shown = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`)
  const rows = Object.values(phonesMeasures).map(({ name, kind }) => `${name} ${kind}`)
  t.same(shown.sort(), rows.sort())
  t.match(body, /^tether_phones_hosted\{state="online"\} 1$/m)
})

t.test('it counts requests by the class of their status, and refusals by their code', async (t) => {
  const { ask, phones } = await startApp(t)
  for (let at = 0; at < 3; at++) await ask('GET', '/phones')
  await ask('GET', '/nowhere')
  t.strictSame(phones.meters.counts('requests'), { '2xx': 3, '4xx': 1 })
  t.strictSame(phones.meters.counts('errors'), { TETHER_ERR_NOT_FOUND: 1 })
  t.equal(statusClassOf(503), '5xx')
  t.equal(statusClassOf(101), undefined)
})

t.test('it follows a mail from the outbox to the inbox', async (t) => {
  const { world, meters, alice, bob, shown } = await measured(t)
  world.relay.refuseMailMs = 2_000
  await alice.sendText(BOB, 'one')
  await until(() => meters.counts('mailRefusals')['TETHER_ERR_LIMIT'] === 1, 'a refusal')
  t.equal(await shown('tether_phones_waiting{what="outbox"}'), 1)
  world.relay.refuseMailMs = null
  await world.clock.advance(2_000)
  await until(() => alice.messages(jid(BOB))[0]?.status === 'delivered', 'the receipt')
  // the text twice, and the receipt
  t.strictSame(meters.counts('mails'), { sent: 2, again: 1, acked: 2, taken: 2 })
  t.equal(await shown('tether_phones_waiting{what="outbox"}'), 0)
  t.equal(await shown('tether_phones_ack_seconds_bucket{le="1"}'), 1, 'the receipt at once')
  t.equal(await shown('tether_phones_ack_seconds_bucket{le="5"}'), 2, 'the text after two seconds')
  t.equal(await shown('tether_phones_mail_lag_seconds_count'), 2)
  for (const [operation, times] of Object.entries({ start: 1, encrypt: 1, decrypt: 1 }))
    t.equal(await shown(`tether_phones_signal_seconds_count{operation="${operation}"}`), times)
  t.ok(meters.commits.sync.count > 5)
  t.equal(await shown('tether_phones_prekeys_lowest'), 19, 'one of 20 was used')
  t.strictSame(textsOf(bob, ALICE), ['one'])
})

t.test('it counts what comes again, and what does not decrypt by its code', async (t) => {
  const { world, meters, alice, bob } = await measured(t)
  await alice.sendText(BOB, 'one')
  await until(() => alice.messages(jid(BOB))[0]?.status === 'delivered', 'the receipt')
  const mail = world.relay.heard.find((m) => m.type === 'mail' && m.to === BOB)!
  if (mail.type !== 'mail') throw new Error('mail expected')
  world.relay.post(BOB, { from: ALICE, mail: mail.mail, kind: mail.kind, body: mail.body })
  world.relay.post(BOB, { from: ALICE, mail: 'bad', kind: 'whisper', body: formatBase64(utf8('no mail')) })
  await until(() => bob.messages(jid(ALICE)).length === 2, 'the placeholder')
  t.match(meters.counts('mails'), { known: 1, unreadable: 1 })
  t.strictSame(meters.counts('signalFailures'), { TETHER_ERR_SIGNAL_MESSAGE: 1 })
})

t.test('it counts phones and browsers by their state, and what waits for a link', async (t) => {
  const { world, meters, alice, bob, shown } = await measured(t)
  await world.linked(bob)
  t.equal(await shown('tether_phones_browsers{state="told"}'), 1)
  t.ok(meters.value('frames', 'out') > 3, 'the sync')
  bob.setDevice({ network: 'none' })
  alice.setDevice({ app: 'dozing' })
  await bob.sendText(ALICE, 'waits for a session')
  t.equal(await shown('tether_phones_hosted{state="offline"}'), 1)
  t.equal(await shown('tether_phones_hosted{state="dozing"}'), 1)
  t.equal(await shown('tether_phones_hosted{state="online"}'), 0)
  t.equal(await shown('tether_phones_browsers{state="waiting"}'), 1)
  t.equal(await shown('tether_phones_waiting{what="legs"}'), 1)
  t.strictSame(meters.counts('links'), { attached: 2, lost: 1 })
  t.equal(await shown('tether_phones_attach_seconds_count'), 2)
})

t.test('it counts scans by their mood, a code that is scanned twice once', async (t) => {
  const { world, meters, alice } = await measured(t)
  const { qr } = world.browser()
  await alice.scan(qr, { grant: true })
  await t.rejects(alice.scan(qr, { grant: true }), { code: 'TETHER_ERR_REF_UNKNOWN' })
  await t.rejects(alice.scan('none', { grant: true }), { code: 'TETHER_ERR_QR' })
  await t.rejects(alice.scan(world.browser().qr, { grant: false }), { code: 'TETHER_ERR_CONSENT_DENIED' })
  const waits = world.browser().qr
  const both = [alice.scan(waits), alice.scan(waits)]
  await until(() => alice.pendingScans().length === 1, 'the question')
  await alice.decide(alice.pendingScans()[0].id, { grant: true })
  await Promise.all(both)
  t.strictSame(meters.counts('pairings'), { happy: 2, pruney: 1, errory: 1, denied: 1 })
})

t.test('it counts frames that no browser of it can have sealed', async (t) => {
  const { world, meters, alice } = await measured(t)
  const browser = await world.linked(alice)
  world.relay.toPhone(browser, utf8('1.--1,ab' + 'x'.repeat(64)))
  await until(() => meters.value('drops', 'unreadable') === 1, 'the drop')
  t.strictSame(meters.counts('drops'), { unreadable: 1 })
})

t.test('it counts files', async (t) => {
  const { meters, alice, bob, world } = await measured(t)
  const data = world.entropy.bytes(500)
  await alice.sendMedia(BOB, { type: 'image', mimetype: 'image/jpeg', data })
  await until(() => bob.messages(jid(ALICE))[0]?.media?.state === 'kept', 'the file')
  t.strictSame(meters.counts('media'), { uploaded: 1, fetched: 1 })
})
