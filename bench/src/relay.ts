/**
 * CPU time that the server spends on one relayed frame, against a bare relay made of `ws` alone. The same load on
 * both, turn and turn about; each server is a process of its own and says how much CPU it used.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { formatBase64, parseBase64 } from 'proto/base64'
import {
  attachTranscript,
  encodeRelayFrame,
  RELAY_BINARY,
  RELAY_HEADER_BYTES,
  type LinkMessage,
  writeRelayHeader,
} from 'proto/phone-link'
import { systemEntropy } from 'proto/system'
import { generateIdentity, signWithIdentity } from 'phone-sim/signal-crypto'

export interface RelayRow {
  readonly name: string
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
  readonly unit: string
}

const CLIENT_ID = 'BXS7sQ82847FTYM9bvACUw=='
const ORIGIN = 'https://web.whatsapp.com'
/** On their way at once, over all pairs. */
const WINDOW = 64
const ROUNDS = 9

/** A sealed text message of a few words and one with a picture's thumbnail; one pair, and many that take turns. */
const loads = [
  { name: '300 B, 1 pair', bytes: 320, pairs: 1, frames: 25_000 },
  { name: '16 KiB, 1 pair', bytes: 16_384, pairs: 1, frames: 2_000 },
  { name: '300 B, 500 pairs', bytes: 320, pairs: 500, frames: 25_000 },
  { name: '16 KiB, 500 pairs', bytes: 16_384, pairs: 500, frames: 2_000 },
] as const
type Load = (typeof loads)[number]

/** Connected and silent. */
const IDLE_PAIRS = 5_000
const IDLE_STEP = 50

/** Two ends of a relay. */
interface Pair {
  readonly browser: WebSocket
  readonly phone: WebSocket
  /** Gives what the phone writes to reach the browser, each time it does; a relay that wants to hears what it has had. */
  toBrowser(bytes: number): () => Uint8Array
}

interface Target {
  readonly child: ChildProcess
  readonly pairs: Pair[]
  open(at: number): Promise<Pair>
}

type Contender = 'tether' | 'bare'
const contenders = ['tether', 'bare'] as const
/** As a browser and its phone talk, each query answered; and one way only. */
const ways = {
  inTurn: 'query and answer',
  toBrowser: 'phone to browser',
  toPhone: 'browser to phone',
} as const
type Way = keyof typeof ways
const allWays = Object.keys(ways) as readonly Way[]

/** Median CPU time per frame of both, and of their ratio (ours / bare), for each load and direction. */
export async function benchRelay(): Promise<{ rows: RelayRow[] }> {
  const rows: RelayRow[] = []
  for (const load of loads) {
    const targets = await openTargets(load.pairs)
    rows.push(...(await measure(targets, load)))
    stop(Object.values(targets))
  }
  return { rows }
}

async function measure(targets: Readonly<Record<Contender, Target>>, load: Load): Promise<RelayRow[]> {
  const cost: Record<Way, Record<Contender, number[]>> = {
    toPhone: { tether: [], bare: [] },
    toBrowser: { tether: [], bare: [] },
    inTurn: { tether: [], bare: [] },
  }
  // one way after the other: what nobody answers is kept to be sent again, and weighs on what comes next
  for (const way of allWays) {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of contenders) {
        const { child, pairs } = targets[name]
        await memoryOf(child) // its collection is no part of the measurement
        const before = await cpuOf(child)
        await send(pairs.slice(0, load.pairs), way, load)
        if (round > 0) cost[way][name].push(((await cpuOf(child)) - before) / load.frames)
      }
    }
  }
  return allWays.map((way) => {
    const { tether, bare } = cost[way]
    return {
      name: `server CPU per relayed frame, ${load.name}, ${ways[way]}`,
      ours: median(tether),
      theirs: median(bare),
      // of neighbours in time: what else the machine does is the same for both
      ratio: median(tether.map((each, round) => each / bare[round])),
      unit: 'µs',
    }
  })
}

