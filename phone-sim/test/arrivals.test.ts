import t from 'tap'
import {
  encodeWebMessage,
  revokeMessage,
  stubMessage,
  type StubType,
  textMessage,
  type WebMessageInfo,
} from 'proto/web-message'
import { seededEntropy } from 'proto/entropy'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { messagesOf } from './browser-double.ts'
import { choir, lines, type Choir } from './group-world.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

/** Has Bob's phone believe that he and Carla are admins, so that it writes what it should not. */
function believes({ world, group }: Choir, jid = group): void {
  const facts = { ...world.relay.groups.facts(group), jid, version: 99, announce: false }
  const members = [BOB, CARLA].map((number) => ({ number, role: 'admin' }))
  const event = { kind: 'add', members: [BOB] }
  const lie = { id: 'LIE', by: BOB, at: 1_600_000_000, event, group: { ...facts, members } }
  const body = Buffer.from(JSON.stringify(lie)).toString('base64')
  world.relay.post(BOB, { from: BOB, mail: 'LIE', kind: 'notice', body })
}
const refusals = ({ carla }: Choir) =>
  carla.auditRecords(99).flatMap(({ kind, fields }) => (kind === 'group.refused' ? fields['code'] : []))

t.test('it takes the author from the session, whoever the message says it is', async (t) => {
  const { world, bob, carla, group } = await choir(t)
  const [writer, reader] = [await world.linked(bob), await world.linked(carla)]
  const info = textMessage({
    ...{ remoteJid: group, fromMe: true, id: '3EB0AAAA0001', timestampS: 1_600_000_000, text: 'I am Carla' },
    participant: jid(CARLA),
  })
  t.match((await writer.answer(writer.relay(info))).json, { status: 200 })
  await until(() => lines(carla, group).includes('I am Carla'), 'arrival')
  t.match(carla.messages(group).at(-1), { author: jid(BOB), fromMe: false })
  const got = reader.arrived
    .flatMap(({ node }) => (node?.attrs['add'] === 'relay' ? messagesOf(node) : []))
    .at(-1)
  t.match(got, { participant: jid(BOB), key: { participant: jid(BOB), remoteJid: group, fromMe: false } })
  const own = (await writer.query('message', { jid: group, kind: 'before', count: '1' })).node!
  t.match(
    messagesOf(own)[0],
    { participant: '', key: { participant: '', fromMe: true } },
    'own messages name none',
  )
  t.equal(carla.chats().find((chat) => chat.jid === group)?.unread, 1)
})

t.test('it drops what no member may write, and records it', async (t) => {
  const made = await choir(t)
  const { bob, carla, group, change } = made
  await change({ kind: 'announce', value: true })
  await t.rejects(
    bob.sendText(group, 'x'),
    { code: 'TETHER_ERR_GROUP_RIGHT' },
    'an honest phone does not try',
  )
  believes(made)
  await until(() => bob.groups.find(group)?.announce === false, 'the lie')
  await bob.sendText(group, 'only admins write here')
  await until(() => refusals(made).length === 1, 'refused')
  await change({ kind: 'announce', value: false })
  await change({ kind: 'remove', members: [BOB] })
  await bob.sendText(group, 'I was never here')
  await until(() => refusals(made).length === 2, 'refused')
  t.strictSame(refusals(made), ['TETHER_ERR_GROUP_RIGHT', 'TETHER_ERR_GROUP_MEMBER'])
  t.notOk(lines(carla, group).some((line) => line.includes('here')))
  await bob.sendText(CARLA, 'but to you I may write')
  await until(() => carla.messages(jid(BOB)).length === 1, 'the session goes on')
})

t.test('it drops what comes for a group of which it has not heard', async (t) => {
  const made = await choir(t)
  const { bob, carla } = made
  const secret = `${BOB}-1600000000@g.us`
  believes(made, secret)
  await until(() => bob.groups.find(secret) !== null, 'the lie')
  await bob.sendText(secret, 'psst')
  await until(() => refusals(made).length === 1, 'refused')
  t.strictSame(refusals(made), ['TETHER_ERR_GROUP_UNKNOWN'])
  t.strictSame(carla.messages(secret), [])
  t.strictSame(carla.messages(jid(BOB)), [], 'nor is it shown as if it were private')
})

