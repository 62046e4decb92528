import { WireType } from '@bufbuild/protobuf/wire'
import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import type { Trace } from 'proto/trace'
import { encodeWebMessage, revokeMessage, stubMessage, textMessage } from 'proto/web-message'
import { choir, lines } from './group-world.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob, browser: await world.linked(alice) }
}

t.test(
  'it carries a text of the browser to the other phone and answers when the server has it',
  async (t) => {
    const { world, alice, bob, browser } = await linkedWorld(t)
    world.relay.loseMailed = true
    const tag = browser.relayText('3EB00001', jid(BOB), 'from the browser')
    await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
    await turns(5)
    t.notOk(
      browser.arrived.some((one) => one.tag === tag),
      'no answer before the server has confirmed',
    )
    world.relay.loseMailed = false
    world.relay.cut(ALICE)
    await until(() => alice.status().state === 'offline', 'the cut')
    await world.clock.advance(1000)
    t.match((await browser.answer(tag)).json, { status: 200, t: 1_600_000_000 }, 'after the reconnect')
    t.strictSame(textsOf(bob, ALICE), ['from the browser'])
    t.match(bob.messages(jid(ALICE))[0], { id: '3EB00001' })
    t.strictSame(browser.relayed(), [], 'no echo')
    await until(() => browser.acks().length > 0, 'receipt push')
    t.match(browser.pushes.at(-1), [
      'Msg',
      { cmd: 'ack', id: '3EB00001', ack: 2, from: `${ALICE}@c.us`, to: `${BOB}@c.us` },
    ])
    await bob.markRead(jid(ALICE))
    await until(() => browser.acks().some(({ ack }) => ack === 3), 'read push')
    t.equal(alice.messages(jid(BOB))[0]?.status, 'read')
  },
)

t.test('it answers a known message again and sends it once', async (t) => {
  const { world, bob, browser } = await linkedWorld(t)
  t.match((await browser.answer(browser.relayText('3EB00002', jid(BOB), 'once'))).json, { status: 200 })
  browser.reconnect()
  t.match((await browser.answer(browser.relayText('3EB00002', `${BOB}@c.us`, 'once'))).json, { status: 200 })
  await until(() => textsOf(bob, ALICE).length > 0, 'arrival')
  await turns(10)
  t.strictSame(textsOf(bob, ALICE), ['once'])
  t.equal(
    world.relay.heard.filter((m) => m.type === 'mail' && m.kind !== 'receipt' && m.to === BOB).length,
    1,
  )
})

t.test('it answers 404 for a number that nobody has, and keeps the message as failed', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  t.strictSame((await browser.answer(browser.relayText('3EB00003', jid('15559999999'), 'hello?'))).json, {
    status: 404,
  })
  t.match(alice.messages(jid('15559999999')), [{ id: '3EB00003', status: 'error', text: 'hello?' }])
  t.strictSame((await browser.answer(browser.relayText('3EB00003', jid('15559999999'), 'hello?'))).json, {
    status: 404,
  })
  await t.rejects(alice.sendText('15559999999', 'hello?'), { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' })
})

t.test('it answers 404 for groups and 400 for what is no message', async (t) => {
  const { browser } = await linkedWorld(t)
  t.strictSame((await browser.answer(browser.relayText('3EB00004', '15550001111-1@g.us', 'x'))).json, {
    status: 404,
  })
  const action = (content: Uint8Array | null) => ({
    tag: 'action',
    attrs: { type: 'relay' },
    content: [{ tag: 'message', attrs: {}, content }],
  })
  t.strictSame((await browser.ask(action(new Uint8Array([255, 255])))).json, { status: 400 })
  t.strictSame((await browser.ask(action(null))).json, { status: 400 })
  t.strictSame((await browser.ask({ tag: 'action', attrs: { type: 'relay' }, content: null })).json, {
    status: 400,
  })
})

t.test("it writes no notice for a browser: those are the directory's and its own", async (t) => {
  const { alice, bob, browser } = await linkedWorld(t)
  const frame = { remoteJid: jid(BOB), fromMe: true, id: '3EB0F001', timestampS: 1_600_000_000 }
  const notice = stubMessage({ ...frame, stub: 'REVOKE' })
  t.strictSame((await browser.answer(browser.relay(notice))).json, { status: 400 })
  t.strictSame(alice.messages(jid(BOB)), [])
  const both = Object.assign(notice, { message: textMessage({ ...frame, text: 'words' }).message })
  t.match((await browser.answer(browser.relay(both, 'again'))).json, { status: 200 })
  await until(() => textsOf(bob, ALICE).length === 1, 'the words')
  for (const [phone, chat] of [[alice, BOB], [bob, ALICE]] as const) {
    t.match(phone.messages(jid(chat)), [{ text: 'words', type: 'conversation', notice: undefined }])
  } // prettier-ignore
})

t.test('it sends none of several messages when one of them cannot be', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  const text = textMessage({
    ...{ remoteJid: jid(BOB), fromMe: true, id: '3EB0F002', timestampS: 1_600_000_000, text: 'good' },
  })
  const lost = textMessage({ ...text.key, remoteJid: 'nobody', id: '3EB0F003', timestampS: 1, text: 'bad' })
  const message = (content: Uint8Array) => ({ tag: 'message', attrs: {}, content })
  const both = (bad: Uint8Array) => [message(encodeWebMessage(text)), message(bad)]
  const relay = (content: ReturnType<typeof both>) =>
    browser.ask({ tag: 'action', attrs: { type: 'relay', epoch: '2' }, content })
  t.strictSame((await relay(both(new Uint8Array([255])))).json, { status: 400 })
  t.strictSame((await relay(both(encodeWebMessage(lost)))).json, { status: 404 })
  t.strictSame(alice.messages(jid(BOB)), [])
})

