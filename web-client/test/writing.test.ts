import t from 'tap'
import { contentMessage, timerContent } from 'proto/contents'
import { decodeWebMessage } from 'proto/web-message'
import type { Node } from 'proto/node'
import { ALICE, BOB, messageNode, node } from './scripted-phone.ts'
import { lastInfo, named, paired, pairedWithFiles, photoIn, relays, statusOf } from './sent.ts'
import { newWorld } from './world.ts'

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
