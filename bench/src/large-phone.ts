/**
 * A phone with 100,000 messages in 500 chats and 2,000 contacts, and a browser at it: our own client over real sockets,
 * server and phone in processes of their own. How long a person waits, and what memory it takes; the same with an
 * empty phone shows what of the server's memory is owed to the history.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import {
  ABSENT_WORD,
  COMMON_WORD,
  LARGE_HISTORY,
  type LargeHistory,
  largeHistory,
  RARE_WORD,
} from 'harness/large-history'
import { realClock, systemEntropy } from 'proto/system'
import { Chats } from 'phone-sim/chats'
import { PhoneEvents } from 'phone-sim/phone-events'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import { textMessage } from 'proto/web-message'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { type Row, Samples, sleep } from './samples.ts'
import type { MemoryReport } from 'scenarios/usage-report'
import { makePhoneFile, PASSPHRASE, PHONE_NUMBER, phoneFile, scanWithPhone } from 'scenarios/phone-file'
import { type Program, startPhones, startServer } from 'scenarios/programs'

/** As often as a phone may pair at once. */
const PAIRINGS = 6
const PAGES = 20
const SEARCHES = 20
const RECEIVED = 2_000
const QUIET_MS = 1_500
/** Below the limit on a browser's frames, so that waiting is not measured. */
const GAP_MS = 25
const MB = 1_048_576

interface Memory {
  readonly server: MemoryReport
  readonly phones: MemoryReport
}

interface Run {
  readonly rows: Row[]
  /** The phones program, from its start until it said that it was ready. */
  readonly startMs: number
  readonly before: Memory
  readonly paired: Memory
  readonly after: Memory
}

export async function benchLargePhone(): Promise<{ rows: Row[] }> {
  const history = largeHistory('bench', LARGE_HISTORY, realClock.now())
  const large = await run(history)
  const empty = await run(largeHistory('bench', { messages: 0, chats: 0, contacts: 0 }, realClock.now()))
  const grown = (program: 'server' | 'phones', what: 'rss' | 'used'): number =>
    (large.after[program][what] - empty.after[program][what]) / MB
  return {
    rows: [
      ...large.rows,
      { name: 'phones program, start to ready, large phone', ours: large.startMs, unit: 'ms' },
      { name: 'phones program, start to ready, empty phone', ours: empty.startMs, unit: 'ms' },
      ...memoryRows('server', large),
      ...memoryRows('phones', large),
      { name: 'server: in use, large phone over empty phone', ours: grown('server', 'used'), unit: 'MB' },
      { name: 'server: RSS, large phone over empty phone', ours: grown('server', 'rss'), unit: 'MB' },
      { name: 'phones: in use, large phone over empty phone', ours: grown('phones', 'used'), unit: 'MB' },
      { name: 'phones: RSS, large phone over empty phone', ours: grown('phones', 'rss'), unit: 'MB' },
    ],
  }
}

function memoryRows(program: 'server' | 'phones', { before, paired, after }: Run): Row[] {
  return Object.entries({
    'at the start': before,
    'after a pairing': paired,
    'after everything': after,
  }).flatMap(([when, memory]) => [
    { name: `${program}: in use, ${when}`, ours: memory[program].used / MB, unit: 'MB' },
    { name: `${program}: RSS, ${when}`, ours: memory[program].rss / MB, unit: 'MB' },
  ])
}

