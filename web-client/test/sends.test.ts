import t from 'tap'
import { contentMessage, timerContent } from 'proto/contents'
import { decodeWebMessage } from 'proto/web-message'
import type { Node } from 'proto/node'
import { ALICE, BOB, infoOf, messageNode, node } from './scripted-phone.ts'
import { newWorld, type World } from './world.ts'

async function paired(): Promise<World> {
  const world = newWorld()
  await world.pair()
  return world
}

const statusOf = (world: World, id: string): unknown =>
  world.client.messages(BOB).find((message) => message.id === id)?.status

function ack(world: World, id: string | string[], level: number): void {
  const cmd = Array.isArray(id) ? 'acks' : 'ack'
  world.relay.end.push([
    'Msg',
    { cmd, id, ack: level, from: '15550001111@c.us', to: '15550002222@c.us', t: 1 },
  ])
}

t.test('sends a text that is pending, then at the server, delivered, read', async (t) => {
  const world = await paired()
  const { id, status } = world.client.send(BOB, 'hello')
  t.equal(status, 'pending')
  t.match(id, /^3EB0[0-9A-F]{16}$/)
  t.equal(statusOf(world, id), 'pending')
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'server')
  for (const [level, want] of [
    [2, 'delivered'],
    [1, 'delivered'],
    [3, 'read'],
    [2, 'read'],
  ] as const) {
    ack(world, id, level)
    await world.clock.run(10)
    t.equal(statusOf(world, id), want)
  }
  t.same(await world.outbox.list(), [])
})

t.test('puts a message on the wire as the legacy client does', async (t) => {
  const world = await paired()
  const { id } = world.client.send('15550002222@c.us', 'two\nlines')
  world.client.send(ALICE, 'note to self')
  await world.clock.run(10)
  const [sent, own] = world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay')
  t.match(sent, { tag: id, metric: 16, flags: 128, node: { tag: 'action', attrs: { epoch: /^\d+$/ } } })
  t.match(own, { metric: 16, flags: 64 })
  const [message] = sent.node.content as Node[]
  const info = decodeWebMessage(message.content as Uint8Array)
  t.match(info, {
    key: { remoteJid: BOB, fromMe: true, id },
    status: 1,
    message: { conversation: 'two\nlines' },
  })
  t.equal(Number(info.messageTimestamp), Math.floor((world.clock.now() - 10) / 1000))
})

t.test('takes several receipts in one push', async (t) => {
  const world = await paired()
  const ids = ['a', 'b'].map((text) => world.client.send(BOB, text).id)
  await world.clock.run(10)
  ack(world, ids, 3)
  await world.clock.run(10)
  t.same(
    ids.map((id) => statusOf(world, id)),
    ['read', 'read'],
  )
})

t.test('sends each text once while earlier ones have no answer yet', async (t) => {
  const world = await paired()
  world.relay.phoneAway = true
  const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
  await world.clock.run(10)
  const sent = world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay').map(({ tag }) => tag)
  t.same(sent, ids)
})

t.test('refuses an address that is none, before anything is shown', async (t) => {
  const world = await paired()
  t.throws(() => world.client.send('nobody', 'x'), { code: 'TETHER_ERR_JID' })
  t.equal(world.client.chats().length, 1)
})

t.test('sends what was under way again after a reconnect, once, under the same id', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.phoneAway = true
  const { id } = world.client.send(BOB, 'first')
  await clock.run(10)
  relay.end.close()
  await clock.run(0)
  t.equal(statusOf(world, id), 'pending')
  relay.phoneAway = false
  await clock.run(5000)
  t.equal(world.client.state, 'open')
  t.same(relay.phone.relayed, [id])
  t.equal(statusOf(world, id), 'server')
  t.equal(world.client.messages(BOB).filter((message) => message.text === 'first').length, 1)
  await clock.run(60_000)
  t.same(relay.phone.relayed, [id], 'and never again')
})

t.test('sends again when the answer was lost, and the phone has it once', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  const answer = relay.phone.answer.bind(relay.phone)
  relay.phone.answer = (query) => {
    const body = answer(query)
    if (query.attrs.type === 'relay') relay.end.close()
    return query.attrs.type === 'relay' ? { status: 500, lost: true } : body
  }
  relay.syncs = false
  const json = relay.end.json.bind(relay.end)
  relay.end.json = (tag, body) => {
    if (!('lost' in body)) json(tag, body)
  }
  const { id } = world.client.send(BOB, 'once')
  await clock.run(0)
  relay.phone.answer = answer
  await clock.run(5000)
  t.same(relay.phone.relayed, [id, id])
  t.equal(relay.phone.messages.get(BOB)?.filter(({ key }) => key.id === id).length, 1)
  t.equal(statusOf(world, id), 'server')
})

