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

const NUMBER = '15550001111'
const CLIENT_ID = 'BXS7sQ82847FTYM9bvACUw=='
const ORIGIN = 'https://web.whatsapp.com'
/** A sealed text message of a few words. */
const MESSAGE_BYTES = 320
const WINDOW = 64
const WARM_UP_FRAMES = 20_000
const ROUND_FRAMES = 25_000
const ROUNDS = 5

/** Two ends of one relay; `toPhone` and `toBrowser` are what each end writes to reach the other. */
interface Bench {
  readonly child: ChildProcess
  readonly browser: WebSocket
  readonly phone: WebSocket
  readonly toPhone: Uint8Array
  readonly toBrowser: Uint8Array
}

/** Median CPU time per frame of both, and their ratio (ours / bare), for each direction. */
export async function benchRelay(): Promise<{ rows: RelayRow[] }> {
  const tether = await openTether()
  const bare = await openBare()
  const ends = { tether, bare }
  const cost: Record<keyof typeof ends, Record<Direction, number[]>> = {
    tether: { toPhone: [], toBrowser: [] },
    bare: { toPhone: [], toBrowser: [] },
  }
  for (const bench of [tether, bare]) {
    for (const direction of directions) await send(bench, direction, WARM_UP_FRAMES)
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['tether', 'bare'] as const) {
      for (const direction of directions) {
        const before = await cpuUs(ends[name].child)
        await send(ends[name], direction, ROUND_FRAMES)
        cost[name][direction].push(((await cpuUs(ends[name].child)) - before) / ROUND_FRAMES)
      }
    }
  }
  for (const { child, browser, phone } of [tether, bare]) {
    browser.terminate()
    phone.terminate()
    child.disconnect()
  }
  return {
    rows: directions.map((direction) => {
      const ours = median(cost.tether[direction])
      const theirs = median(cost.bare[direction])
      const name = direction === 'toPhone' ? 'browser to phone' : 'phone to browser'
      return { name: `server CPU per relayed frame, ${name}`, ours, theirs, ratio: ours / theirs, unit: 'µs' }
    }),
  }
}

const directions = ['toPhone', 'toBrowser'] as const
type Direction = (typeof directions)[number]

/** Sends frames with at most WINDOW on their way; resolves when all have arrived. */
function send(
  { browser, phone, toPhone, toBrowser }: Bench,
  direction: Direction,
  frames: number,
): Promise<void> {
  const [from, to, message] =
    direction === 'toPhone' ? [browser, phone, toPhone] : [phone, browser, toBrowser]
  let sent = 0
  let arrived = 0
  return new Promise((resolve) => {
    const push = (): void => {
      while (sent < frames && sent - arrived < WINDOW) {
        sent += 1
        from.send(message)
      }
    }
    const take = (_data: unknown, binary: boolean): void => {
      if (!binary) return
      arrived += 1
      if (arrived < frames) push()
      else {
        to.off('message', take)
        resolve()
      }
    }
    to.on('message', take)
    push()
  })
}

async function openBare(): Promise<Bench> {
  const { child, port } = await start('bare')
  const phone = await dial(port, '/phone')
  const browser = await dial(port, '/ws')
  return { child, browser, phone, toPhone: browserMessage(), toBrowser: browserMessage() }
}

/** Registers and attaches a phone and pairs a browser, with the protocol's own words. */
async function openTether(): Promise<Bench> {
  const { child, port } = await start('tether')
  const http = `http://127.0.0.1:${port}`
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${http}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const identity = generateIdentity(systemEntropy)
  await post('/v1/register', { number: NUMBER })
  const [sms] = (await (await fetch(`${http}/sim/sms/${NUMBER}`)).json()) as { code: string }[]
  const identityKey = formatBase64(identity.publicKey)
  await post('/v1/register/confirm', {
    number: NUMBER,
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
    NUMBER,
  )
  const signature = formatBase64(signWithIdentity(identity, said))
  tell({ type: 'attach', version: 1, number: NUMBER, nonce: formatBase64(nonce), signature })
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
  const header = { kind: RELAY_BINARY, connection: opened.connection, epoch: opened.epoch } as const
  const toPhone = browserMessage()
  return { child, browser, phone, toPhone, toBrowser: encodeRelayFrame(header, toPhone) }
}

const FACTS = {
  pushname: 'Bench', battery: 50, plugged: true, platform: 'android', lc: 'US', lg: 'en', locales: 'en-US', is24h: true,
  tos: 0, protoVersion: [0, 17], binVersion: 10,
  phone: { wa_version: '1', mcc: '1', mnc: '1', os_version: '1', device_manufacturer: 'B', device_model: 'B', os_build_number: '1' },
} // prettier-ignore

function browserMessage(): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES + RELAY_HEADER_BYTES).fill(0x61)
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
  const child = fork(fileURLToPath(new URL('./relay-target.js', import.meta.url)), [name])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, port }
}

async function cpuUs(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [answer] = (await once(child, 'message')) as [{ cpuUs: number }]
  return answer.cpuUs
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
