/** Bad input at the doors of phones: the link, the registration over HTTP, and the codes that a phone is shown. */
import t from 'tap'
import { memoryLinks, tagOf } from 'harness'
import type { ErrorCode } from 'proto/errors'
import type { Frame } from 'proto/link'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { rawStory, type RawStory } from '../src/raw-story.ts'

const b64 = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64')
const attach = { type: 'attach', version: 1, number: '15550001111', nonce: b64(32), signature: b64(64) }

/** What a stranger says first on a link, and how it ends. */
// prettier-ignore
const firstWords: readonly (readonly [string, Frame, number, ErrorCode])[] = [
  ['no JSON', 'hello', 1008, 'TETHER_ERR_BODY'],
  ['no object', '[]', 1008, 'TETHER_ERR_BODY'],
  ['no such message', '{"type":"nonsense"}', 1008, 'TETHER_ERR_BODY'],
  ['a name of every object', '{"type":"constructor"}', 1008, 'TETHER_ERR_BODY'],
  ['a message of the server', '{"type":"welcome","version":1}', 1008, 'TETHER_ERR_BODY'],
  ['attach without a nonce', '{"type":"attach","version":1,"number":"15550001111"}', 1008, 'TETHER_ERR_BODY'],
  ['another message first', '{"type":"taken","seq":1}', 1008, 'TETHER_ERR_STATE'],
  ['a relay frame first', new Uint8Array(64), 1008, 'TETHER_ERR_STATE'],
  ['another version', JSON.stringify({ ...attach, version: 2 }), 4400, 'TETHER_ERR_VERSION'],
  ['a wrong signature', JSON.stringify(attach), 4401, 'TETHER_ERR_PHONE_AUTH'],
  ['an unknown number', JSON.stringify({ ...attach, number: '19999999999' }), 4401, 'TETHER_ERR_PHONE_AUTH'],
  ['far too much', JSON.stringify({ ...attach, padding: 'x'.repeat(4_096) }), 1009, 'TETHER_ERR_TOO_LARGE'],
]

function stranger({ world }: RawStory) {
  const { caller, called } = memoryLinks(world.clock)
  world.server.acceptPhone(called, { address: '192.0.2.1', userAgent: 'stranger', door: 'plain' })
  const heard = { texts: [] as string[], close: null as { code: number; reason: string } | null }
  caller.open({
    frame: (frame) => heard.texts.push(String(frame)),
    close: (code, reason) => void (heard.close = { code, reason }),
  })
  return { link: caller, heard }
}

t.test('it ends a link whose first words are wrong, with the code of the error, and counts it', async (t) => {
  const story = await rawStory(t)
  for (const [what, words, close, code] of firstWords) {
    const before = story.world.server.counters.value('errors', code)
    const { link, heard } = stranger(story)
    link.send(words)
    await story.world.pass(100)
    t.strictSame(heard.close, { code: close, reason: code }, what)
    t.equal(story.world.server.counters.value('errors', code), before + 1, `${what} is counted`)
  }
  const { heard } = stranger(story)
  await story.world.pass(11_000)
  t.equal(heard.close?.code, 4401, 'silence ends it too')
  t.equal(story.alice.status().state, 'online', 'the real phone of that number has not noticed')
})

t.test(
  'it counts nonsense of an attached phone, answers requests with a code, and keeps the link',
  async (t) => {
    const { world, alice, bob } = await rawStory(t)
    // prettier-ignore
    const nonsense: readonly Frame[] = [
    'hello', '{"type":"nonsense"}', '{"type":"attach","version":1}', JSON.stringify(attach), '{"type":"push","connection":99,"body":["Cmd"]}', '{"type":"push","connection":1,"body":[]}',
    '{"type":"reply","id":77}', '{"type":"pong","probe":12345}', '{"type":"mail","n":1,"to":"x","mail":"","kind":"whisper","body":""}', '{"type":"taken","seq":-1}', '{"type":"taken","seq":999999}',
    new Uint8Array(3), new Uint8Array(64), Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 1), Uint8Array.of(1, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1),
  ]
    const { counters } = world.server
    for (const words of nonsense) {
      const rule = world.faults.add(
        { hop: 'phone-server', at: 'server', way: 'in', frame: 'text', ordinal: 1 },
        { do: 'alter', to: () => words },
      )
      alice.setDevice({ batteryPercent: 50 + (nonsense.indexOf(words) % 40) })
      await world.pass(1_000)
      t.equal(rule.worked, 1)
      rule.remove()
    }
    const closes = world.transcript.entries.filter(
      ({ hop, way }) => hop.kind === 'phone-server' && way === 'close',
    )
    t.strictSame(
      closes.map(({ frame }) => frame),
      [],
    )
    t.ok(counters.value('errors', 'TETHER_ERR_BODY') >= 6)
    t.ok(counters.value('errors', 'TETHER_ERR_STATE') >= 1)
    t.ok(counters.value('drops', 'noSuchConnection') >= 1)
    await world.finish(bob.sendText(ALICE_JID, 'still here?'))
    await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'still here?'))
  },
)

