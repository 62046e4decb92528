/**
 * What a person waits for, over real sockets on loopback: pairing from the QR text to an open browser, and a text
 * from browser A over its phone, the mailbox and the other phone to browser B. Everything in one process, commits
 * synced to disk as in the programs.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { ALICE, BOB, createWorld, type World } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import type { Row } from './samples.ts'

const PAIRINGS = 12
const WARM_UP_TEXTS = 50
const TEXTS = 400
/** Below the limit on a browser's frames, so that waiting is not measured. */
const GAP_MS = 25

export async function benchLatency(): Promise<{ rows: Row[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tether-bench-'))
  const world = await createWorld({ clock: 'real', storage: folder, record: false })
  try {
    const pairings: number[] = []
    for (let turn = 0; turn < PAIRINGS; turn++) {
      // a phone of its own for each pair: one phone may pair only so often
      const phone = await world.addPhone({ number: `1555100${1000 + turn}`, name: `Pair ${turn}` })
      const client = openClient(world, `pair-${turn}`)
      pairings.push(await pair(client, phone))
      client.stop()
    }
    const a = openClient(world, 'a')
    const b = openClient(world, 'b')
    await pair(a, world.phone(ALICE.number))
    await pair(b, world.phone(BOB.number))
    const texts = await exchange(a, b)
    a.stop()
    b.stop()
    return {
      rows: [
        { name: 'pairing, QR text to open, p50', ours: quantile(pairings, 0.5), unit: 'ms' },
        { name: 'pairing, QR text to open, worst', ours: Math.max(...pairings), unit: 'ms' },
        { name: 'text, browser A to browser B, p50', ours: quantile(texts, 0.5), unit: 'ms' },
        { name: 'text, browser A to browser B, p99', ours: quantile(texts, 0.99), unit: 'ms' },
      ],
    }
  } finally {
    await world.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function openClient(world: World, name: string): Client {
  const url = `${world.serverUrl!.replace('http', 'ws')}/ws`
  return new Client({
    clock: world.clock,
    entropy: world.entropy,
    connect: () => openSocketLink(new WebSocket(url, { origin: 'https://web.whatsapp.com' })),
    keys: memoryKeyStore(),
    name,
  })
}

async function pair(client: Client, phone: Phone): Promise<number> {
  await client.start()
  await until(client, () => client.qr !== null)
  const from = performance.now()
  await phone.scan(client.qr!.text, { grant: true })
  await until(client, () => client.state === 'open')
  return performance.now() - from
}

async function exchange(a: Client, b: Client): Promise<number[]> {
  const arrivals = new Map<string, number>()
  b.subscribe((event) => {
    if (event.type === 'message') arrivals.set(event.message.text, performance.now())
  })
  const took: number[] = []
  for (let turn = 0; turn < WARM_UP_TEXTS + TEXTS; turn++) {
    const text = `text ${turn}`
    const from = performance.now()
    void a.send(`${BOB.number}@s.whatsapp.net`, text)
    await until(b, () => arrivals.has(text))
    if (turn >= WARM_UP_TEXTS) took.push(arrivals.get(text)! - from)
    await new Promise((resolve) => setTimeout(resolve, GAP_MS))
  }
  return took
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

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}
