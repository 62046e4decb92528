import t from 'tap'
import { limit } from 'proto/limits'
import type { Frame, Link, LinkHandlers } from 'proto/link'
import { encodeRelayFrame, RELAY_BINARY, RELAY_TEXT } from 'proto/phone-link'
import { readFrame, type RelayEvent, RelayView } from '../src/relay-view.ts'
import { ManualClock } from './manual-clock.ts'
import { assertViewDoor } from '../src/relay-view-routes.ts'
import { readConfig } from '../src/config.ts'
import { createWorld } from './world.ts'

const bytes = (text: string, more: number): Uint8Array =>
  Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(more, 7)])
const relayed = (
  message: Uint8Array,
  kind: typeof RELAY_BINARY | typeof RELAY_TEXT = RELAY_BINARY,
): Uint8Array => encodeRelayFrame({ kind, connection: 1, epoch: 1, heard: 0 }, message)
const mail = (kind: string): string =>
  JSON.stringify({ type: 'mail', n: 1, to: '15550002222', mail: 'A', kind, body: 'c2VhbGVkIQ==' })

/** [what, frame, leg, way, what is told of it] */
const frames: readonly (readonly [string, Frame, 'browser' | 'phone', 'in' | 'out', object])[] = [
  ['a keep-alive', '?,,', 'browser', 'in', { label: 'keep-alive', sealedBytes: 0 }],
  ['a request', '1,["admin","test"]', 'browser', 'in', { label: 'test', sealedBytes: 0 }],
  ['a push', 's1,["Conn",{"pushname":"secret"}]', 'browser', 'out', { label: 'Conn', sealedBytes: 0 }],
  ['an answer', '1,{"status":200,"pushname":"secret"}', 'browser', 'out', { label: 'answer', sealedBytes: 0 }],
  ['a list that is no push', '1,["secret"]', 'browser', 'out', { label: 'answer', sealedBytes: 0 }],
  ['a request nobody knows', '1,["secret"]', 'browser', 'in', { label: 'request', sealedBytes: 0 }],
  ['a sealed message', bytes('3EB0,\x10\x80', 64), 'browser', 'in', { label: 'sealed message', sealedBytes: 64 }],
  ['a sealed frame of the phone', bytes('3EB0,', 64), 'browser', 'out', { label: 'sealed', sealedBytes: 64 }],
  ['no frame at all', bytes('', 200), 'browser', 'in', { label: 'unreadable', sealedBytes: 200 }],
  ['a relayed request', relayed(bytes('3EB0,\x10\x80', 64)), 'phone', 'out', { label: 'relayed sealed message', sealedBytes: 64 }],
  ['a relayed push', relayed(bytes('1-1,', 64)), 'phone', 'in', { label: 'relayed sealed', sealedBytes: 64 }],
  ['a relayed answer', relayed(bytes('1,{"secret":1}', 0), RELAY_TEXT), 'phone', 'in', { label: 'relayed answer', sealedBytes: 0 }],
  ['mail', mail('whisper'), 'phone', 'in', { label: 'mail whisper', sealedBytes: 9, to: '15550002222' }],
  ['a receipt', mail('receipt'), 'phone', 'in', { label: 'mail receipt', sealedBytes: 0, to: '15550002222' }],
  ['what phones do not say', '{"type":"secret"}', 'phone', 'in', { label: 'unreadable', sealedBytes: 0 }],
  ['no JSON', 'secret', 'phone', 'in', { label: 'unreadable', sealedBytes: 0 }],
] // prettier-ignore

for (const [what, frame, leg, way, told] of frames) {
  t.test(`it tells ${told['label' as never] as string} of ${what}, and none of its content`, (t) => {
    const reading = readFrame(frame, leg, way)
    t.match(reading, told)
    t.notMatch(JSON.stringify(reading), /secret/)
    t.end()
  })
}

/** A link whose far end is the test. */
function farEnd() {
  let handlers: LinkHandlers | null = null
  const sent: Frame[] = []
  const link: Link = {
    send: (frame) => void sent.push(frame),
    close: () => handlers?.close(1000, ''),
    queuedBytes: 5,
    pause: () => undefined,
    resume: () => undefined,
    open: (given) => void (handlers = given),
  }
  return { link, sent, receive: (frame: Frame) => handlers!.frame(frame) }
}

t.test('it asks for a pong, bounds messages and hears of pings as the link itself does', (t) => {
  const view = new RelayView(new ManualClock(), [])
  const asked: string[] = []
  const { link } = farEnd()
  const watched = view.watch(
    {
      ...link,
      ping: (heard) => heard(),
      largest: (bytes, pieces) => void asked.push(bytes, pieces),
      open: (handlers) => handlers.control?.(),
    },
    'browser',
    { address: '10.0.0.9' },
  )
  watched.ping?.(() => void asked.push('pong'))
  watched.largest?.('BROWSER_EARLY_BYTES', 'SOCKET_CHUNKS')
  watched.open({ frame: () => undefined, close: () => undefined, control: () => void asked.push('control') })
  t.strictSame(asked, ['pong', 'BROWSER_EARLY_BYTES', 'SOCKET_CHUNKS', 'control'])
  const plain = view.watch(link, 'browser', { address: '10.0.0.9' })
  t.strictSame([plain.ping, plain.largest], [undefined, undefined], 'where the link has no such thing')
  t.end()
})

