import t from 'tap'
import { Effects, jidOf } from '../../../src/page/demo/effects.ts'
import type { RelayEvent } from '../../../src/page/demo/relay-feed.ts'
import type { Fact } from '../../../src/page/demo/tour.ts'
import type { MessageView } from '../../../src/phone-views.ts'
import type { PhonesEvent } from '../../../src/phones.ts'

const players = { alice: '15550001111', bob: '15550002222' }
const message = (fromMe: boolean, status = 'received'): MessageView =>
  ({ id: 'A', fromMe, author: '', text: '', type: 'conversation', timestampMs: 0, status }) as MessageView

function watcher() {
  const facts: Fact[] = []
  const effects = new Effects(players, (fact) => facts.push(fact))
  const phone = (number: string, event: object, at = 0): void =>
    effects.phone({ number, at, ...event } as PhonesEvent)
  const frame = (way: 'in' | 'out', at: number, more: Partial<RelayEvent> = {}): void =>
    effects.relay({ type: 'frame', leg: 'browser', peer: 1, address: '', sealedBytes: 64, label: 'sealed message', way, at, ...more }) // prettier-ignore
  return { facts, effects, phone, frame }
}
const toAlice = { type: 'message', jid: jidOf(players.bob), message: message(false) }
const toBob = { type: 'message', jid: jidOf(players.alice), message: message(false) }

t.test(
  'it takes a sealed frame after a message of Bob for its way to the browser, whichever is told first',
  (t) => {
    for (const order of ['phone first', 'relay first']) {
      const { facts, phone, frame } = watcher()
      frame('out', 5)
      const parts = [() => phone(players.alice, toAlice, 10), () => frame('out', 12)]
      for (const part of order === 'phone first' ? parts : parts.reverse()) part()
      t.strictSame(facts, ['carriedToBrowser'], order)
    }
    const { facts, phone, frame } = watcher()
    frame('out', 5)
    phone(players.alice, toAlice, 10)
    frame('out', 12, { sealedBytes: 0 })
    frame('out', 12, { leg: 'phone' })
    t.strictSame(facts, [], 'an older frame, one in clear, one of another leg are none')
    t.end()
  },
)

t.test(
  'it takes for held what the relay got while the phone was away, and for delivered what Bob got then',
  (t) => {
    const { facts, phone, frame } = watcher()
    frame('in', 1)
    phone(players.bob, toBob)
    t.strictSame(facts, [], 'with the phone there nothing is held')
    phone(players.alice, { type: 'state', state: 'off' })
    frame('in', 2, { label: 'sealed query chat' })
    t.strictSame(facts, ['phoneOff'])
    frame('in', 3)
    phone(players.alice, { type: 'state', state: 'online' })
    phone(players.bob, toBob)
    phone(players.bob, toBob)
    t.strictSame(facts, ['phoneOff', 'heldByRelay', 'deliveredToBob'])
    t.end()
  },
)

t.test('it minds Alice and what she sees', (t) => {
  const { facts, phone } = watcher()
  phone(players.bob, { type: 'companion', companion: { state: 'online' } })
  phone(players.alice, { type: 'companion', companion: { state: 'offline' } })
  phone(players.alice, {
    type: 'messageChanged',
    jid: jidOf(players.bob),
    message: message(true, 'delivered'),
  })
  t.strictSame(facts, [])
  phone(players.alice, { type: 'companion', companion: { state: 'online' } })
  phone(players.alice, { type: 'messageChanged', jid: jidOf(players.bob), message: message(true, 'read') })
  phone(players.alice, { type: 'companionGone', id: 'x', reason: 'unpaired' })
  t.strictSame(facts, ['paired', 'readByBob', 'revoked'])
  t.end()
})