/** Memory of a connected pair that says nothing, with `IDLE_PAIRS` of them, against the two bare sockets. */
export async function benchIdle(): Promise<{ rows: RelayRow[] }> {
  const perPair: Record<Contender, number> = { tether: 0, bare: 0 }
  const used: Record<Contender, number> = { tether: 0, bare: 0 }
  // one after the other: a process may not have enough files for both
  for (const name of contenders) {
    const target = name === 'tether' ? await openTether() : await openBare()
    await openMore(target, IDLE_STEP) // warm
    const before = await memoryOf(target.child)
    await openMore(target, IDLE_PAIRS)
    const after = await memoryOf(target.child)
    if (target.pairs.some(({ browser, phone }) => !isOpen(browser) || !isOpen(phone)))
      throw new Error('pairs were closed while others opened')
    perPair[name] = (after.rss - before.rss) / IDLE_PAIRS / 1_024
    used[name] = (after.used - before.used) / IDLE_PAIRS / 1_024
    stop([target])
  }
  const row = (name: string, of: Record<Contender, number>): RelayRow => ({
    ...{ name, ours: of.tether, theirs: of.bare, ratio: of.tether / of.bare, unit: 'KiB' },
  })
  return {
    rows: [
      row(`idle memory of a connected pair at ${IDLE_PAIRS} pairs, RSS`, perPair),
      row(`idle memory of a connected pair at ${IDLE_PAIRS} pairs, in use`, used),
    ],
  }
}

async function openTargets(pairs: number): Promise<Record<Contender, Target>> {
  const targets = { tether: await openTether(), bare: await openBare() }
  for (const name of contenders) await openMore(targets[name], pairs)
  return targets
}

async function openMore(target: Target, pairs: number): Promise<void> {
  const until = target.pairs.length + pairs
  while (target.pairs.length < until) {
    const from = target.pairs.length
    const step = Math.min(IDLE_STEP, until - from)
    target.pairs.push(...(await Promise.all(Array.from({ length: step }, (_, n) => target.open(from + n)))))
  }
}

function isOpen({ readyState }: WebSocket): boolean {
  return readyState === WebSocket.OPEN
}

function stop(targets: readonly Target[]): void {
  for (const { child, pairs } of targets) {
    for (const { browser, phone } of pairs) {
      browser.terminate()
      phone.terminate()
    }
    child.disconnect()
  }
}

/** How frames run over one pair: who begins, where they have arrived, and who answers between, if anybody. */
interface Lane {
  readonly begin: () => void
  readonly to: WebSocket
  readonly between?: { readonly at: WebSocket; readonly answer: (data: unknown, binary: boolean) => void }
}

function laneOf({ browser, phone, toBrowser }: Pair, way: Way, bytes: number): Lane {
  const query = browserMessage(bytes)
  const answer = toBrowser(bytes)
  const ask = (): void => browser.send(query)
  const tell = (): void => phone.send(answer())
  switch (way) {
    case 'toPhone':
      return { begin: ask, to: phone }
    case 'toBrowser':
      return { begin: tell, to: browser }
    case 'inTurn':
      return { begin: ask, to: browser, between: { at: phone, answer: (_, binary) => binary && tell() } }
  }
}

/**
 * So many frames over the pairs in turn, with at most WINDOW on their way; resolves when all have arrived, rejects when
 * a socket is closed before.
 */
function send(pairs: readonly Pair[], way: Way, { bytes, frames }: Load): Promise<void> {
  const lanes = pairs.map((pair) => laneOf(pair, way, bytes))
  const runs = way === 'inTurn' ? frames / 2 : frames
  let begun = 0
  let arrived = 0
  return new Promise((resolve, reject) => {
    const push = (): void => {
      while (begun < runs && begun - arrived < WINDOW) lanes[begun++ % lanes.length].begin()
    }
    const take = (_data: unknown, binary: boolean): void => {
      if (!binary) return
      arrived += 1
      if (arrived < runs) {
        push()
        return
      }
      end()
      resolve()
    }
    const closed = (code: number, reason: Buffer): void => {
      end()
      reject(new Error(`a socket was closed after ${arrived} of ${runs}: ${code} ${reason.toString()}`))
    }
    const end = (): void => {
      for (const { browser, phone } of pairs) for (const each of [browser, phone]) each.off('close', closed)
      for (const { to, between } of lanes) {
        to.off('message', take)
        between?.at.off('message', between.answer)
      }
    }
    for (const { browser, phone } of pairs) for (const each of [browser, phone]) each.on('close', closed)
    for (const { to, between } of lanes) {
      to.on('message', take)
      between?.at.on('message', between.answer)
    }
    push()
  })
}

async function openBare(): Promise<Target> {
  const { child, port } = await start('bare')
  return {
    child,
    pairs: [],
    async open(at) {
      const phone = await dial(port, `/phone/${at}`)
      const browser = await dial(port, `/ws/${at}`)
      const toBrowser = (bytes: number): (() => Uint8Array) => {
        const message = browserMessage(bytes)
        return () => message
      }
      return { browser, phone, toBrowser }
    },
  }
}

async function openTether(): Promise<Target> {
  const { child, port } = await start('tether')
  return { child, pairs: [], open: (at) => openPair(port, at) }
}

