import { signal } from '@preact/signals'
import t from 'tap'
import { type FrameFacts, openFrameDoor } from '../../src/page/frame-door.ts'
import type { ClientState } from '../../src/states.ts'

const DEMO = 'http://localhost:8081'

/** A page in a frame: what it told the page around it, and a way to say something to it. */
function framed(isFramed = true) {
  const told: { facts: FrameFacts; origin: string }[] = []
  const did: string[] = []
  let hear: (event: object) => void = () => undefined
  const ready: string[] = []
  const around = {
    postMessage(facts: FrameFacts | { tether: 'ready' }, origin: string) {
      if (facts.tether === 'ready') ready.push(origin)
      else told.push({ facts, origin })
    },
  }
  const own = {
    parent: around as unknown,
    addEventListener: (_type: string, listener: (event: object) => void) => (hear = listener),
  }
  if (!isFramed) own.parent = own
  const state = signal<ClientState>('waitingForScan')
  const qr = signal<{ text: string } | null>({ text: 'a code' })
  openFrameDoor(own as unknown as Window, {
    state,
    qr,
    follow: (theme) => did.push(theme),
    write: (jid, text) => did.push(`${jid}: ${text}`),
    forget: async () => void did.push('forget'),
  })
  return {
    told,
    did,
    ready,
    state,
    qr,
    around,
    say: (data: unknown, source: unknown = around) => hear({ source, origin: DEMO, data }),
  }
}

t.test('it tells nothing until the page around it asks, and then every change', (t) => {
  const { told, say, state, qr, ready } = framed()
  t.strictSame([told, ready], [[], ['*']], 'nothing but that it is there')
  say({ tether: 'hello' })
  state.value = 'open'
  qr.value = null
  t.strictSame(told, [
    { facts: { tether: 'page', state: 'waitingForScan', code: 'a code' }, origin: DEMO },
    { facts: { tether: 'page', state: 'open', code: 'a code' }, origin: DEMO },
    { facts: { tether: 'page', state: 'open', code: null }, origin: DEMO },
  ])
  t.end()
})

t.test('it changes its theme, writes and forgets for the page around it, and for nobody else', (t) => {
  const { say, did, told } = framed()
  const write = { tether: 'write', jid: 'a@b', text: 'hi' }
  for (const data of [write, { tether: 'hello' }, { tether: 'forget' }]) say(data, { not: 'the parent' })
  for (const data of [null, 'hello', {}, { tether: 'write', jid: 1, text: 'hi' }, { tether: 'eval' }])
    say(data)
  t.strictSame([did, told], [[], []])
  say({ tether: 'theme', theme: 'sepia' })
  t.strictSame(did, [])
  say({ tether: 'theme', theme: 'dark' })
  say(write)
  say({ tether: 'forget' })
  t.strictSame(did, ['dark', 'a@b: hi', 'forget'])
  t.end()
})

t.test('it listens to nobody when it stands alone', (t) => {
  const { say, told, did } = framed(false)
  say({ tether: 'hello' })
  say({ tether: 'forget' })
  t.strictSame([told, did], [[], []])
  t.end()
})
