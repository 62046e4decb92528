import t from 'tap'
import { baileys4Story } from '../src/baileys4-story.ts'
import { refusalOf, type Baileys4Socket } from '../src/baileys4.ts'

const change = {
  name: 'Plums',
  description: 'Ripe',
  price: 100,
  currency: 'EUR',
  isHidden: false,
  images: [],
}

/** Shops are no part of the reference (spec 15), and of this list no phone knows: an honest answer, never silence. */
const absent: readonly (readonly [
  what: string,
  status: number,
  ask: (socket: Baileys4Socket) => Promise<unknown>,
])[] = [
  ['a catalog', 404, (socket) => socket.getCatalog()],
  ['an order', 404, (socket) => socket.getOrderDetails('1', 'dG9rZW4=')],
  ['a new product', 404, (socket) => socket.productCreate({ ...change, originCountryCode: undefined })],
  ['a changed product', 404, (socket) => socket.productUpdate('1', change)],
  ['a broadcast list', 404, (socket) => socket.getBroadcastListInfo('1600000000@broadcast')],
  ['a deleted product', 404, (socket) => socket.productDelete(['1'])],
]

t.test('what the server does not do is refused at once, and nothing else suffers', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()

  for (const [what, status, ask] of absent) t.equal(await refusalOf(ask(client.socket)), status, what)

  t.equal(client.state, 'open')
  t.strictSame(client.phoneStates, [false, true], 'nobody suspected the phone')
})
