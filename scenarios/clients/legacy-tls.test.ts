/** The closed-network way in (clients.md 1): clients with a built-in address pair and chat by TLS and a CONNECT proxy. */
import { X509Certificate, createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import t, { type Test } from 'tap'
import { ALICE, createWorld } from 'harness'
import { openSocketLink } from 'web-client'
import { WebSocket } from 'ws'
import { ALICE_JID, BOB_JID, giveBackstory, MUM_JID, oldText } from '../src/backstory.ts'
import { baileys3Process } from '../src/baileys3-process.ts'
import { LEGACY_ORIGIN } from '../src/browser.ts'
import { askProxy, legacyWayIn, throughProxy, type LegacyWayIn } from '../src/legacy-way-in.ts'
import { RawBrowser } from '../src/raw-browser.ts'
import { relayNode, textsIn } from '../src/raw-story.ts'
import { upgradeOver } from '../src/upgrade.ts'

const ADDRESS = 'wss://web.whatsapp.com/ws'

async function stage(t: Test) {
  const world = await createWorld({ clock: 'real' })
  t.teardown(() => world.stop())
  const wayIn = await legacyWayIn(t, world, t.testdir({}))
  await giveBackstory(world)
  return { world, wayIn, alice: world.phone(ALICE.number) }
}

/** The library `ws` at the built-in address, by the proxy. */
function socketTo({ proxyUrl, ca }: LegacyWayIn, options: { ca?: string } = { ca }): WebSocket {
  return new WebSocket(ADDRESS, { origin: LEGACY_ORIGIN, agent: new HttpsProxyAgent(proxyUrl), ...options })
}

t.test('a program that trusts the test CA pairs at the built-in address and chats', async (t) => {
  const { world, wayIn, alice } = await stage(t)
  const browser = await RawBrowser.connect(world, 'by TLS', null, () => openSocketLink(socketTo(wayIn)))
  t.teardown(async () => browser.close())
  const conn = await browser.pair(alice)
  t.match(conn, { wid: /^15550001111@/, pushname: 'Alice' })
  const texts = () =>
    browser.nodes.flatMap(({ node }) => (node.tag === 'action' && node.attrs['add'] ? textsIn(node) : []))
  await world.until(() => texts().includes(oldText(5)))
  const tag = 'A'.repeat(20)
  browser.sayNode(relayNode(tag, 'By TLS.'), tag, 16)
  t.match(await browser.json(tag), { status: 200 })
  await world.until(() => world.phone('15550002222').messages(ALICE_JID).at(-1)?.text === 'By TLS.')
})

t.test('it is sent to the TLS door for media, not to a legacy name, and can use it', async (t) => {
  const { world, wayIn, alice } = await stage(t)
  const browser = await RawBrowser.connect(world, 'media', null, () => openSocketLink(socketTo(wayIn)))
  t.teardown(async () => browser.close())
  await browser.pair(alice)
  const { media_conn } = (await browser.json(browser.say(['query', 'mediaConn']))) as {
    media_conn: { auth: string; hosts: { hostname: string }[] }
  }
  const host = media_conn.hosts[0].hostname
  t.equal(host, `127.0.0.1:${wayIn.tlsPort}`)
  const blob = Buffer.alloc(500, 7)
  const token = createHash('sha256').update(blob).digest('base64url')
  const url = `https://${host}/mms/document/${token}`
  const up = await https(`${url}?auth=${encodeURIComponent(media_conn.auth)}&token=${token}`, wayIn.ca, blob)
  t.strictSame(up.status, 200, up.body.toString())
  const down = await https((JSON.parse(up.body.toString()) as { url: string }).url, wayIn.ca)
  t.equal(Buffer.compare(down.body, blob), 0)
})

t.test('a program that was not given the CA does not get in', async (t) => {
  const { wayIn } = await stage(t)
  const [error] = (await once(socketTo(wayIn, {}), 'error')) as [{ code: string }]
  t.match(error.code, /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/)
})

t.test('what the server shows is the chain that the file promises', async (t) => {
  const { wayIn } = await stage(t)
  const socket = await throughProxy(wayIn, 'web.whatsapp.com', CONNECT.B3)
  t.ok(socket.authorized)
  const shown = new X509Certificate(socket.getPeerCertificate(true).raw)
  const ca = new X509Certificate(wayIn.ca)
  t.ok(shown.checkIssued(ca) && shown.verify(ca.publicKey))
  t.ok(ca.ca)
  t.equal(shown.checkHost('mmg.whatsapp.net'), 'mmg.whatsapp.net')
  socket.destroy()
})

t.test(
  'unmodified Baileys 3.5.3, with the CA and a proxy agent, pairs, chats and carries media',
  async (t) => {
    const { world, wayIn, alice } = await stage(t)
    const client = baileys3Process(t, { NODE_EXTRA_CA_CERTS: wayIn.caFile, https_proxy: wayIn.proxyUrl })
    const { qr } = await client.hears('qr')
    await alice.scan(String(qr), { grant: true })
    t.match(await client.hears('open'), { jid: ALICE_JID })
    t.equal(world.server.counters.value('messages', 'init'), 1)
    const { chats } = (await client.hears('synced')) as unknown as {
      chats: { jid: string; texts: string[] }[]
    }
    t.strictSame(chats.map(({ jid }) => jid).sort(), [BOB_JID, MUM_JID])
    t.equal(chats.find(({ jid }) => jid === BOB_JID)?.texts.at(-1), oldText(5))

    const bob = world.phone('15550002222')
    await bob.sendText(ALICE_JID, 'Do you have pumpkins?')
    await client.hears('text', ({ text }) => text === 'Do you have pumpkins?')
    client.order({ do: 'send', jid: BOB_JID, text: 'Two, and a bag.' })
    const { id } = await client.hears('sent')
    await world.until(() => bob.messages(ALICE_JID).some((message) => message.id === id))

    const file = Buffer.alloc(3_000, 'seeds ')
    client.order({ do: 'document', jid: BOB_JID, base64: file.toString('base64') })
    const document = await client.hears('document')
    t.match(document, { url: new RegExp(`^https://127\\.0\\.0\\.1:${wayIn.tlsPort}/mms/document/`) })
    t.equal(document['base64'], file.toString('base64'), 'what it downloads is what it uploaded')
    t.strictSame(
      client.told.filter(({ event }) => event === 'failed'),
      [],
    )
  },
)

t.test('unmodified Baileys 3.5.3 without the CA fails', async (t) => {
  const { world, wayIn } = await stage(t)
  const client = baileys3Process(t, { https_proxy: wayIn.proxyUrl })
  t.match(await client.hears('failed'), { error: /certificate/ })
  t.equal(world.server.counters.value('messages', 'init'), 0)
})

/** How each kind of client asks a proxy. */
const CONNECT = {
  B3: 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\nConnection: close\r\n\r\n',
  GO: 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\nUser-Agent: Go-http-client/1.1\r\n\r\n',
  SIG: 'CONNECT web.whatsapp.com:443 HTTP/1.0\r\n\r\n',
} as const

t.test('a client with the handshake of go-whatsapp is let in', async (t) => {
  const { wayIn } = await stage(t)
  const socket = await throughProxy(wayIn, 'web.whatsapp.com', CONNECT.GO)
  const { status } = await upgradeOver(socket, '/ws', [
    'Host: web.whatsapp.com',
    'User-Agent: Go-http-client/1.1',
    'Origin: https://web.whatsapp.com',
  ])
  t.equal(status, 101)
})

t.test('a client with the handshake of whatsapp-web-reveng, which has two Origins, is let in', async (t) => {
  const { wayIn } = await stage(t)
  const socket = await throughProxy(wayIn, 'web.whatsapp.com', CONNECT.SIG)
  const { status } = await upgradeOver(socket, '/ws', [
    'Host: web.whatsapp.com',
    'Origin: http://web.whatsapp.com',
    'Origin: https://web.whatsapp.com',
  ])
  t.equal(status, 101)
})

t.test('the proxy leads nowhere but here', async (t) => {
  const { world, wayIn } = await stage(t)
  const plainPort = new URL(world.serverUrl!).port
  const targets = [
    'example.com:443',
    'whatsapp.com:443',
    `127.0.0.1:${plainPort}`,
    'localhost:22',
    '[::1]:443',
  ]
  for (const target of targets) {
    const { status, text } = await askProxy(
      wayIn.proxyUrl,
      `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`,
    )
    t.equal(status, 403, target)
    t.match(text, 'TETHER_ERR_PROXY_TARGET')
  }
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_PROXY_TARGET'), targets.length)
})

async function https(url: string, ca: string, body?: Buffer) {
  const sent = request(url, { ca, method: body ? 'POST' : 'GET', headers: { origin: LEGACY_ORIGIN } })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode, body: Buffer.concat(chunks) }
}
