import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { answerChallenge, challengeMac } from 'proto/challenge'
import { limit } from 'proto/limits'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob, browser: await world.linked(alice) }
}
const ping = { tag: 'query', attrs: { type: 'emoji' }, content: null }

t.test(
  'it neither answers nor takes anything while it dozes, and works it off in order when it wakes',
  async (t) => {
    const { world, alice, bob, browser } = await linkedWorld(t)
    alice.setDevice({ app: 'dozing' })
    t.equal(alice.status().state, 'dozing')
    browser.send(ping, 'first')
    const relayed = browser.relayText('3EB0D021', jid(BOB), 'while dozing')
    world.relay.send(ALICE, { type: 'probe', probe: 5 })
    await bob.sendText(ALICE, 'wake up')
    await turns(20)
    t.notOk(browser.arrived.some(({ tag }) => tag === 'first'))
    t.strictSame(textsOf(alice, BOB), [])
    t.strictSame(world.relay.account(ALICE).pongs, [])
    t.equal(world.relay.account(ALICE).mailbox.length, 1)
    await world.clock.advance(120_000)
    t.ok(
      world.relay.heard.some(({ type }) => type === 'heartbeat'),
      'the radio stays on',
    )

    alice.setDevice({ app: 'running' })
    t.ok((await browser.answer('first')).node)
    t.match((await browser.answer(relayed)).json, { status: 200 })
    await until(() => textsOf(alice, BOB).includes('wake up'), 'the mail')
    await until(() => browser.relayed().includes('wake up'), 'in the browser')
    t.strictSame(world.relay.account(ALICE).pongs, [5])
    t.equal(alice.status().state, 'online')
  },
)

t.test('it drops browser frames beyond the queue of a dozing phone', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  alice.setDevice({ app: 'dozing' })
  const count = limit('DOZE_QUEUE_FRAMES')
  for (let at = 0; at <= count; at++) browser.send(ping, `q${at}`)
  await turns(5)
  alice.setDevice({ app: 'running' })
  t.ok((await browser.answer(`q${count - 1}`)).node, 'the last that fits')
  await turns(5)
  t.notOk(
    browser.arrived.some(({ tag }) => tag === `q${count}`),
    'the first that does not',
  )
})

t.test('it answers probes while it runs', async (t) => {
  const { world } = await linkedWorld(t)
  world.relay.send(ALICE, { type: 'probe', probe: 9 })
  await until(() => world.relay.account(ALICE).pongs.length > 0, 'pong')
  t.strictSame(world.relay.account(ALICE).pongs, [9])
})

t.test(
  'it leaves without network or when killed, and relays what came meanwhile when it is back',
  async (t) => {
    const { world, alice, bob, browser } = await linkedWorld(t)
    for (const [away, back, state] of [
      [{ network: 'none' }, { network: 'cell' }, 'offline'],
      [{ app: 'killed' }, { app: 'running' }, 'killed'],
    ] as const) {
      alice.setDevice(away)
      t.equal(alice.status().state, state)
      t.match(alice.companions(), [{ state: 'offline' }])
      const text = `while ${state}`
      await bob.sendText(ALICE, text)
      await world.clock.advance(60_000)
      t.equal(world.relay.account(ALICE).attached, false, 'it stays away')
      alice.setDevice(back)
      await until(() => browser.relayed().includes(text), text)
      await turns(10)
      t.equal(browser.allTexts().filter((one) => one === text).length, 1, 'relayed, not synced again')
      t.match(alice.companions(), [{ state: 'online' }])
    }
    alice.setDevice({ app: 'killed' })
    await t.rejects(alice.sendText(BOB, 'x'), { code: 'TETHER_ERR_STATE' })
  },
)

t.test('it shows its browsers what the person wrote without a network', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  alice.setDevice({ network: 'none' })
  const { id } = await alice.sendText(BOB, 'on the train')
  alice.setDevice({ network: 'wifi' })
  await until(() => browser.relayed().includes('on the train'), 'the text')
  await until(() => browser.acks().some((ack) => ack.id === id && ack.ack === 2), 'delivered')
})

