import { signal } from '@preact/signals'
import type { Theme } from 'look/theme'
import type { Test } from 'tap'
import t from 'tap'
import { DEMO_SCREEN, DemoModel } from '../../../src/page/demo/demo-model.ts'
import { jidOf } from '../../../src/page/demo/effects.ts'
import { BrowserFrame } from '../../../src/page/demo/frame.ts'
import { RelayFeed } from '../../../src/page/demo/relay-feed.ts'
import { PhonesApi } from '../../../src/page/phones-api.ts'
import { type EventStream, PhonesModel } from '../../../src/page/phones-model.ts'
import { TestClock, turns } from '../../test-clock.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const CLIENT = 'http://localhost:8080'
const CODE = '1@ref,key,client'

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** The demo over a program that answers what the test says, a client in a frame, and the streams of both. */
async function start(t: Test) {
  const clock = new TestClock()
  const asked: Asked[] = []
  const said: unknown[] = []
  /** Refusals by method and path, until they are taken away. */
  const refused = new Map<string, { code: string; message: string }>()
  const phone = (number: string, name: string) => ({
    number,
    name,
    state: 'online',
    device: {},
    companions: [],
  })
  const answers: Record<string, unknown> = { '/phones': [phone(ALICE, 'Alice'), phone(BOB, 'Bob')] }
  const api = new PhonesApi(async (path, { method = 'GET', body } = {}) => {
    asked.push({ method, path, body: typeof body === 'string' ? JSON.parse(body) : null })
    await turns(1)
    const refusal = refused.get(`${method} ${path}`)
    if (refusal) return Response.json(refusal, { status: 403 })
    return Response.json(answers[path] ?? (method === 'GET' ? [] : {}))
  })
  const phones = new PhonesModel(api, DEMO_SCREEN, clock)
  await phones.refresh()
  const stream: EventStream = { onopen: null, onerror: null, onmessage: null, close: () => undefined }
  phones.follow(stream)
  const own = new EventTarget()
  const inFrame = { postMessage: (message: unknown) => said.push(message) }
  const browser = new BrowserFrame(own as Window, CLIENT, signal<Theme>('dark'))
  browser.shown({ contentWindow: inFrame } as unknown as HTMLIFrameElement)
  const relay = new RelayFeed()
  const demo = new DemoModel({ phones, relay, browser, players: { alice: ALICE, bob: BOB }, clock })
  t.teardown(() => stream.close())
  const asks = (method: string, path: string): Asked[] =>
    asked.filter((one) => one.method === method && one.path === path)
  return {
    ...{ demo, clock, refused, said, asks, relay },
    hear(number: string, event: object): void {
      stream.onmessage?.({
        data: JSON.stringify({ number, at: clock.now(), ...event }),
      } as MessageEvent<string>)
    },
    showCode(code: string | null): void {
      const message = { data: { tether: 'page', state: 'pairing', code }, origin: CLIENT, source: inFrame }
      own.dispatchEvent(Object.assign(new Event('message'), message))
    },
  }
}

type Here = Awaited<ReturnType<typeof start>>

const message = (id: string, fromMe: boolean) => ({ id, fromMe, author: '', text: '', status: 'received' })
const paired = (here: Here): void =>
  here.hear(ALICE, { type: 'companion', companion: { id: 'L', state: 'online' } })
const BOB_WRITES = ['POST', `/phones/${BOB}/messages`] as const

t.test('it scans the code on show, once however often it is pressed', async (t) => {
  const here = await start(t)
  here.showCode(CODE)
  here.demo.act()
  here.demo.act()
  await turns(20)
  t.strictSame(
    here.asks('POST', `/phones/${ALICE}/scan`).map(({ body }) => body),
    [{ qr: CODE }],
  )
})

t.test('it says so when the browser shows no code, and may be pressed again', async (t) => {
  const { demo } = await start(t)
  demo.act()
  await turns(20)
  t.match(demo.trouble.value, 'shows no code')
  t.equal(demo.isActing.value, false)
})

t.test('once paired it goes on by itself, and Bob writes', async (t) => {
  const here = await start(t)
  paired(here)
  await turns(20)
  t.equal(here.demo.place.value.at, 'receive')
  t.equal(here.demo.isActing.value, true)
  t.match(here.asks(...BOB_WRITES), [{ body: { to: ALICE } }])
})

t.test('a refused message of Bob is told and may be repeated', async (t) => {
  const here = await start(t)
  here.refused.set(BOB_WRITES.join(' '), { code: 'TETHER_ERR_PHONE_AWAY', message: '' })
  paired(here)
  await turns(20)
  t.match(here.demo.trouble.value, 'no connection to the relay')
  t.equal(here.demo.isActing.value, false, 'the button is there')
  here.refused.clear()
  here.demo.act()
  await turns(20)
  t.equal(here.demo.trouble.value, '')
  t.equal(here.asks(...BOB_WRITES).length, 2)
  here.hear(ALICE, { type: 'message', jid: jidOf(BOB), message: message('A', false) })
  here.relay.hear({ type: 'frame', at: here.clock.now(), leg: 'browser', peer: 1, address: '', way: 'out', sealedBytes: 9 }) // prettier-ignore
  t.strictSame(here.demo.place.value, { at: 'send', isDone: false, isOver: false })
})

t.test('what shows no effect for fifteen seconds may be done again', async (t) => {
  const here = await start(t)
  paired(here)
  await turns(20)
  await here.clock.advance(14_999)
  t.equal(here.demo.isActing.value, true)
  await here.clock.advance(1)
  t.equal(here.demo.isActing.value, false)
})

t.test('Bob reads what comes from Alice, and nothing that he wrote himself', async (t) => {
  const here = await start(t)
  here.hear(BOB, { type: 'message', jid: jidOf(ALICE), message: message('A', true) })
  here.hear(BOB, { type: 'message', jid: jidOf(ALICE), message: message('B', false) })
  await turns(20)
  t.equal(here.asks('POST', `/phones/${BOB}/chats/${encodeURIComponent(jidOf(ALICE))}/read`).length, 1)
})

t.test('it begins anew: the place, the trouble, the relay’s list, the browser in the frame', async (t) => {
  const here = await start(t)
  paired(here)
  await turns(20)
  here.relay.hear({ type: 'opened', at: 1, leg: 'browser', peer: 1, address: '' })
  const done = here.demo.reset()
  t.equal(here.demo.isBusy.value, true)
  await done
  t.strictSame(here.demo.place.value, { at: 'pair', isDone: false, isOver: false })
  t.strictSame([here.demo.isBusy.value, here.demo.isActing.value, here.relay.seen.value], [false, false, []])
  t.equal(here.asks('POST', '/demo/reset').length, 1)
  t.match(here.said.at(-1), { tether: 'forget' })
})

t.test('where it cannot begin anew it stays where it is and says why', async (t) => {
  const here = await start(t)
  paired(here)
  await turns(20)
  here.refused.set('POST /demo/reset', { code: 'TETHER_ERR_LIMIT', message: '' })
  await here.demo.reset()
  t.equal(here.demo.place.value.at, 'receive')
  t.match(here.demo.trouble.value, 'too much at once')
  t.equal(here.demo.isBusy.value, false)
})