/** Registers and attaches a phone and pairs a browser, with the protocol's own words. */
async function openPair(port: number, at: number): Promise<Pair> {
  const number = `1555${String(at).padStart(7, '0')}`
  const http = `http://127.0.0.1:${port}`
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${http}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const identity = generateIdentity(systemEntropy)
  await post('/v1/register', { number })
  const [sms] = (await (await fetch(`${http}/sim/sms/${number}`)).json()) as { code: string }[]
  const identityKey = formatBase64(identity.publicKey)
  await post('/v1/register/confirm', {
    number,
    code: sms.code,
    identityKey,
    registrationId: 1,
    name: 'Bench',
  })

  const phone = new WebSocket(`ws://127.0.0.1:${port}/phone`, { perMessageDeflate: false })
  const heard = listen(phone)
  const tell = (message: LinkMessage): void => phone.send(JSON.stringify(message))
  const welcome = await heard('welcome')
  const nonce = systemEntropy.bytes(32)
  const said = attachTranscript(
    parseBase64(welcome['nonce']),
    nonce,
    parseBase64(welcome['relayKey']),
    number,
  )
  const signature = formatBase64(signWithIdentity(identity, said))
  tell({ type: 'attach', version: 1, number, nonce: formatBase64(nonce), signature })
  await heard('attached')
  tell({ type: 'device', facts: FACTS })

  const browser = await dial(port, '/ws')
  browser.send(
    `1.--0,${JSON.stringify(['admin', 'init', [2, 2142, 12], ['Bench', 'Bench', '1'], CLIENT_ID, true])}`,
  )
  const [init] = (await once(browser, 'message')) as [Buffer]
  const { ref } = JSON.parse(init.toString().slice('1.--0,'.length)) as { ref: string }
  tell({ type: 'claimRef', id: 1, ref, clientId: CLIENT_ID, secret: formatBase64(new Uint8Array(144)) })
  const opened = (await heard('browser')) as unknown as { connection: number; epoch: number }
  const { connection, epoch } = opened
  let had = 0
  phone.on('message', (_data, binary) => {
    if (binary) had++
  })
  const toBrowser = (bytes: number): (() => Uint8Array) => {
    const frame = encodeRelayFrame(
      { kind: RELAY_BINARY, connection, epoch, heard: had },
      browserMessage(bytes),
    )
    return () => {
      writeRelayHeader(frame, { kind: RELAY_BINARY, connection, epoch, heard: had })
      return frame
    }
  }
  return { browser, phone, toBrowser }
}

const FACTS = {
  pushname: 'Bench', battery: 50, plugged: true, platform: 'android', lc: 'US', lg: 'en', locales: 'en-US', is24h: true,
  tos: 0, protoVersion: [0, 17], binVersion: 10,
  phone: { wa_version: '1', mcc: '1', mnc: '1', os_version: '1', device_manufacturer: 'B', device_model: 'B', os_build_number: '1' },
} // prettier-ignore

function browserMessage(bytes: number): Uint8Array {
  const message = new Uint8Array(bytes + RELAY_HEADER_BYTES).fill(0x61)
  message.set(new TextEncoder().encode('3EB0C767D097,'))
  return message
}

/** Waits for link messages by type, in whatever order they come. */
function listen(socket: WebSocket): (type: string) => Promise<Record<string, string>> {
  const messages: Record<string, string>[] = []
  let wake = (): void => {}
  socket.on('message', (data: Buffer, binary) => {
    if (binary) return
    messages.push(JSON.parse(data.toString()) as Record<string, string>)
    wake()
  })
  return async (type) => {
    for (;;) {
      const at = messages.findIndex((message) => message['type'] === type)
      if (at >= 0) return messages.splice(at, 1)[0]
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
}

async function dial(port: number, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false, origin: ORIGIN })
  await once(socket, 'open')
  return socket
}

async function start(name: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(new URL('./relay-target.js', import.meta.url)), [name], {
    execArgv: ['--expose-gc'],
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, port }
}

/** Bytes after a forced collection. */
interface Memory {
  readonly rss: number
  readonly used: number
}

function memoryOf(child: ChildProcess): Promise<Memory> {
  return ask<Memory>(child, 'memory')
}

/** CPU time so far, in microseconds. */
async function cpuOf(child: ChildProcess): Promise<number> {
  return (await ask<{ readonly cpuUs: number }>(child, 'cpu')).cpuUs
}

async function ask<T>(child: ChildProcess, what: string): Promise<T> {
  child.send(what)
  const [answer] = (await once(child, 'message')) as [T]
  return answer
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