const revoking = (
  id: string,
  group: string,
  revoked: { fromMe: boolean; id: string; participant?: string },
): WebMessageInfo =>
  revokeMessage({
    ...{ remoteJid: group, fromMe: true, id, timestampS: 1_600_000_001 },
    revoked: { remoteJid: group, ...revoked },
  })

t.test('it takes back for the author and for admins, and for nobody else', async (t) => {
  const made = await choir(t)
  const { world, alice, bob, carla, group, change } = made
  const [atBob, atCarla] = [await world.linked(bob), await world.linked(carla)]
  const bobs = await bob.sendText(group, 'by Bob')
  const alices = await alice.sendText(group, 'by Alice')
  const carlas = await carla.sendText(group, 'by Carla')
  await until(() => [alice, bob, carla].every((phone) => lines(phone, group).length === 4), 'everything')
  const types = () => Object.fromEntries(carla.messages(group).map(({ id, type }) => [id, type]))

  const foreign = revoking('3EB0BBBB0001', group, {
    fromMe: false,
    id: alices.id,
    participant: alice.jid,
  })
  t.match((await atBob.answer(atBob.relay(foreign))).json, { status: 403 }, 'the own phone refuses it')
  await bob.revoke(group, bobs.id)
  await until(() => types()[bobs.id] === 'revoked', 'the author did')
  t.match(
    carla.messages(group).find(({ id }) => id === bobs.id),
    { author: jid(BOB), text: '' },
  )

  await change({ kind: 'promote', members: [BOB] })
  const byAdmin = [
    revoking('3EB0BBBB0002', group, { fromMe: false, id: alices.id, participant: alice.jid }),
    revoking('3EB0BBBB0003', group, { fromMe: false, id: carlas.id, participant: carla.jid }),
  ]
  for (const info of byAdmin) t.match((await atBob.answer(atBob.relay(info))).json, { status: 200 })
  await until(() => types()[carlas.id] === 'revoked' && types()[alices.id] === 'revoked', 'the admin did')
  t.match(
    bob.messages(group).find(({ id }) => id === alices.id),
    { type: 'revoked', author: alice.jid },
  )
  const keys = atCarla.arrived
    .flatMap(({ node }) => (node?.attrs['add'] === 'relay' ? messagesOf(node) : []))
    .flatMap((info) => info.message?.protocolMessage?.key ?? [])
    .map(({ fromMe, id, participant }) => ({ fromMe, id, participant }))
  t.strictSame(keys, [
    { fromMe: false, id: bobs.id, participant: jid(BOB) },
    { fromMe: false, id: alices.id, participant: alice.jid },
    { fromMe: true, id: carlas.id, participant: '' },
  ])
})

t.test('it believes no member who takes back what others wrote', async (t) => {
  const made = await choir(t)
  const { world, alice, bob, carla, group } = made
  const { id } = await alice.sendText(group, 'by Alice')
  await until(() => lines(carla, group).length === 2 && lines(bob, group).length === 2, 'arrival')
  believes(made)
  await until(() => bob.groups.find(group)?.members.length === 2, 'the lie')
  const browser = await world.linked(bob)
  const info = revoking('3EB0BBBB0001', group, { fromMe: false, id, participant: alice.jid })
  t.match((await browser.answer(browser.relay(info))).json, { status: 200 })
  await until(() => refusals(made).length === 1, 'refused')
  t.strictSame(refusals(made), ['TETHER_ERR_GROUP_RIGHT'])
  t.match(carla.messages(group).at(-1), { id, text: 'by Alice' })
})