async function run(history: LargeHistory): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'tether-bench-'))
  const server = await startServer(folder)
  try {
    const filling = process.cpuUsage()
    const filled = await makePhoneFile(folder, server.url, history)
    const fillCpuMs = cpuMsSince(filling)
    const phones = await startPhones(folder, server.url, PASSPHRASE)
    try {
      const memory = async (): Promise<Memory> => ({
        server: await server.memory(),
        phones: await phones.memory(),
      })
      const before = await memory()
      const samples = new Samples(() => phones.cpuMs(), GAP_MS)
      await pairOften(server, phones, history, samples, PAIRINGS - 1)
      const client = await pair(server, phones, history, samples)
      const paired = await memory()
      if (history.size.messages > 0) {
        await readOlder(client, history, samples)
        await lookFor(client, history, samples)
      }
      const after = await memory()
      await client.logout()
      await phones.stop()
      const receiving = process.cpuUsage()
      const received = receive(phoneFile(folder), history)
      const receiveCpuMs = cpuMsSince(receiving)
      const rows = [
        {
          name: 'history put into the phone',
          ours: history.size.messages / (filled / 1000),
          unit: 'messages/s',
        },
        {
          name: 'history put into the phone, CPU of one',
          ours: fillCpuMs / history.size.messages,
          unit: 'ms',
        },
        { name: 'message received, committed alone', ours: RECEIVED / (received / 1000), unit: 'messages/s' },
        { name: 'message received, committed alone, CPU', ours: receiveCpuMs / RECEIVED, unit: 'ms' },
        ...samples.rows('phones'),
      ]
      return { rows, startMs: phones.startMs, before, paired, after }
    } finally {
      await phones.stop()
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Adds messages to the file as they arrive, each with its own commit; ms for RECEIVED of them. */
function receive(file: string, { partners }: LargeHistory): number {
  const store = openPhoneStore(file, { clock: realClock })
  const chats = new Chats(store, realClock, new PhoneEvents(realClock), `${PHONE_NUMBER}@s.whatsapp.net`)
  const from = performance.now()
  for (let at = 0; at < RECEIVED; at++) {
    const remoteJid = `${partners[at % partners.length] ?? '15550002222'}@s.whatsapp.net`
    const text = `message ${at} of the ones that are received while somebody waits for them`
    const info = textMessage({ remoteJid, fromMe: false, id: `R${at}`, timestampS: 1_700_000_000, text })
    store.transaction(() => chats.add({ info, status: 0, seen: true, at: realClock.now() }))
  }
  const took = performance.now() - from
  store.close()
  return took
}

async function pairOften(
  server: Program,
  phones: Program,
  history: LargeHistory,
  samples: Samples,
  times: number,
): Promise<void> {
  for (let turn = 0; turn < times; turn++) {
    const client = await pair(server, phones, history, samples)
    await client.logout()
    client.stop()
  }
}

/** Pairs a browser and waits until nothing of the sync comes any more. */
async function pair(
  server: Program,
  phones: Program,
  { size }: LargeHistory,
  samples: Samples,
): Promise<Client> {
  const client = new Client({
    clock: realClock,
    entropy: systemEntropy,
    connect: () =>
      openSocketLink(
        new WebSocket(`${server.url.replace('http', 'ws')}/ws`, { origin: 'https://web.whatsapp.com' }),
      ),
    keys: memoryKeyStore(),
  })
  await client.start()
  await until(client, () => client.qr !== null)
  let listed = 0
  let synced = 0
  const stop = client.subscribe(({ type }) => {
    if (type === 'messages') synced = performance.now()
    if (type === 'chats' && listed === 0 && client.state === 'open' && client.chats().length >= size.chats)
      listed = performance.now()
  })
  const cpu = await phones.cpuMs()
  const from = performance.now()
  await scanWithPhone(phones.url, client.qr!.text)
  await until(client, () => client.state === 'open')
  do await sleep(QUIET_MS)
  while (performance.now() - synced < QUIET_MS)
  stop()
  if (client.chats().length !== size.chats || client.contacts().length !== size.contacts)
    throw new Error(`${client.chats().length} chats and ${client.contacts().length} contacts at the browser`)
  if (size.chats > 0) {
    samples.note('pairing to first chat list', listed - from)
    samples.note('pairing to end of initial sync', synced - from, (await phones.cpuMs()) - cpu)
  }
  return client
}

/** Pages of the largest chat, from its newest end and from far back. */
async function readOlder(client: Client, { partners }: LargeHistory, samples: Samples): Promise<void> {
  const jid = `${partners[0]}@s.whatsapp.net`
  const pages = async (where: string): Promise<void> => {
    for (let turn = 0; turn < PAGES; turn++) {
      for (const count of [25, 50]) {
        const came = await samples.time(`page of ${count}, ${where}`, () => client.loadOlder(jid, count))
        if (came !== count) throw new Error(`a page of ${came}`)
      }
    }
  }
  await pages('newest')
  const known = (): number => client.messages(jid).length
  const deep = 4_000
  while (known() < deep) {
    await client.loadOlder(jid, 250)
    await sleep(GAP_MS)
  }
  await pages(`${deep} messages back`)
}

async function lookFor(client: Client, { partners }: LargeHistory, samples: Samples): Promise<void> {
  const words = {
    rare: RARE_WORD,
    common: COMMON_WORD,
    absent: ABSENT_WORD,
    'two letters': '東京',
    'absent two letters': 'qj',
  }
  for (const [kind, word] of Object.entries(words)) {
    for (let turn = 0; turn < SEARCHES; turn++) {
      const all = await samples.time(`search, ${kind}, all chats`, () => client.search(word))
      if ((all.messages.length === 0) !== kind.startsWith('absent'))
        throw new Error(`${all.messages.length} found`)
    }
    for (const [which, number] of Object.entries({ largest: partners[0], middle: partners[250] })) {
      const jid = `${number}@s.whatsapp.net`
      for (let turn = 0; turn < SEARCHES; turn++)
        await samples.time(`search, ${kind}, ${which} chat`, () => client.search(word, { jid }))
    }
  }
}

/** Resolves when the condition holds after an event of the client. */
function until(client: Client, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`still ${client.state} after 20 s`)), 20_000)
    const stop = client.subscribe(() => {
      if (!holds()) return
      clearTimeout(late)
      stop()
      resolve()
    })
  })
}