t.test('it stores a message to oneself as read and answers at once', async (t) => {
  const { alice, browser } = await linkedWorld(t)
  t.match((await browser.answer(browser.relayText('3EB00005', jid(ALICE), 'note'))).json, { status: 200 })
  t.match(alice.messages(jid(ALICE)), [{ text: 'note', status: 'read' }])
})

t.test('it takes a message back on both phones', async (t) => {
  const { alice, bob, browser } = await linkedWorld(t)
  const bobBrowser = browser
  await browser.answer(browser.relayText('3EB00006', jid(BOB), 'regretted'))
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  const revoked = { remoteJid: jid(BOB), fromMe: true, id: '3EB00006' }
  const info = revokeMessage({
    remoteJid: jid(BOB),
    fromMe: true,
    id: '3EB00007',
    timestampS: 1_600_000_001,
    revoked,
  })
  t.match((await bobBrowser.answer(browser.relay(info))).json, { status: 200 })
  await until(() => bob.messages(jid(ALICE))[0]?.type === 'revoked', 'revoked at Bob')
  t.match(bob.messages(jid(ALICE)), [{ id: '3EB00006', text: '', type: 'revoked' }])
  t.match(alice.messages(jid(BOB)), [{ id: '3EB00006', text: '', type: 'revoked' }])
})

t.test('it keeps fields that no schema names', async (t) => {
  const { bob, browser, world } = await linkedWorld(t)
  const bobsBrowser = await world.linked(bob)
  const info = textMessage({
    remoteJid: jid(BOB),
    fromMe: true,
    id: '3EB00008',
    timestampS: 1_600_000_000,
    text: 'x',
  })
  info.$unknown = [{ no: 900, wireType: WireType.Varint, data: new Uint8Array([42]) }]
  await browser.answer(browser.relay(info))
  await until(() => bobsBrowser.relayed().length === 1, 'in the browser of Bob')
  const { node } = bobsBrowser.arrived.at(-1)!
  const content = (node!.content as { content: Uint8Array }[])[0].content
  t.ok(Buffer.from(content).includes(Buffer.from([0xa0, 0x38, 42])), 'field 900 = 42 is still there')
})

t.test('it tells other browsers of the phone, and refuses to send for one that may only read', async (t) => {
  const { world, alice, bob, browser } = await linkedWorld(t)
  const reader = await world.linked(alice, { grant: true, scope: 'read' })
  await browser.answer(browser.relayText('3EB00009', jid(BOB), 'seen everywhere'))
  await until(() => reader.relayed().length === 1, 'in the other browser')
  t.strictSame((await reader.answer(reader.relayText('3EB00010', jid(BOB), 'no'))).json, { status: 403 })
  t.strictSame(textsOf(bob, ALICE), ['seen everywhere'])
})

