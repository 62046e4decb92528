import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import { ALICE, PhoneWorld, synced } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function world(t: Test) {
  const made = new PhoneWorld()
  t.teardown(() => made.stop())
  return { world: made, alice: await made.phone(ALICE, 'Alice') }
}

t.test('it pairs: the browser opens the secret and gets a sync under its keys', async (t) => {
  const { world: w, alice } = await world(t)
  const browser = w.browser()
  const companion = await alice.scan(browser.qr, { grant: true })
  t.match(companion, { id: 'login-1', name: 'Test on Double', scope: 'full', expiresAt: null })
  await synced(browser)
  t.match(alice.companions(), [{ id: 'login-1', state: 'online' }])
  t.match(alice.auditRecords(9), [{ kind: 'companion.linked', fields: { login: 'login-1', scope: 'full' } }])
})

t.test('it never tells the server the public key of the browser', async (t) => {
  const { world: w, alice } = await world(t)
  const browser = w.browser()
  await alice.scan(browser.qr, { grant: true })
  const heard = JSON.stringify(w.relay.heard)
  const key = Buffer.from(browser.publicKey)
  t.ok(heard.includes(browser.ref), 'the search works: the ref is found')
  t.notOk(heard.includes(formatBase64(key)))
  t.notOk(heard.includes(key.toString('hex')))
  t.notOk(heard.includes(key.toString('base64url')))
})

t.test('it refuses texts that are no pairing code, and codes that nobody shows', async (t) => {
  const { alice } = await world(t)
  await t.rejects(alice.scan('hello', { grant: true }), { code: 'TETHER_ERR_QR' })
  const unknown = `1@nobody,${formatBase64(new Uint8Array(32).fill(9))},client`
  await t.rejects(alice.scan(unknown, { grant: true }), { code: 'TETHER_ERR_REF_UNKNOWN' })
  t.strictSame(alice.companions(), [])
})

t.test('it pairs with nobody when the person refuses', async (t) => {
  const { world: w, alice } = await world(t)
  await t.rejects(alice.scan(w.browser().qr, { grant: false }), { code: 'TETHER_ERR_CONSENT_DENIED' })
  t.strictSame(alice.companions(), [])
  t.match(alice.auditRecords(9), [{ kind: 'consent.denied' }])
  t.notOk(
    w.relay.heard.some(({ type }) => type === 'claimRef'),
    'the ref was not claimed',
  )
})

t.test('it asks once about a code that is scanned twice, and tells both', async (t) => {
  const { world: w, alice } = await world(t)
  const { qr } = w.browser()
  const scans = [alice.scan(qr), alice.scan(qr), alice.scan(qr)]
  await until(() => alice.pendingScans().length > 0, 'the question')
  await turns(20) // the answers to the other looks
  t.equal(alice.pendingScans().length, 1)
  const decided = await alice.decide(alice.pendingScans()[0].id, { grant: true })
  for (const companion of await Promise.all(scans)) t.equal(companion.id, decided.id)
  t.equal(alice.companions().length, 1)
})

t.test(
  'it asks once about a browser whose code has changed meanwhile, and claims the newer code',
  async (t) => {
    const { world: w, alice } = await world(t)
    const browser = w.browser()
    const first = alice.scan(browser.qr)
    await until(() => alice.pendingScans().length > 0, 'the question')
    const older = browser.ref
    browser.renew()
    const second = alice.scan(browser.qr)
    await turns(20)
    t.equal(alice.pendingScans().length, 1)
    const decided = await alice.decide(alice.pendingScans()[0].id, { grant: true })
    for (const companion of await Promise.all([first, second])) t.equal(companion.id, decided.id)
    const claimed = w.relay.heard.flatMap((message) => (message.type === 'claimRef' ? message.ref : []))
    t.strictSame([claimed, older === browser.ref], [[browser.ref], false])
  },
)

