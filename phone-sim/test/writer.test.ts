import t from 'tap'
import { contentOf, decodeWebMessage } from 'proto/web-message'
import { contextOf } from 'proto/contents'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

async function stage(t: { teardown(task: () => Promise<void>): void }) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob }
}

t.test('a content of any kind reaches the other phone and the own browser', async (t) => {
  const { world, alice, bob } = await stage(t)
  const browser = await world.linked(alice)
  const { id } = await alice.send(BOB, {
    extendedTextMessage: { text: 'see @15550002222', contextInfo: { mentionedJid: [jid(BOB)] } },
  })
  await until(() => bob.messages(jid(ALICE)).length === 1, 'the message')
  t.match(bob.messages(jid(ALICE)), [{ id, type: 'extendedTextMessage', text: 'see @15550002222' }])
  await until(() => browser.relayed().length === 1, 'the relay')
  const relayed = browser.arrived.flatMap(({ node }) =>
    node?.attrs['add'] === 'relay' && Array.isArray(node.content) ? node.content : [],
  )
  const info = decodeWebMessage(relayed[0].content as Uint8Array)
  t.strictSame(contextOf(contentOf(info)!)!.mentionedJid, [jid(BOB)])
})

t.test('a message that is taken back is gone on both phones', async (t) => {
  const { alice, bob } = await stage(t)
  const { id } = await alice.sendText(BOB, 'regretted')
  await until(() => textsOf(bob, ALICE).includes('regretted'), 'the message')
  await alice.revoke(BOB, id)
  await until(() => bob.messages(jid(ALICE))[0].type === 'revoked', 'the revoke')
  t.match(alice.messages(jid(BOB)), [{ id, type: 'revoked', text: '' }])
  await t.rejects(alice.revoke(BOB, id), { code: 'TETHER_ERR_NOT_FOUND' }, 'not twice')
  await t.rejects(bob.revoke(ALICE, id), { code: 'TETHER_ERR_NOT_FOUND' }, 'not by the other')
})

t.test('with the timer on, what both write disappears from both phones', async (t) => {
  const { world, alice, bob } = await stage(t)
  await alice.setTimer(BOB, 60)
  await until(() => bob.chats().length === 1, 'the timer')
  await bob.sendText(ALICE, 'soon gone')
  await alice.sendText(BOB, 'this too')
  await until(() => alice.messages(jid(BOB)).length === 3 && bob.messages(jid(ALICE)).length === 3, 'both')
  await world.clock.advance(60_000)
  for (const phone of [alice, bob]) {
    const left = phone.messages(jid(phone === alice ? BOB : ALICE))
    t.strictSame(
      left.map(({ type }) => type),
      ['protocolMessage'],
      'the notice of the timer stays',
    )
  }
  await alice.setTimer(BOB, 0)
  await alice.sendText(BOB, 'stays')
  await world.clock.advance(120_000)
  t.equal(textsOf(bob, ALICE).at(-1), 'stays')
})

t.test('what cannot be is refused with a code', async (t) => {
  const { alice } = await stage(t)
  await t.rejects(alice.send('nobody', { conversation: 'x' }), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.setTimer(BOB, -1), { code: 'TETHER_ERR_BODY' })
  await t.rejects(alice.setTimer(BOB, 1.5), { code: 'TETHER_ERR_BODY' })
  await t.rejects(alice.setTimer('15550001111-1600000000@g.us', 60), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.revoke(BOB, 'none'), { code: 'TETHER_ERR_NOT_FOUND' })
  alice.setDevice({ app: 'killed' })
  await t.rejects(alice.send(BOB, { conversation: 'x' }), { code: 'TETHER_ERR_STATE' })
})

t.test('a live location moves as the one message that it is', async (t) => {
  const { world, alice, bob } = await stage(t)
  const [atAlice, atBob] = [await world.linked(alice), await world.linked(bob)]
  const begin = { degreesLatitude: 52.5, degreesLongitude: 13.4, caption: 'on my way' }
  const { id } = await alice.send(BOB, { liveLocationMessage: begin })
  await until(() => bob.messages(jid(ALICE)).length === 1, 'the message')
  await bob.markRead(jid(ALICE))
  await alice.moveLocation(BOB, id, { degreesLatitude: 52.6 })
  await alice.moveLocation(BOB, id, { degreesLongitude: 13.5, speedInMps: 3 })
  const moves = (browser: typeof atBob) =>
    browser.arrived.flatMap(({ node }) =>
      node?.attrs['add'] === 'update' && Array.isArray(node.content)
        ? node.content.map(({ content }) => decodeWebMessage(content as Uint8Array))
        : [],
    )
  await until(() => moves(atBob).length === 2, 'both moves')
  for (const [browser, fromMe] of [
    [atAlice, true],
    [atBob, false],
  ] as const) {
    const places = moves(browser).map((info) => contentOf(info)!.liveLocationMessage!)
    t.match(places, [
      { degreesLatitude: 52.6, degreesLongitude: 13.4, sequenceNumber: 1n, caption: 'on my way' },
      { degreesLatitude: 52.6, degreesLongitude: 13.5, sequenceNumber: 2n, speedInMps: 3 },
    ])
    t.ok(moves(browser).every(({ key }) => key.id === id && key.fromMe === fromMe))
  }
  t.match(bob.messages(jid(ALICE)), [{ id, type: 'liveLocationMessage' }], 'one message')
  t.equal(bob.chats()[0].unread, 0, 'a move is nothing to be read')
  t.equal(alice.messages(jid(BOB))[0].status, 'read', 'and no new message')
  await t.rejects(alice.moveLocation(BOB, 'none', {}), { code: 'TETHER_ERR_NOT_FOUND' })
  const text = await alice.sendText(BOB, 'here')
  await t.rejects(alice.moveLocation(BOB, text.id, {}), { code: 'TETHER_ERR_NOT_FOUND' })
})
