/**
 * What a person waits for, over real sockets on loopback: pairing from the QR text to an open browser, and a text
 * from browser A over its phone, the mailbox and the other phone to browser B, with the share of each hop. Everything
 * in one process, commits synced to disk as in the programs.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { ALICE, BOB, createWorld, type World } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { HopTimes } from './hops.ts'
import { quantile, type Row } from './samples.ts'

const PAIRINGS = 12
const WARM_UP_TEXTS = 50
const TEXTS = 400
/** Below the limit on a browser's frames, so that waiting is not measured. */
const GAP_MS = 25

export async function benchLatency(): Promise<{ rows: Row[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tether-bench-'))
  // more texts than one may send at once: waiting for a rate is not measured
  const config = { mailRates: false }
  const world = await createWorld({ clock: 'real', storage: folder, record: false, config })
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
    const hops = new HopTimes(world.faults)
    await exchange(a, b, hops)
    a.stop()
    b.stop()
    return {
      rows: [
        { name: 'pairing, QR text to open, p50', ours: quantile(pairings, 0.5), unit: 'ms' },
        { name: 'pairing, QR text to open, worst', ours: Math.max(...pairings), unit: 'ms' },
        ...hops.rows(),
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
    connect: async () => {
      const link = await openSocketLink(new WebSocket(url, { origin: 'https://web.whatsapp.com' }))
      return world.faults.join({ kind: 'browser-server', near: `browser:${name}`, far: 'server' }, link)
    },
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

async function exchange(a: Client, b: Client, hops: HopTimes): Promise<void> {
  const shown = new Set<string>()
  b.subscribe((event) => {
    if (event.type === 'message') shown.add(event.message.text)
  })
  for (let turn = 0; turn < WARM_UP_TEXTS + TEXTS; turn++) {
    const text = `text ${turn}`
    hops.begin()
    void a.send(`${BOB.number}@s.whatsapp.net`, text)
    await until(b, () => shown.has(text))
    hops.end(turn >= WARM_UP_TEXTS)
    await new Promise((resolve) => setTimeout(resolve, GAP_MS))
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