t.test('it moves what could not be read at first into its group', async (t) => {
  const { world, bob, carla, group } = await choir(t)
  await bob.sendText(CARLA, 'a session')
  await until(() => carla.messages(jid(BOB)).length === 1, 'arrival')
  await bob.stop()
  const again = await world.phone(BOB, 'Bob', { entropy: seededEntropy('a new device') })
  await until(() => again.groups.find(group) !== null, 'the group')
  const browser = await world.linked(carla)
  await again.sendText(group, 'from my new phone')
  await until(() => carla.messages(jid(BOB)).length === 2, 'a placeholder')
  t.match(carla.messages(jid(BOB)).at(-1), { type: 'undecryptable' })
  await carla.acceptIdentity(jid(BOB))
  await until(() => lines(carla, group).includes('from my new phone'), 'opened')
  t.equal(carla.messages(jid(BOB)).length, 1)
  await until(
    () => browser.arrived.some(({ node }) => JSON.stringify(node).includes('"type":"clear"')),
    'the browser takes the placeholder away',
  )
})

t.test('it lets a blocked member speak in a group, not in private', async (t) => {
  const { world, bob, carla, group } = await choir(t)
  const browser = await world.linked(carla)
  const user = { tag: 'user', attrs: { jid: jid(BOB) }, content: null }
  await browser.set({ tag: 'block', attrs: { type: 'add' }, content: [user] })
  await bob.sendText(CARLA, 'in private')
  await bob.sendText(group, 'to all')
  await until(() => lines(carla, group).includes('to all'), 'arrival')
  await turns(10)
  t.strictSame(carla.messages(jid(BOB)), [])
})

t.test('it takes from nobody what only the directory and the phone itself say', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const store = openPhoneStore(':memory:', { clock: world.clock })
  const bob = await world.phone(BOB, 'Bob', { store })
  const { group } = await alice.groups.create('Choir', [BOB])
  await until(() => bob.groups.find(group.jid) !== null, 'the group')
  const browser = await world.linked(alice)
  const stubs: readonly StubType[] = ['GROUP_CHANGE_SUBJECT', 'CALL_MISSED_VOICE', 'CIPHERTEXT', 'REVOKE']
  const withText = (info: WebMessageInfo, id: string) =>
    Object.assign(info, {
      message: textMessage({ ...info.key, id, timestampS: 0, text: `said ${id}` }).message,
    })
  // Bob's phone lies: what waits in its store is a notice when it goes out
  bob.setDevice({ network: 'none' })
  for (const chat of [group.jid, jid(ALICE)]) {
    for (const [at, stub] of stubs.entries()) {
      for (const says of [false, true]) {
        const { id } = await bob.sendText(chat, 'honest')
        const frame = { remoteJid: chat, fromMe: true, id, timestampS: 1_600_000_000 }
        const info = stubMessage({ ...frame, stub, parameters: ['Forged'] })
        const lie = says ? withText(info, String(at)) : info
        store.messages.change({ chat, fromMe: true, id }, { info: encodeWebMessage(lie) })
      }
    }
  }
  bob.setDevice({ network: 'wifi' })
  await until(() => alice.messages(jid(BOB)).length === stubs.length, 'what has words')
  const words = stubs.map((_, at) => `said ${at}`)
  t.strictSame(lines(alice, jid(BOB)), words)
  t.strictSame(
    lines(alice, group.jid),
    ['GROUP_CREATE', ...words],
    'and nothing in the name of the directory',
  )
  t.equal(alice.auditRecords(99).filter(({ kind }) => kind === 'message.empty').length, 2 * stubs.length)
  const got = () =>
    browser.arrived.flatMap(({ node }) => (node?.attrs['add'] === 'relay' ? messagesOf(node) : []))
  await until(() => got().length === 2 * words.length, 'the browser')
  t.ok(got().every((info) => info.messageStubType === 0 && info.messageStubParameters.length === 0))
})

t.test('it takes stories of whom the person knows and has not blocked', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const refused = () => alice.auditRecords(9).filter(({ kind }) => kind === 'story.refused').length
  await bob.addContact({ number: ALICE, name: 'Alice' })
  await bob.sendStory({ conversation: 'from a stranger' })
  await until(() => refused() === 1, 'refused')
  await alice.addContact({ number: BOB, name: 'Bob' })
  await bob.sendStory({ conversation: 'from a friend' })
  await until(() => alice.messages('status@broadcast').length === 1, 'taken')
  await alice.profile.block(BOB)
  await bob.sendStory({ conversation: 'from somebody blocked' })
  await until(() => refused() === 2, 'refused again')
  t.strictSame(lines(alice, 'status@broadcast'), ['from a friend'])
})
