import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import type { Node } from 'proto/node'
import type { BrowserDouble } from './browser-double.ts'
import { choir, lines } from './group-world.ts'
import { ALICE, BOB, CARLA, jid } from './phone-world.ts'
import type { PhoneAccount } from './relay-double.ts'
import { turns, until } from './test-clock.ts'

const NOBODY = '15559999999'

/** MsgInfo pushes as `participant level`. */
function reached(browser: BrowserDouble): string[] {
  return browser.pushes.flatMap((body) => {
    const [name, info] = body as [string, { participant: string; ack: number }]
    return name === 'MsgInfo' ? [`${info.participant} ${info.ack}`] : []
  })
}
/** Types of `received` nodes. */
function ticks(browser: BrowserDouble): string[] {
  return browser.arrived.flatMap(({ node }) =>
    node?.tag === 'action' && Array.isArray(node.content)
      ? node.content.flatMap((child: Node) => (child.tag === 'received' ? child.attrs['type'] : []))
      : [],
  )
}

t.test('it gives each tick when all present members have it, and tells of each member', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  const browser = await world.linked(alice)
  carla.setDevice({ network: 'none' })
  const { id } = await alice.sendText(group, 'one')
  const status = () => alice.messages(group).at(-1)?.status
  await until(() => reached(browser).length === 1, 'delivered to Bob')
  t.equal(status(), 'server', 'Carla has not')
  t.match(
    browser.pushes.find((body) => (body as string[])[0] === 'MsgInfo'),
    [
      'MsgInfo',
      {
        cmd: 'ack',
        id,
        ack: 2,
        from: `${ALICE}@c.us`,
        to: group,
        participant: `${BOB}@c.us`,
        t: 1_600_000_000,
      },
    ],
  )
  await bob.markRead(group)
  await until(() => reached(browser).length === 2, 'read by Bob')
  t.equal(status(), 'server')
  t.strictSame(ticks(browser), [])
  carla.setDevice({ network: 'wifi' })
  await until(() => status() === 'delivered', 'delivered to both')
  await carla.markRead(group)
  await until(() => status() === 'read', 'read by both')
  await until(() => ticks(browser).length === 2 && reached(browser).length === 4, 'the browser')
  const levels = (number: string) => [2, 3].map((level) => `${number}@c.us ${level}`)
  t.strictSame(reached(browser), [...levels(BOB), ...levels(CARLA)])
  t.strictSame(ticks(browser), ['message', 'read'])
  t.match(
    browser.arrived.map(({ node }) => node).filter((node) => JSON.stringify(node).includes('received')),
    [{ tag: 'action', attrs: {}, content: [{ attrs: { jid: group, index: id, owner: 'true' } }] }, {}],
    'without add, so that no client counts it twice',
  )
})

t.test('it skips a member without an account, and fails what reaches nobody', async (t) => {
  const { world, alice, bob, group, change } = await choir(t)
  await change({ kind: 'add', members: [NOBODY] })
  const sent = await alice.sendText(group, 'one')
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'delivered to the others')
  t.match(
    alice.auditRecords(99).filter(({ kind }) => kind === 'group.legLost'),
    [{ fields: { group, id: sent.id, to: NOBODY, code: 'TETHER_ERR_ACCOUNT_UNKNOWN' } }],
  )
  const { group: lonely } = await bob.groups.create('Ghosts', [NOBODY])
  await t.rejects(bob.sendText(lonely.jid, 'hello?'), { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' })
  t.equal(bob.messages(lonely.jid).at(-1)?.status, 'error')
  const browser = await world.linked(bob)
  t.match((await browser.answer(browser.relayText('3EB0C0DE0001', lonely.jid, 'again?'))).json, {
    status: 404,
  })
})

t.test('it gives the tick at once where nobody else is', async (t) => {
  const { alice } = await choir(t)
  const { group } = await alice.groups.create('Diary', [])
  await alice.sendText(group.jid, 'dear diary')
  t.equal(alice.messages(group.jid).at(-1)?.status, 'server')
})

t.test('it does not let a changed identity hold the others, and sends when it is accepted', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  await alice.sendText(group, 'one')
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'sessions')
  await carla.stop()
  const again = await world.phone(CARLA, 'Carla', { entropy: seededEntropy('a new device') })
  await until(() => again.groups.find(group) !== null, 'the new phone knows the group')
  const account = world.relay.account(CARLA)
  await alice.acceptIdentity(jid(CARLA))
  const back = becomes(account, world.relay.account(BOB)) // and then it is yet another one
  await alice.sendText(group, 'two')
  await until(() => lines(bob, group).includes('two'), 'Bob has it')
  await until(() => alice.messages(group).at(-1)?.status === 'server', 'the tick')
  t.ok(alice.auditRecords(9).some(({ kind }) => kind === 'identity.changed'))
  await alice.sendText(group, 'three')
  back()
  await alice.acceptIdentity(jid(CARLA))
  await until(() => lines(again, group).includes('three'), 'accepted')
  t.strictSame(lines(again, group), ['two', 'three'])
  await until(() => alice.messages(group).at(-1)?.status === 'delivered', 'to all')
  t.equal(alice.messages(group).at(-2)?.status, 'delivered')
})