t.test('it tells all other browsers how far a message of one of them has come', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const other = await world.linked(alice)
  await browser.answer(browser.relayText('3EB00011', jid(BOB), 'seen everywhere'))
  await until(() => other.acks().some(({ ack }) => ack === 2), 'delivered')
  t.match(other.acks(), [{ id: '3EB00011', ack: 2 }], 'the first tick came with it')
  t.notOk(
    browser.acks().some(({ ack }) => ack === 1),
    'the writer has its answer instead',
  )
})

t.test('what is deleted while it waits goes out all the same: deleting is for oneself', async (t) => {
  const { world, alice, bob, browser } = await linkedWorld(t)
  world.relay.mute = new Set(['bundle'])
  const tag = browser.relayText('3EB00012', jid(BOB), 'never mind')
  await until(() => world.relay.heard.some(({ type }) => type === 'bundle'), 'the question')
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  await until(() => alice.messages(jid(BOB)).length === 1, 'it waits')
  const gone = { tag: 'chat', attrs: { jid: jid(BOB), type: 'delete' }, content: null }
  t.match((await browser.set(gone)).json, { status: 200 })
  world.relay.mute = new Set()
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'the cut')
  await world.clock.advance(1_000)
  t.match((await browser.answer(tag)).json, { status: 200 })
  await until(() => textsOf(bob, ALICE).includes('never mind'), 'at Bob')
  t.strictSame(alice.messages(jid(BOB)), [])
  t.strictSame(alice.chats(), [])
})

t.test('so it is in a group', async (t) => {
  const { world, alice, bob, carla, group } = await choir(t)
  const browser = await world.linked(alice)
  world.relay.mute = new Set(['bundle'])
  const tag = browser.relayText('3EB00013', group, 'never mind')
  await until(() => world.relay.heard.some(({ type }) => type === 'bundle'), 'the question')
  await world.clock.advance(limit('PHONE_REQUEST_MS'))
  await until(() => lines(alice, group).includes('never mind'), 'it waits')
  t.match((await browser.set({ tag: 'chat', attrs: { jid: group, type: 'clear' }, content: null })).json, {
    status: 200,
  })
  world.relay.mute = new Set()
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'the cut')
  await world.clock.advance(1_000)
  t.match((await browser.answer(tag)).json, { status: 200 })
  for (const phone of [bob, carla]) await until(() => lines(phone, group).includes('never mind'), 'arrival')
  t.strictSame(lines(alice, group), [])
})

t.test(
  'its log ties a frame to the messages that it takes from it, to none when it refuses them all',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const written: unknown[] = []
    const trace: Trace = {
      emit(kind, { messageTag, message }) {
        if (kind === 'message.written') written.push([messageTag, message])
      },
      party: () => trace,
    }
    const alice = await world.phone(ALICE, 'Alice', { trace })
    await world.phone(BOB, 'Bob')
    const browser = await world.linked(alice)
    const relay = (tag: string, messages: readonly (readonly [id: string, to: string])[]) =>
      browser.ask(
        {
          tag: 'action',
          attrs: { type: 'relay', epoch: '2' },
          content: messages.map(([id, remoteJid]) => ({
            tag: 'message',
            attrs: {},
            content: encodeWebMessage(
              textMessage({ remoteJid, fromMe: true, id, timestampS: 1_600_000_000, text: 'x' }),
            ),
          })),
        },
        tag,
      )
    const refused = await relay('3EB00A', [
      ['3EB00A', jid(BOB)],
      ['3EB00B', 'nobody'],
    ])
    t.match(refused.json, { status: 404 })
    t.strictSame(written, [])
    const taken = await relay('3EB00C', [
      ['3EB00C', jid(BOB)],
      ['3EB00D', jid(BOB)],
    ])
    t.match(taken.json, { status: 200 })
    t.strictSame(written, [
      ['3EB00C', '3EB00C'],
      ['3EB00C', '3EB00D'],
    ])
  },
)
