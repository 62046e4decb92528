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
