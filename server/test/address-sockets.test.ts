import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { AddressSockets } from '../src/address-sockets.ts'
import { createPair, createWorld, PEER, ScriptedLink, type World } from './world.ts'

const HEADERS = { host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com' }
const AT_ONCE = limit('ADDRESS_SOCKETS')
const A_MINUTE = limit('ADDRESS_SOCKETS_RATE')
const HOME = '203.0.113.5'

/** A relay at whose door browsers of any address knock; each knock is an open socket or 429. */
async function door(t: Test, settings: Record<string, string> = {}) {
  const world = await createWorld(settings)
  t.teardown(() => world.server.close())
  const { app, counters } = world.server
  const knock = async (address: string, path = '/ws'): Promise<boolean> => {
    const from = { headers: HEADERS, socket: { remoteAddress: address } }
    try {
      const socket = await app.injectWS(path, from as unknown as Parameters<typeof app.injectWS>[1])
      t.teardown(() => socket.terminate())
      return true
    } catch (error) {
      t.match(error, { message: /429/ })
      return false
    }
  }
  /** How many of so many knocks were let in. */
  const admitted = async (address: string, knocks: number): Promise<number> => {
    let count = 0
    for (let n = 0; n < knocks; n++) if (await knock(address)) count++
    return count
  }
  return {
    world,
    knock,
    admitted,
    counted: (name: 'ADDRESS_SOCKETS' | 'ADDRESS_SOCKETS_RATE') => counters.value('limits', name),
  }
}

/** None of them has said a word. */
async function allTimeOut(world: World): Promise<void> {
  await world.clock.pass(limit('BROWSER_INIT_MS'))
}

t.test(
  'opens ADDRESS_SOCKETS unpaired sockets of one address and no more; another address has its own',
  async (t) => {
    const { admitted, knock, counted } = await door(t)
    t.equal(await admitted(HOME, AT_ONCE + 1), AT_ONCE)
    t.equal(counted('ADDRESS_SOCKETS'), 1)
    t.notOk(await knock(`::ffff:${HOME}`), 'the same address')
    t.ok(await knock('203.0.113.6'))
    t.notOk(await knock(HOME, '/ws/'), 'at the other path too')
    t.equal(counted('ADDRESS_SOCKETS'), 3)
    t.equal(counted('ADDRESS_SOCKETS_RATE'), 0)
  },
)

t.test('lets ADDRESS_SOCKETS_RATE new ones in each minute afterwards', async (t) => {
  const { world, admitted, counted } = await door(t)
  await admitted(HOME, AT_ONCE)
  const from = world.clock.now()
  await allTimeOut(world)
  await world.clock.pass(60_000 - (world.clock.now() - from))
  t.equal(await admitted(HOME, A_MINUTE + 2), A_MINUTE)
  t.equal(counted('ADDRESS_SOCKETS_RATE'), 2)
  t.equal(counted('ADDRESS_SOCKETS'), 0)
})

t.test('one that is paired costs its address nothing', async (t) => {
  const { world, admitted } = await door(t)
  const own = world.server.acceptBrowser.bind(world.server)
  world.server.acceptBrowser = (link, facts) => own(link, { ...facts, address: HOME })
  await createPair(world)
  t.equal(await admitted(HOME, AT_ONCE + 1), AT_ONCE)
})

t.test('counts an IPv6 network of 64 bits as one address', async (t) => {
  const { admitted, knock } = await door(t)
  let count = 0
  for (let n = 1; n <= AT_ONCE + 1; n++) if (await knock(`2001:db8:0:1::${n.toString(16)}`)) count++
  t.equal(count, AT_ONCE)
  t.equal(await admitted('2001:db8:0:2::1', 1), 1)
})

const exceptions: readonly (readonly [setting: string, address: string, isLimited: boolean])[] = [
  ['elsewhere', '127.0.0.1', false],
  ['elsewhere', '::1', false],
  ['elsewhere', '192.168.1.7', true],
  ['everywhere', '127.0.0.1', true],
  ['everywhere', '::1', true],
  ['off', HOME, false],
]
for (const [setting, address, isLimited] of exceptions) {
  t.test(
    `with TETHER_ADDRESS_SOCKETS=${setting} ${address} is ${isLimited ? '' : 'not '}limited`,
    async (t) => {
      const { admitted } = await door(t, { TETHER_ADDRESS_SOCKETS: setting })
      t.equal(await admitted(address, AT_ONCE + 1), isLimited ? AT_ONCE : AT_ONCE + 1)
    },
  )
}

t.test('phones are not counted: they come from where the browsers are', async (t) => {
  const { world, admitted } = await door(t)
  for (let n = 0; n <= AT_ONCE; n++)
    world.server.acceptPhone(new ScriptedLink(world.clock), { ...PEER, address: HOME })
  t.equal(await admitted(HOME, AT_ONCE), AT_ONCE)
})

t.test('forgets connections that it does not know, and says where one came from', async (t) => {
  const sockets = new AddressSockets('everywhere')
  sockets.joined(1, HOME)
  t.equal(sockets.left(2), null)
  t.equal(sockets.left(1), HOME)
  t.equal(sockets.left(1), null)
})