t.test(
  'it fails a message that only waits for identities to be accepted, as one to a person does',
  async (t) => {
    const { world, alice } = await choir(t)
    const { group } = await alice.groups.create('Duo', [BOB])
    await alice.acceptIdentity(jid(BOB))
    becomes(world.relay.account(BOB), world.relay.account(CARLA))
    await t.rejects(alice.sendText(group.jid, 'one'), { code: 'TETHER_ERR_IDENTITY_CHANGED' })
    t.equal(alice.messages(group.jid).at(-1)?.status, 'error')
  },
)

t.test('it asks nobody who has left, and counts only who is present', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  carla.setDevice({ network: 'none' })
  await until(() => !world.relay.account(CARLA).attached, 'away')
  await alice.sendText(group, 'one')
  await bob.markRead(group)
  await until(() => bob.chats()[0].unread === 0, 'read')
  await bob.markRead(group)
  await turns(20)
  t.equal(alice.messages(group).at(-1)?.status, 'server')
  await alice.groups.change(group, { kind: 'remove', members: [CARLA] })
  const one = () => alice.messages(group).find(({ text }) => text === 'one')?.status
  await until(() => one() !== 'server', 'she is not waited for any more')
  t.match(one(), /^(delivered|read)$/)
  await bob.sendText(group, 'two')
  await until(() => lines(alice, group).includes('two'), 'without her')
  carla.setDevice({ network: 'wifi' })
  await until(() => carla.groups.find(group)?.isMember === false, 'she hears of it')
  await turns(20)
  t.strictSame(
    lines(carla, group),
    ['GROUP_CREATE', 'one', 'GROUP_PARTICIPANT_REMOVE'],
    'and of nothing after',
  )
})

t.test('it believes receipts only of whom a message was sent to', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  const browser = await world.linked(alice)
  const dora = await world.phone('15550005555', 'Dora')
  carla.setDevice({ network: 'none' })
  bob.setDevice({ network: 'none' })
  const { id } = await alice.sendText(group, 'one')
  const body = Buffer.from(JSON.stringify({ ids: [id], level: 'read', t: 1, chat: group })).toString('base64')
  world.relay.post(ALICE, { from: dora.number, mail: 'FORGED', kind: 'receipt', body })
  await until(() => world.relay.account(ALICE).mailbox.length === 0, 'taken')
  t.strictSame(reached(browser), [])
  world.relay.post(ALICE, { from: BOB, mail: 'R1', kind: 'receipt', body })
  world.relay.post(ALICE, { from: BOB, mail: 'R2', kind: 'receipt', body })
  await until(() => world.relay.account(ALICE).mailbox.length === 0, 'taken')
  t.strictSame(reached(browser), [`${BOB}@c.us 3`], 'once')
})

/** The keys of another phone under this number; gives what undoes it. */
function becomes(account: PhoneAccount, other: PhoneAccount): () => void {
  const { identityKey, registrationId, signedPrekey, prekeys } = account
  const { identityKey: key, registrationId: id, signedPrekey: signed } = other
  Object.assign(account, { identityKey: key, registrationId: id, signedPrekey: signed, prekeys: [] })
  return () => void Object.assign(account, { identityKey, registrationId, signedPrekey, prekeys })
}