t.test('does not send again what the sync shows to have arrived', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.up = false
  relay.end.close()
  await clock.run(10)
  const { id } = world.client.send(BOB, 'known already')
  await clock.run(10)
  relay.up = true
  relay.phoneAway = true
  await clock.run(40_000)
  t.match(world.client.state, /open|phoneUnreachable/)
  relay.end.node(node('action', { add: 'before' }, [messageNode(infoOf(BOB, { id, fromMe: true }))]))
  await clock.run(10)
  t.same(await world.outbox.list(), [])
  t.equal(statusOf(world, id), 'server')
  t.equal(world.client.messages(BOB).length, 1)
})

t.test('keeps texts written offline in their order, through a restart', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.up = false
  relay.end.close()
  await clock.run(10)
  const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
  await clock.run(10)
  await world.reload()
  t.equal(world.client.state, 'offline')
  t.same(
    world.client.messages(BOB).map(({ id, status }) => [id, status]),
    ids.map((id) => [id, 'pending']),
  )
  const later = world.client.send(BOB, 'four').id
  relay.up = true
  await clock.run(60_000)
  t.same(relay.phone.relayed, [...ids, later])
  t.same(
    world.client.messages(BOB).map(({ id, status }) => [id, status]),
    [...ids, later].map((id) => [id, 'server']),
  )
  t.same(await world.outbox.list(), [])
})

t.test('fails a text that the phone refuses, and sends it again as a new one when told to', async (t) => {
  const world = await paired()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 400 } : answer(query))
  const { id } = world.client.send(BOB, 'refused')
  await world.clock.run(10)
  t.match(world.client.messages(BOB), [{ id, status: 'failed', failure: 'TETHER_ERR_BODY' }])
  t.match(await world.outbox.list(), [{ id, failure: 'TETHER_ERR_BODY', refused: true }])
  await world.reload()
  world.relay.phone.answer = answer
  await world.clock.run(1_000)
  t.match(world.client.messages(BOB), [{ id, text: 'refused', status: 'failed' }], 'it is not sent by itself')
  world.client.resend(BOB, id)
  world.client.resend(BOB, id)
  await world.clock.run(10)
  const [sent, ...others] = world.client.messages(BOB)
  t.match([sent, others], [{ text: 'refused', status: 'server' }, []])
  t.not(sent.id, id, 'the phone knows the first id as that of a failure')
  t.same(world.relay.phone.relayed, [sent.id])
  const cleared = world.relay.end.nodes.map(({ node: { content } }) => (content as Node[] | null)?.[0])
  const item = node('item', { owner: 'true', index: id })
  t.match(cleared.find((child) => child?.tag === 'chat'), node('chat', { jid: BOB, type: 'clear' }, [item])) // prettier-ignore
  t.same(await world.outbox.list(), [])
})

t.test('sends again under its id what the phone could not take for the moment', async (t) => {
  const world = await paired()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 500 } : answer(query))
  const { id } = world.client.send(BOB, 'x')
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.relay.phone.answer = answer
  world.client.resend(BOB, id)
  t.match(world.client.messages(BOB), [{ id, status: 'pending' }])
  await world.clock.run(10)
  t.match(world.client.messages(BOB), [{ id, status: 'server' }])
  t.same(world.relay.phone.relayed, [id])
})

t.test('fails a text that cannot be kept, without sending it', async (t) => {
  const world = await paired()
  world.outbox.put = () => Promise.reject(new Error('full'))
  const { id } = world.client.send(BOB, 'x')
  await world.clock.run(1000)
  t.equal(statusOf(world, id), 'failed')
  t.same(world.relay.phone.relayed, [])
})

t.test(
  'has each text kept at once, though the disk is slow, and sends them as they were written',
  async (t) => {
    const world = await paired()
    const slow: (() => void)[] = []
    const { put } = world.outbox
    world.outbox.put = async (entry) => {
      await Promise.all([put(entry), new Promise<void>((resolve) => slow.push(resolve))])
    }
    const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
    t.equal(slow.length, 3, 'the window may close now: all three are with the disk')
    for (const done of slow.toReversed()) {
      done()
      await world.clock.run(10)
    }
    t.same(world.relay.phone.relayed, ids)
  },
)

