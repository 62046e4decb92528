/**
 * A phone with 100,000 messages in 500 chats and 2,000 contacts, server and phones as processes of their own: clients
 * pair and find their way, and the server needs no more memory for it than for an empty phone.
 */
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import {
  ABSENT_WORD,
  LARGE_HISTORY,
  type LargeHistory,
  largeHistory,
  RARE_TIMES,
  RARE_WORD,
} from 'harness/large-history'
import { realClock, systemEntropy } from 'proto/system'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { baileys3 } from '../src/baileys3.ts'
import { LEGACY_ORIGIN } from '../src/browser.ts'
import { makePhoneFile, PASSPHRASE, scanWithPhone } from '../src/phone-file.ts'
import { type Program, startPhones, startServer } from '../src/programs.ts'
import { waitUntil } from '../src/real-wait.ts'

const MB = 1_048_576
/** Noise of a collected heap; the text of the history alone is 7 MB. */
const MOST_GROWTH = 2 * MB
const SETTLED_MS = 5_000

interface Programs {
  readonly server: Program
  readonly phones: Program
}

async function programsWith(t: Test, history: LargeHistory): Promise<Programs> {
  const folder = t.testdir({})
  const server = await startServer(folder)
  t.teardown(() => server.stop())
  await makePhoneFile(folder, server.url, history)
  const phones = await startPhones(folder, server.url, PASSPHRASE)
  t.teardown(() => phones.stop())
  return { server, phones }
}

async function paired(t: Test, { server, phones }: Programs, { size }: LargeHistory): Promise<Client> {
  const url = `${server.url.replace('http', 'ws')}/ws`
  const client = new Client({
    clock: realClock,
    entropy: systemEntropy,
    connect: () => openSocketLink(new WebSocket(url, { origin: LEGACY_ORIGIN })),
    keys: memoryKeyStore(),
  })
  t.teardown(() => client.stop())
  await client.start()
  await waitUntil(() => client.qr !== null)
  await scanWithPhone(phones.url, client.qr!.text)
  await waitUntil(
    () => client.chats().length === size.chats && client.contacts().length === size.contacts,
    60_000,
  )
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
  return client
}

async function used({ server, phones }: Programs): Promise<{ server: number; phones: number }> {
  return { server: (await server.memory()).used, phones: (await phones.memory()).used }
}

t.test('a browser reads and searches all of it, and the server has not grown', async (t) => {
  const nothing = largeHistory('long', { messages: 0, chats: 0, contacts: 0 }, realClock.now())
  const empty = await programsWith(t, nothing)
  const idle = await paired(t, empty, nothing)
  const before = await used(empty)
  idle.stop()

  const history = largeHistory('long', LARGE_HISTORY, realClock.now())
  const programs = await programsWith(t, history)
  const client = await paired(t, programs, history)
  const jid = `${history.partners[0]}@s.whatsapp.net`
  while (client.chat(jid)!.hasOlder) await client.loadOlder(jid, 300)
  const written = [...history.messages()].filter((row) => row.with === history.partners[0])
  t.strictSame(
    client.messages(jid).map(({ text }) => text),
    written.map(({ text }) => text),
    'the largest chat from its first message to its last',
  )
  t.equal((await client.search(RARE_WORD)).messages.length, RARE_TIMES)
  t.equal((await client.search(ABSENT_WORD)).messages.length, 0)
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
  const after = await used(programs)
  const grown = { server: after.server - before.server, phones: after.phones - before.phones }
  t.comment(
    `in use, large phone over empty phone: server ${grown.server} bytes, phones ${grown.phones} bytes`,
  )
  t.ok(grown.server < MOST_GROWTH, `the server has ${grown.server} bytes more`)
  t.ok(grown.phones < 8 * MOST_GROWTH, `the phones have ${grown.phones} bytes more`)
  await client.logout()

  const legacy = baileys3(programs.server.url)
  t.teardown(async () => legacy.stop())
  const synced = legacy.event('initial-data-received')
  await legacy.connect((qr) => void scanWithPhone(programs.phones.url, qr))
  await synced
  t.equal(legacy.connection.chats.all().length, LARGE_HISTORY.chats, 'Baileys 3.5.3 shows every chat')
  const named = history.contacts.filter(
    ({ number, name }) => legacy.connection.contacts[`${number}@s.whatsapp.net`]?.name === name,
  )
  t.equal(named.length, LARGE_HISTORY.contacts, 'and every contact')
})