t.test('it has CONSENT_QUESTIONS browsers wait for an answer, and refuses one more', async (t) => {
  const { world: w, alice } = await world(t)
  const most = limit('CONSENT_QUESTIONS')
  const scans = Array.from({ length: most }, () => alice.scan(w.browser().qr))
  await until(() => alice.pendingScans().length === most, 'the questions')
  const more = t.rejects(alice.scan(w.browser().qr), { code: 'TETHER_ERR_LIMIT' })
  await turns(20)
  t.equal(alice.pendingScans().length, most)
  t.match(alice.auditRecords(1), [{ kind: 'scan.refused', fields: { limit: 'CONSENT_QUESTIONS' } }])
  t.equal(w.meters.value('limits', 'CONSENT_QUESTIONS'), 1)
  await more
  const refused = scans.map((scan) => t.rejects(scan, { code: 'TETHER_ERR_CONSENT_DENIED' }))
  for (const { id } of alice.pendingScans()) await alice.decide(id, { grant: false }).catch(() => undefined)
  await Promise.all(refused)
  t.ok(await alice.scan(w.browser().qr, { grant: true }), 'with the questions answered there is room again')
})

t.test('it links a browser in another network only when that is confirmed as well', async (t) => {
  const { world: w, alice } = await world(t)
  w.relay.phoneAddress = '203.0.113.7'
  const scan = alice.scan(w.browser().qr)
  await until(() => alice.pendingScans().length === 1, 'the question')
  const [{ id, requester }] = alice.pendingScans()
  t.match(requester, { sameNetwork: false, addressKind: 'local' })
  await t.rejects(alice.decide(id, { grant: true }), { code: 'TETHER_ERR_CONSENT_NETWORK' })
  t.equal(alice.pendingScans().length, 1, 'the question stays')
  t.strictSame(alice.companions(), [])
  await alice.decide(id, { grant: true, otherNetwork: true })
  await scan
  t.match(alice.auditRecords(9), [{ kind: 'companion.linked', fields: { networkDiffers: true } }])
})

t.test('it waits for a person and shows what is asked', async (t) => {
  const { world: w, alice } = await world(t)
  const scan = alice.scan(w.browser().qr)
  await until(() => alice.pendingScans().length === 1, 'the question')
  const [pending] = alice.pendingScans()
  t.match(pending, { requester: { browser: ['Double', 'Test', '1'], address: '10.0.0.9' } })
  await t.rejects(alice.decide('no such id', { grant: true }), { code: 'TETHER_ERR_NOT_FOUND' })
  const decided = await alice.decide(pending.id, { grant: true, scope: 'read' })
  t.match(await scan, { id: decided.id, scope: 'read' })
  t.strictSame(alice.pendingScans(), [])
})

t.test('it tells both callers when the person refuses a waiting scan', async (t) => {
  const { world: w, alice } = await world(t)
  const scan = alice.scan(w.browser().qr)
  await until(() => alice.pendingScans().length === 1, 'the question')
  const refused = t.rejects(scan, { code: 'TETHER_ERR_CONSENT_DENIED' })
  await t.rejects(alice.decide(alice.pendingScans()[0].id, { grant: false }), {
    code: 'TETHER_ERR_CONSENT_DENIED',
  })
  await refused
})

t.test('it gives up a scan that nobody decides', async (t) => {
  const { world: w, alice } = await world(t)
  const refused = t.rejects(alice.scan(w.browser().qr), { code: 'TETHER_ERR_CONSENT_PENDING' })
  await until(() => alice.pendingScans().length === 1, 'the question')
  await w.clock.advance(limit('CONSENT_WAIT_MS') - 1)
  t.equal(alice.pendingScans().length, 1)
  await w.clock.advance(1)
  t.strictSame(alice.pendingScans(), [])
  await refused
})

t.test('it refuses a scope or time that makes no sense, before anything is claimed', async (t) => {
  const { world: w, alice } = await world(t)
  const browser = w.browser()
  for (const consent of [{ scope: 'everything' }, { expiresInMs: 0 }, { expiresInMs: 1.5 }]) {
    await t.rejects(alice.scan(browser.qr, { grant: true, ...consent }), { code: 'TETHER_ERR_BODY' })
  }
  t.match(await alice.scan(browser.qr, { grant: true }), { scope: 'full' }, 'the code is still good')
})

t.test('it cannot pair without the server', async (t) => {
  const { world: w, alice } = await world(t)
  const browser = w.browser()
  w.relay.reachable = false
  w.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'offline')
  await t.rejects(alice.scan(browser.qr, { grant: true }), { code: 'TETHER_ERR_PHONE_AWAY' })
})