t.test('sends nothing of a login that was ended', async (t) => {
  const world = await paired()
  world.relay.phoneAway = true
  world.client.send(BOB, 'never')
  await world.clock.run(10)
  await world.client.logout()
  world.relay.phoneAway = false
  await world.pair()
  t.same(world.relay.phone.relayed, [])
  t.same(await world.outbox.list(), [])
})

t.test('never sends under the next login what an ended one was about to keep', async (t) => {
  const world = newWorld()
  await world.pair()
  let kept: () => void = () => undefined
  const { put } = world.outbox
  world.outbox.put = async (entry) => {
    await put(entry)
    await new Promise<void>((resolve) => (kept = resolve)) // the disk takes its time
  }
  world.client.send(BOB, 'of the first login')
  await world.clock.run(10)
  const out = world.client.logout()
  kept()
  await out
  await world.clock.run(10)
  world.outbox.put = put
  await world.pair()
  t.equal(world.client.state, 'open')
  t.same(
    world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay'),
    [],
  )
  t.same(await world.outbox.list(), [])
})

t.test('fails a text at once that no mail could carry, and sends nothing of it', async (t) => {
  const world = await paired()
  const { id } = world.client.send(BOB, 'é'.repeat(50_000))
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.client.resend(BOB, id)
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  t.same(
    world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay'),
    [],
  )
  t.match(await world.outbox.list(), [{ id, failure: 'TETHER_ERR_TOO_LARGE' }])
  world.client.discard(world.client.messages(BOB)[0])
  await world.clock.run(10)
  t.same(await world.outbox.list(), [])
})

t.test('names a message that the phone knows when a chat is read', async (t) => {
  const world = await paired()
  world.relay.end.node(node('action', { add: 'relay' }, [messageNode(infoOf(BOB, { id: 'KNOWN' }))]))
  await world.clock.run(10)
  world.client.send(BOB, 'é'.repeat(50_000))
  await world.clock.run(10)
  world.client.markRead(BOB)
  await world.clock.run(10)
  const read = world.relay.end.nodes
    .flatMap(({ node }) => (node.content as Node[] | null) ?? [])
    .find(({ tag }) => tag === 'read')
  t.match(read, { attrs: { index: 'KNOWN' } })
})

// files

const PHOTO = {
  type: 'image',
  mimetype: 'image/png',
  caption: 'the sea',
  data: Uint8Array.of(1, 2, 3),
} as const

/** A server that takes every upload. */
async function pairedWithFiles(): Promise<World> {
  const world = newWorld(null, async (path) => {
    const { pathname } = new URL(path, 'http://relay')
    return Response.json({ url: `http://relay${pathname}`, direct_path: pathname })
  })
  await world.pair()
  return world
}

async function photoIn(world: World): Promise<string> {
  const sent = world.client.media.send(BOB, PHOTO)
  await world.clock.run(1)
  return (await sent).id
}

t.test('sends a file as any other message: pending, kept in the outbox, at the server', async (t) => {
  const world = await pairedWithFiles()
  const id = await photoIn(world)
  t.match(world.client.messages(BOB).at(-1), {
    id,
    kind: 'image',
    text: 'the sea',
    media: { mimetype: 'image/png' },
  })
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'server')
  t.same(await world.outbox.list(), [])
  const sent = world.relay.end.nodes.find(({ tag }) => tag === id)!
  const [message] = sent.node.content as Node[]
  const info = decodeWebMessage(message.content as Uint8Array)
  t.match(info, { key: { remoteJid: BOB, id }, status: 1, message: { imageMessage: { caption: 'the sea', fileLength: 3n } } }) // prettier-ignore
})

t.test('has a file that was not sent again after a reload, and sends it once under its id', async (t) => {
  const world = await pairedWithFiles()
  world.relay.phoneAway = true
  const id = await photoIn(world)
  await world.clock.run(10)
  t.match(await world.outbox.list(), [{ id, text: 'the sea', info: /^[A-Za-z0-9+/]+=*$/ }])
  world.relay.phoneAway = false
  await world.reload()
  t.match(
    world.client.messages(BOB).find((each) => each.id === id),
    { kind: 'image', text: 'the sea' },
  )
  await world.clock.run(100)
  t.equal(statusOf(world, id), 'server')
  t.same(await world.outbox.list(), [])
})

