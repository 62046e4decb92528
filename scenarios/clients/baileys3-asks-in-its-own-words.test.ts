import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { library } from '../src/baileys3.ts'

const { MessageType } = library

t.jobs = 4 // the client waits more than it works

t.test('what a program asks through its open ends is answered as by its own methods', async (t) => {
  const { paired, alice } = await baileys3Story(t)
  const { connection } = await paired()
  t.match(await connection.query({ json: ['query', 'exist', BOB_JID], expect200: true }), {
    status: 200,
    jid: '15550002222@c.us',
  })
  t.match(await connection.query({ json: ['query', 'exist', '19999999999'] }), { status: 404 })
  await t.rejects(connection.query({ json: ['query', 'exist', '19999999999'], expect200: true }))
  t.match(await connection.query({ json: ['action', 'nonsense'] }), { status: 400 })
  t.match(await connection.query({ json: ['query', 'bizCatalog', {}] }), { status: 404 })

  const tag = connection.generateMessageTag(true)
  const pong = connection.waitForMessage(tag, false)
  await connection.query({ json: ['admin', 'test'], tag })
  t.strictSame(await pong, ['Pong', true])

  t.match(await connection.setQuery([['read', { jid: BOB_JID, count: '-2' }, null]]), { status: 200 })
  t.equal(alice.chats().find(({ jid }) => jid === BOB_JID)?.unread, -1)
  await t.rejects(connection.setQuery([['nonsense', {}, null]]))
  t.equal(connection.state, 'open', 'a refusal ends nothing')
})

t.test('it asks for another code while nobody scans, and the older one still counts', async (t) => {
  const { client, alice, world } = await baileys3Story(t, { config: { refTtlMs: 400 } })
  const { connection, event, ...made } = client()
  const codes: string[] = []
  connection.on('qr', (code) => codes.push(code))
  const opened = event('open')
  const connecting = made.connect()
  await world.until(() => codes.length === 2)
  // while the ref of the shown code is fresh it stays valid
  await t.rejects(connection.requestNewQRCodeRef(), { message: /304/ })
  await world.until(() => codes.length === 3)
  await alice.scan(codes[2], { grant: true })
  await connecting
  await opened
  t.equal(connection.user.jid, ALICE_JID)
})

t.test('it previews a link that the phone can open, and sends without when it cannot', async (t) => {
  const found = {
    title: 'Plums',
    description: 'All of them',
    canonicalUrl: 'https://plums.example/',
    thumbnail: Uint8Array.of(0xff, 0xd8, 0xff),
  }
  const previews = (url: string) => Promise.resolve(url.includes('plums') ? found : null)
  const { paired, bob, world } = await baileys3Story(t, { previews })
  const { connection } = await paired()
  const preview = await connection.generateLinkPreview('see https://plums.example/x')
  t.match(preview, {
    text: 'see https://plums.example/x',
    title: 'Plums',
    description: 'All of them',
    canonicalUrl: 'https://plums.example/',
    matchedText: 'https://plums.example/x',
  })
  t.strictSame(new Uint8Array(preview.jpegThumbnail), found.thumbnail)
  await t.rejects(connection.generateLinkPreview('see https://nothing.example/'))

  await connection.sendMessage(BOB_JID, 'see https://plums.example/y', MessageType.text)
  await connection.sendMessage(BOB_JID, 'see https://nothing.example/', MessageType.text)
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'see https://nothing.example/')
})
