import t, { type Test } from 'tap'
import { sealBytes } from 'proto/seal'
import { ALICE, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  return { world, alice, browser: await world.linked(alice) }
}
const ping = { tag: 'query', attrs: { type: 'emoji' }, content: null }

t.test('it answers a query sealed, under the tag of the request', async (t) => {
  const { browser } = await linkedWorld(t)
  t.strictSame((await browser.ask(ping, '3.--2')).node, {
    tag: 'response',
    attrs: { type: 'emoji' },
    content: [],
  })
})

t.test('it answers 400 for a sealed body that is no node', async (t) => {
  const { browser } = await linkedWorld(t)
  browser.sendRaw('9.--9', sealBytes(new Uint8Array([240, 1, 2]), browser.keys!, new Uint8Array(16)))
  t.strictSame((await browser.answer('9.--9')).json, { status: 400 })
})

t.test('it drops and records a frame with a wrong MAC, and serves the next', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  const sealed = sealBytes(new Uint8Array([248, 1, 9]), browser.keys!, new Uint8Array(16))
  sealed[40] ^= 1
  browser.sendRaw('9.--9', sealed)
  browser.sendRaw('9.--10', new Uint8Array(3))
  t.ok((await browser.ask(ping)).node)
  t.notOk(browser.arrived.some(({ tag }) => tag.startsWith('9.')))
  t.match(alice.auditRecords(9).slice(-2), [
    { kind: 'frame.refused', fields: { code: 'TETHER_ERR_FRAME_MAC' } },
    { kind: 'frame.refused', fields: { code: 'TETHER_ERR_FRAME_LENGTH' } },
  ])
})

t.test('it answers unknown requests instead of staying silent', async (t) => {
  const { browser } = await linkedWorld(t)
  const cases = [
    [{ tag: 'query', attrs: { type: 'nonsense' }, content: null }, 404],
    [{ tag: 'query', attrs: { type: 'constructor' }, content: null }, 404],
    [{ tag: 'query', attrs: {}, content: null }, 404],
    [{ tag: 'action', attrs: { type: 'set' }, content: null }, 400],
    [{ tag: 'action', attrs: { type: 'nonsense' }, content: [] }, 400],
    [
      { tag: 'action', attrs: { type: 'set' }, content: [{ tag: 'toString', attrs: {}, content: null }] },
      400,
    ],
    [{ tag: 'presence', attrs: {}, content: null }, 400],
  ] as const
  for (const [node, status] of cases) {
    t.strictSame((await browser.ask({ ...node, content: node.content as null })).json, { status })
  }
})

t.test('it answers JSON requests that only a phone could answer', async (t) => {
  const { browser } = await linkedWorld(t)
  browser.sendText('7.--1,["query","GroupMetadata","15550001111-1@g.us"]')
  browser.sendText('7.--2,,["action","invite","abc"]')
  browser.sendText('no comma')
  browser.sendText('7.--3,{broken')
  t.strictSame((await browser.answer('7.--1')).json, { status: 404 })
  t.strictSame((await browser.answer('7.--2')).json, { status: 404 })
  t.ok((await browser.ask(ping)).node, 'and goes on after texts that are none')
})

t.test('it drops frames of unknown connections and of an older epoch', async (t) => {
  const { browser } = await linkedWorld(t)
  browser.epoch--
  browser.send(ping, 'old')
  browser.epoch++
  browser.connection += 500
  browser.send(ping, 'unknown')
  browser.connection -= 500
  t.ok((await browser.ask(ping)).node)
  t.notOk(browser.arrived.some(({ tag }) => tag === 'old' || tag === 'unknown'))
})

t.test('it answers nothing and ends the login once consent has run out', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice, { grant: true, expiresInMs: 60_000 })
  await world.clock.advance(59_999)
  t.ok((await browser.ask(ping)).node, 'the last millisecond counts')
  browser.send(ping, 'late')
  await world.clock.advance(1)
  await until(() => world.relay.account(ALICE).logins.length === 0, 'unpaired at the server')
  browser.send(ping, 'too late')
  await turns(10)
  t.notOk(browser.arrived.some(({ tag }) => tag === 'too late'))
  t.strictSame(alice.companions(), [])
  t.match(alice.auditRecords(1), [{ kind: 'companion.ended', fields: { reason: 'expired' } }])
  t.notOk(
    alice.vaultNames().some(({ name }) => name.startsWith('companion/')),
    'the keys are erased',
  )
})