t.test('fails a file that the phone refuses, and sends the same file again when told to', async (t) => {
  const world = await pairedWithFiles()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 413 } : answer(query))
  const id = await photoIn(world)
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.relay.phone.answer = answer
  world.client.resend(BOB, id)
  await world.clock.run(10)
  const [first, second] = relays(world).map(({ node: { content } }) =>
    decodeWebMessage((content as Node[])[0].content as Uint8Array),
  )
  t.same(world.client.messages(BOB).map((message) => [message.id, message.status]), [[second.key.id, 'server']]) // prettier-ignore
  t.same(second.message, first.message)
})

t.test('knows when the relay has a message, then the phone, and asks each only when in doubt', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const place = (id: string) => client.messages(BOB).find((message) => message.id === id)?.passed
  const infos = () => relay.end.nodes.filter(({ node }) => node.attrs.type === 'message_info').length
  client.send(BOB, 'quick')
  await clock.run(10_000)
  t.equal(infos(), 0)

  relay.phoneAway = true
  const { id } = client.send(BOB, 'slow')
  await clock.run(900)
  t.equal(place(id), undefined)
  await clock.run(200)
  t.equal(place(id), 'relay')
  await clock.run(5_000)
  t.equal(infos(), 1)
  t.match(relay.end.nodes.at(-1), { metric: 22, node: { attrs: { jid: BOB, index: id } } })
  t.equal(place(id), 'relay')
  relay.end.close()
  await clock.run(10)
  t.equal(place(id), undefined, 'nothing is known of it any more')
  await clock.run(3_000)
  t.equal(place(id), 'relay', 'it went out again')
  relay.end.phoneBack()
  await clock.run(100)
  t.equal(statusOf(world, id), 'server')
  t.equal(place(id), undefined)
})

t.test('believes a phone that knows a message and has not answered it', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const phone = relay.phone
  const answer = phone.answer.bind(phone)
  const place = (id: string) => client.messages(BOB).find((message) => message.id === id)?.passed
  relay.end.json = () => {} // it never says that the server has the message
  phone.answer = (query) =>
    query.attrs.type === 'message_info' ? node('response', { type: 'message_info' }) : answer(query)
  const { id } = client.send(BOB, 'x')
  await clock.run(7_000)
  t.equal(place(id), 'phone')
  client.stop()
  t.equal(place(id), 'phone', 'which it keeps')
})

t.test('a message that the sync tells of as unsent is on the phone', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const info = infoOf(BOB, { id: 'W', fromMe: true, seconds: 9 })
  info.status = 1
  relay.end.node(node('action', { add: 'last' }, [messageNode(info)]))
  await clock.run(10)
  t.match(
    client.messages(BOB).find(({ id }) => id === 'W'),
    { status: 'pending', passed: 'phone' },
  )
  info.status = 2
  relay.end.node(node('action', { add: 'update' }, [messageNode(info)]))
  await clock.run(10)
  const sent = client.messages(BOB).find(({ id }) => id === 'W')!
  t.equal(sent.status, 'server')
  t.notOk('passed' in sent)
})

const relays = (world: World) => world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay')
const lastInfo = (world: World) =>
  decodeWebMessage((relays(world).at(-1)!.node.content as Node[])[0].content as Uint8Array)
const named = (world: World, id: string) => world.client.messages(BOB).find((message) => message.id === id)

t.test('takes a message back for everybody: gone when the phone has said so', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const { id } = client.send(BOB, 'oh no')
  await clock.run(100)
  relay.phoneAway = true
  client.revoke(named(world, id)!)
  await clock.run(100)
  t.match(named(world, id), { kind: 'text', text: 'oh no', takingBack: true })
  t.match(lastInfo(world).message?.protocolMessage, { type: 0, key: { remoteJid: BOB, fromMe: true, id } })
  t.equal(client.messages(BOB).length, 1, 'the taking back is no message')
  relay.end.phoneBack()
  await clock.run(100)
  t.same(Object.keys(named(world, id)!).sort(), [
    'author',
    'fromMe',
    'id',
    'jid',
    'kind',
    'seconds',
    'status',
    'text',
  ])
  t.match(named(world, id), { kind: 'revoked', text: '' })
  t.same(await world.outbox.list(), [])
})

t.test('shows a message again that could not be taken back', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const { id } = client.send(BOB, 'x')
  await clock.run(100)
  relay.phone.answer = () => ({ status: 404 })
  client.revoke(named(world, id)!)
  t.equal(named(world, id)?.takingBack, true)
  await clock.run(100)
  t.match(named(world, id), { kind: 'text', text: 'x' })
  t.notOk('takingBack' in named(world, id)!)
})