t.test('it makes a phone come back from nonsense of a server, with nothing lost or doubled', async (t) => {
  const { world, alice, bob } = await rawStory(t)
  const texts: string[] = []
  for (const [at, words] of [
    'hello',
    '{"type":"delivery"}',
    '{"type":"attach"}',
    new Uint8Array(5),
  ].entries()) {
    const rule = world.faults.add(
      {
        hop: 'phone-server',
        at: `phone:${alice.number}`,
        way: 'in',
        where: (frame) => String(frame).includes('"delivery"'),
        ordinal: 1,
      },
      { do: 'alter', to: () => words },
    )
    texts.push(`text ${at}`)
    await world.finish(bob.sendText(ALICE_JID, texts.at(-1)!))
    await world.until(() => alice.messages(BOB_JID).at(-1)?.text === texts.at(-1))
    t.equal(rule.worked, 1)
    rule.remove()
  }
  await world.pass(60_000)
  t.strictSame(
    alice
      .messages(BOB_JID)
      .slice(-4)
      .map(({ text }) => text),
    texts,
  )
  t.equal(alice.status().state, 'online')
})

t.test('it answers bad HTTP with a status, a code and words, and counts it', async (t) => {
  const { world } = await rawStory(t)
  const json = { 'content-type': 'application/json' }
  // prettier-ignore
  const requests: readonly (readonly [string, string, object, string | undefined, number, ErrorCode])[] = [
    ['POST', '/v1/register', json, '{"number":', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, '{"number":15550001111}', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, '{"number":"abc"}', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, '{"number":"15550001111","more":1}', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, '[]', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, 'null', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, '', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', { 'content-type': 'text/plain' }, '{"number":"15550001111"}', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register', json, `{"number":"${'1'.repeat(70_000)}"}`, 413, 'TETHER_ERR_TOO_LARGE'],
    ['POST', '/v1/register/confirm', json, '{}', 400, 'TETHER_ERR_BODY'],
    ['POST', '/v1/register/confirm', json, JSON.stringify({ number: '15550009999', code: '123456', identityKey: b64(33), registrationId: 1, name: 'X' }), 400, 'TETHER_ERR_KEY_LENGTH'],
    ['GET', '/sim/sms/abc', {}, undefined, 400, 'TETHER_ERR_BODY'],
    ['GET', '/nowhere', {}, undefined, 404, 'TETHER_ERR_NOT_FOUND'],
    ['DELETE', '/v1/register', {}, undefined, 404, 'TETHER_ERR_NOT_FOUND'],
    ['GET', '/healthz', { host: 'rebound.example' }, undefined, 421, 'TETHER_ERR_HOST'],
    ['GET', '/healthz', { origin: 'https://evil.example' }, undefined, 403, 'TETHER_ERR_ORIGIN'],
  ]
  for (const [method, url, headers, payload, status, code] of requests) {
    const before = world.server.counters.value('errors', code)
    const answer = await world.finish(
      world.during(() =>
        world.server.app.inject({
          method: method as 'GET',
          url,
          headers: { ...headers },
          ...(payload === undefined ? {} : { payload }),
        }),
      ),
    )
    const what = `${method} ${url} ${payload?.slice(0, 40) ?? ''}`
    t.equal(answer.statusCode, status, what)
    t.match(answer.json(), { code, message: String }, what)
    t.equal(world.server.counters.value('errors', code), before + 1, `${what} is counted`)
  }
  t.equal(
    (await world.finish(world.during(() => world.server.app.inject({ url: '/healthz' })))).statusCode,
    200,
  )
})

t.test('it refuses a code that is none, or not for it, and scans the next one', async (t) => {
  const { connect, world, alice } = await rawStory(t)
  const key = b64(32)
  // prettier-ignore
  const codes: readonly (readonly [string, ErrorCode])[] = [
    ['', 'TETHER_ERR_QR'], ['hello', 'TETHER_ERR_QR'], ['https://example.org/', 'TETHER_ERR_QR'], [`ref,${key}`, 'TETHER_ERR_QR'], [`ref,${key},id,more`, 'TETHER_ERR_QR'],
    [`ref,${b64(31)},id`, 'TETHER_ERR_QR'], [`ref,not base64,id`, 'TETHER_ERR_QR'], [`,${key},id`, 'TETHER_ERR_QR'], [`ref,${key},`, 'TETHER_ERR_QR'],
    [`r\u0000f,${key},id`, 'TETHER_ERR_QR'], ['x'.repeat(5_000), 'TETHER_ERR_QR'], [`ref,${key},id`, 'TETHER_ERR_REF_UNKNOWN'],
  ]
  for (const [qr, code] of codes) {
    await t.rejects(world.finish(alice.scan(qr, { grant: true })), { code }, qr.slice(0, 30))
  }
  const waiting = await connect()
  const { ref } = await waiting.json(waiting.init())
  const zero = Buffer.alloc(32).toString('base64')
  await t.rejects(world.finish(alice.scan(`${String(ref)},${zero},${waiting.clientId}`, { grant: true })), {
    code: 'TETHER_ERR_KEY_LOW_ORDER',
  })
  await t.rejects(world.finish(alice.scan(`${String(ref)},${key},another-id`, { grant: true })), {
    code: 'TETHER_ERR_REF_UNKNOWN',
  })
  t.strictSame(alice.companions(), [])

  const browser = await connect()
  await browser.pair(alice)
  t.equal(alice.companions().length, 1)
  t.equal(tagOf(browser.texts[0].text).endsWith('.--0'), true)
})