t.test('it says nothing of the MAC of what could be a frame', async (t) => {
  const { world, browser } = await linkedWorld(t)
  const lengths = [16, 19, 20, 31, 32, 33, 47, 48]
  for (const length of lengths) {
    const challenge = new Uint8Array(length).fill(4)
    world.relay.judge(ALICE, browser.login, challenge, challengeMac(browser.keys!.macKey, challenge))
  }
  await until(() => world.relay.judged.length === lengths.length, 'judgements')
  t.strictSame(world.relay.judged, [false, false, true, true, false, true, true, false])
})

t.test('it judges the answer to a challenge by the key of the login', async (t) => {
  const { world, browser } = await linkedWorld(t)
  const challenge = new Uint8Array(20).fill(4)
  const answer = answerChallenge(browser.keys!.macKey, challenge)
  world.relay.judge(ALICE, browser.login, challenge, answer)
  world.relay.judge(
    ALICE,
    browser.login,
    challenge,
    answer.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
  )
  world.relay.judge(ALICE, 'another login', challenge, answer)
  world.relay.send(ALICE, { type: 'judge', id: 99, login: browser.login, challenge: '!', answer: '' })
  await until(() => world.relay.judged.length === 4, 'judgements')
  t.strictSame(world.relay.judged, [true, false, false, false])
})

t.test('it judges a log-out over HTTP by both keys of the login', async (t) => {
  const { world, browser } = await linkedWorld(t)
  const { macKey, encKey } = browser.keys!
  const ask = (login: string, proof: string) =>
    world.relay.send(ALICE, { type: 'judgeLogout', id: 7, login, proof })
  ask(browser.login, formatBase64(challengeMac(macKey, encKey)))
  ask(browser.login, formatBase64(challengeMac(encKey, macKey)))
  ask('another login', formatBase64(challengeMac(macKey, encKey)))
  ask(browser.login, '!')
  await until(() => world.relay.judged.length === 4, 'judgements')
  t.strictSame(world.relay.judged, [true, false, false, false])
})

t.test('it forgets a browser that logged out, and one that the server no longer knows', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const second = await world.linked(alice)
  world.relay.account(ALICE).logins = [second.login]
  world.relay.send(ALICE, { type: 'loggedOut', login: browser.login })
  await until(() => alice.companions().length === 1, 'the first is forgotten')
  world.relay.account(ALICE).logins = []
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'offline')
  await world.clock.advance(1_000)
  await until(() => alice.companions().length === 0, 'the second too')
  t.match(alice.auditRecords(2), [
    { fields: { reason: 'loggedOut' } },
    { fields: { reason: 'unknownToServer' } },
  ])
})

t.test('it ends logins that it does not know, and browsers without consent', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  world.relay.account(ALICE).logins.push('half-paired')
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'offline')
  await world.clock.advance(1_000)
  await until(() => !world.relay.account(ALICE).logins.includes('half-paired'), 'ended')
  t.strictSame(world.relay.account(ALICE).logins, [browser.login])
  world.relay.send(ALICE, {
    type: 'browser',
    connection: 999,
    epoch: 1,
    login: 'stranger',
    resumed: true,
    received: 0,
  })
  await until(() => world.relay.heard.some((m) => m.type === 'unpair' && m.login === 'stranger'), 'refused')
})

t.test('it unpairs, without the server too', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const second = await world.linked(alice)
  await alice.unpair(browser.login)
  await until(() => world.relay.account(ALICE).logins.length === 1, 'ended at the server')
  await t.rejects(alice.unpair(browser.login), { code: 'TETHER_ERR_NOT_FOUND' })
  alice.setDevice({ network: 'none' })
  await alice.unpair(second.login)
  t.strictSame(alice.companions(), [])
  alice.setDevice({ network: 'wifi' })
  await until(() => world.relay.account(ALICE).logins.length === 0, 'told when it is back')
})

t.test('it remembers when a browser was last there', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  await world.clock.advance(5_000)
  world.relay.closeBrowser(browser)
  await until(() => alice.companions()[0]?.state === 'offline', 'gone')
  t.equal(alice.companions()[0].lastSeen - alice.companions()[0].since, 5_000)
})