t.test('it passes frames on as they are, and tells whoever looks of their size, time and peer', (t) => {
  const clock = new ManualClock()
  const view = new RelayView(clock, [])
  const { link, sent, receive } = farEnd()
  const watched = view.watch(link, 'browser', { address: '10.0.0.9' })
  const heard: Frame[] = []
  let ended = false
  watched.open({ frame: (frame) => heard.push(frame), close: () => (ended = true) })
  watched.send('1,{}')
  const events: RelayEvent[] = []
  const end = view.subscribe((event) => events.push(event))
  const frame = bytes('3EB0,\x10\x80', 64)
  receive(frame)
  watched.send('1,{"status":200}')
  watched.close(1000, '')
  end()
  receive('?,,')
  t.equal(heard[0], frame, 'the very bytes')
  t.strictSame([sent, heard.length, ended, watched.queuedBytes], [['1,{}', '1,{"status":200}'], 2, true, 5])
  const peer = { at: clock.now(), leg: 'browser', peer: 1, address: '10.0.0.9' }
  t.strictSame(events, [
    { ...peer, type: 'frame', way: 'in', bytes: 71, label: 'sealed message', sealedBytes: 64 },
    { ...peer, type: 'frame', way: 'out', bytes: 16, label: 'answer', sealedBytes: 0 },
    { ...peer, type: 'closed' },
  ])
  t.end()
})

t.test('it is not there unless it is switched on', async (t) => {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const answer = await world.server.app.inject({ url: '/relay-view', headers: { host: 'localhost' } })
  t.equal(answer.statusCode, 404)
  t.equal(world.server.view, null)
  const page = await world.server.app.inject({ url: '/healthz', headers: { host: 'localhost' } })
  t.match(page.headers['content-security-policy'], "frame-ancestors 'none'")
})

const DEMO = 'http://localhost:8081'
t.test(
  'it opens for this machine and the named page, for so many at once, and lets that page frame the client',
  async (t) => {
    const world = await createWorld({ TETHER_DEMO: 'on', TETHER_DEMO_ORIGINS: DEMO })
    const { app, counters } = world.server
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const over = new AbortController()
    t.teardown(async () => {
      over.abort()
      await world.server.close()
    })
    const look = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/relay-view`, { headers, signal: over.signal })
    t.equal((await look({ origin: 'http://localhost:9999' })).status, 403, 'another page')
    const far = await app.inject({
      url: '/relay-view',
      headers: { host: 'localhost' },
      remoteAddress: '192.168.1.9',
    })
    t.equal(far.statusCode, 403, 'another machine')
    const first = await look({ origin: DEMO })
    t.equal(first.headers.get('access-control-allow-origin'), DEMO)
    const reader = first.body!.pipeThrough(new TextDecoderStream()).getReader()
    t.equal((await reader.read()).value, ': frames follow\n\n')
    const socket = await app.injectWS('/ws', { headers: { host: 'localhost', origin: 'http://localhost' } })
    t.match((await reader.read()).value, /^data: {.*"leg":"browser".*"type":"opened"}\n\n$/)
    socket.terminate()
    for (let more = 1; more < limit('RELAY_VIEWERS'); more++) t.equal((await look({})).status, 200)
    t.equal((await look({})).status, 429, 'one more is too many')
    t.equal(counters.value('limits', 'RELAY_VIEWERS'), 1)
    const page = await app.inject({ url: '/healthz', headers: { host: 'localhost' } })
    t.match(page.headers['content-security-policy'], `frame-ancestors ${DEMO}`)
  },
)

t.test(
  'it is open to other machines only when it is published, and then to the named page alone',
  async (t) => {
    for (const [demo, origin, opens] of [
      ['on', DEMO, false],
      ['published', DEMO, true],
      ['published', 'http://elsewhere', false],
      ['published', undefined, false],
    ] as const) {
      const world = await createWorld({ TETHER_DEMO: demo, TETHER_DEMO_ORIGINS: DEMO })
      const request = { headers: { host: 'localhost', origin }, ip: '172.17.0.1' }
      const knock = (): void => assertViewDoor(request, world.server.view!, readConfig({ TETHER_DEMO: demo }))
      if (opens) t.doesNotThrow(knock)
      else t.throws(knock, { code: 'TETHER_ERR_ORIGIN' }, `${demo} ${origin}`)
      await world.server.close()
    }
  },
)