t.test('goes on taking back after a reload', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const { id } = client.send(BOB, 'oh no')
  await clock.run(100)
  relay.phoneAway = true
  client.revoke(named(world, id)!)
  await clock.run(100)
  relay.phoneAway = false
  await world.reload()
  t.equal(relays(world).length, 1)
  t.match(lastInfo(world).message?.protocolMessage, { key: { id } })
  t.same(await world.outbox.list(), [])
})

t.test('forgets what failed, or waits and is not under way; never what may have arrived', async (t) => {
  const world = await paired()
  const { client, relay, clock, outbox } = world
  const sent = client.send(BOB, 'sent')
  t.equal(client.discard(client.send(BOB, 'at once')), true, 'before it was kept')
  await clock.run(100)
  t.equal(client.discard(named(world, sent.id)!), false)
  relay.phoneAway = true
  const flying = client.send(BOB, 'flying')
  await clock.run(100)
  t.equal(client.discard(named(world, flying.id)!), false)
  client.stop()
  await clock.run(100)
  const waiting = client.send(BOB, 'waiting')
  await clock.run(100)
  t.equal(client.discard(waiting), true)
  t.equal(client.discard(waiting), false)
  await clock.run(100)
  t.same((await outbox.list()).map(({ text }) => text), ['flying']) // prettier-ignore
  t.same(client.messages(BOB).map(({ text }) => text), ['sent', 'flying']) // prettier-ignore
  const long = client.send(BOB, 'x'.repeat(200_000))
  t.equal(named(world, long.id)?.status, 'failed')
  t.equal(client.discard(named(world, long.id)!), true)
  t.equal(relays(world).filter(({ tag }) => tag !== sent.id && tag !== flying.id).length, 0)
})

t.test('lets messages disappear where the chat says so, and stay again', async (t) => {
  const world = newWorld()
  world.relay.phone.chats = [{ jid: BOB, t: '1', ephemeral: '60', eph_setting_ts: '5' }]
  await world.pair()
  const { client, clock } = world
  t.same(client.chat(BOB)?.timer, { seconds: 60, setAt: 5 })
  const { text } = client.send(BOB, 'soon gone')
  t.equal(text, 'soon gone')
  await clock.run(100)
  const contextInfo = { expiration: 60, ephemeralSettingTimestamp: 5n }
  const inner = lastInfo(world).message?.ephemeralMessage?.message
  t.match(inner?.extendedTextMessage, { text: 'soon gone', contextInfo })
  await client.setTimer(BOB, 0)
  await clock.run(100)
  t.match(lastInfo(world).message?.ephemeralMessage?.message?.protocolMessage, { ephemeralExpiration: 0 })
  t.match(client.messages(BOB).at(-1), {
    kind: 'notice',
    text: 'Messages stay here from now on',
    status: 'server',
  })
  t.equal(client.chat(BOB)?.timer, null)
  client.send(BOB, 'stays')
  await clock.run(100)
  t.equal(lastInfo(world).message?.conversation, 'stays')
})

t.test('is told of the timer by others', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const info = contentMessage({
    ...{ remoteJid: BOB, fromMe: false, id: 'T', timestampS: 7 },
    content: timerContent(3_600),
  })
  relay.end.node(node('action', { add: 'relay' }, [messageNode(info)]))
  await clock.run(10)
  t.same(client.chat(BOB)?.timer, { seconds: 3_600, setAt: 7 })
  t.match(client.messages(BOB).at(-1), {
    kind: 'notice',
    text: 'Messages disappear here from now on',
    notice: { stub: 'CHANGE_EPHEMERAL_SETTING', parameters: ['3600'] },
  })
})

t.test('passes on words, links and places, and says of others that it cannot', async (t) => {
  const world = await paired()
  const { client, clock } = world
  const link = { title: 'P', description: '', canonicalUrl: '', matchedText: 'p.example', thumbnail: null }
  const original = { ...client.send(BOB, 'see p.example'), link, mentions: [ALICE] }
  const sent = await client.forward(original, ALICE)
  t.match(sent, { jid: ALICE, text: 'see p.example', forwarded: true, link: { title: 'P' } })
  t.notOk('mentions' in sent)
  const place = { latitude: 1, longitude: 2, name: 'B', address: '', live: false }
  t.match(await client.forward({ ...original, kind: 'location', place }, ALICE), { place, forwarded: true })
  await t.rejects(client.forward({ ...original, kind: 'other' }, ALICE), { code: 'TETHER_ERR_BODY' })
  await t.rejects(client.forward(original, 'nobody'), { code: 'TETHER_ERR_JID' })
  await clock.run(100)
  t.equal(relays(world).length, 3)
})
