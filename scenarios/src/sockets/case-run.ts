/** Plays rows of the socket table on one relay, with a healthy pair beside them, and says what came of each. */
import { realClock } from 'proto/system'
import { dropReasons } from 'proto/drop-reasons'
import { errors } from 'proto/errors'
import { limit, limits } from 'proto/limits'
import type { Counters } from 'server'
import { rawFrame } from './raw-frame.ts'
import { attachOver, heard, rawPair, registerRaw, roundTrip, type RawPair } from './raw-pair.ts'
import type { RawRelay } from './raw-relay.ts'
import { RawSocket } from './raw-socket.ts'
import type { CounterName, Counts, SocketCase, Start, Step } from './socket-case.ts'

/** What came of a case, in the words of its row. */
export interface Outcome {
  readonly answers: readonly number[]
  readonly hears: readonly string[]
  readonly close: number | null
  readonly then: 'goes on' | 'ended' | 'silence'
  readonly counts: Counts
}

/** The far end of a case. */
interface Far {
  readonly socket: RawSocket
  /** Does what only a connection can that is as it was; rejects when it ends instead. */
  goOn(): Promise<void>
  destroy(): void
}

/** A peer that does not answer a close is cut off by then. */
const CUT_OFF_MS = 2_000
/** So much time passes between two frames of the pair: however fast the machine is, they are below every rate. */
const BEAT_MS = 1_000 / limit('BROWSER_FRAMES_RATE')
/** So long nobody is missed. */
const MOST_LEAP_MS = 20_000
/** What a case that is in a hurry makes of a limit. */
const HURRY_MS = 200
/** In real time; nothing takes so long but what never comes. */
const PATIENCE_MS = 5_000

const counterNames = [
  ...Object.keys(errors).map((name) => `errors ${name}`),
  ...Object.keys(limits).map((name) => `limits ${name}`),
  ...Object.keys(dropReasons).map((name) => `drops ${name}`),
] as CounterName[]
const GAUGES = ['browsers', 'phones', 'sendQueues', 'frameQueues', 'unackedPushes', 'commitQueue'] as const

export class CaseRun {
  readonly #relay: RawRelay
  readonly #healthy: RawPair
  #numbers = 0
  #beats = 0

  private constructor(relay: RawRelay, healthy: RawPair) {
    this.#relay = relay
    this.#healthy = healthy
  }

  static async on(relay: RawRelay): Promise<CaseRun> {
    return new CaseRun(relay, await rawPair(relay.port, '15550000000', relay.entropy))
  }

  /** Plays one row to its end; what it has opened is gone when this resolves. */
  async play(row: SocketCase): Promise<Outcome> {
    const { server } = this.#relay.server.app
    const usual = row.hurry && server[row.hurry]
    try {
      if (row.hurry) server[row.hurry] = HURRY_MS
      return await this.#play(row)
    } finally {
      if (row.hurry) server[row.hurry] = usual!
    }
  }

  async #play({ from, writes, back }: SocketCase): Promise<Outcome> {
    const sockets = await this.#sockets()
    const far = await this.#open(from)
    const { socket } = far
    const before = this.#counts()
    const answered = socket.statuses.length
    for (const step of writes) await this.#do(socket, step)
    let then: Outcome['then'] = back.goesOn ? 'goes on' : await this.#end(socket)
    if (back.goesOn) {
      const due = answered + (back.answers?.length ?? 0)
      await wait(socket, () => socket.statuses.length >= due)
      then = await isAlive(socket)
    }
    const answers = socket.statuses.slice(answered)
    const hears = heardOn(socket)
    const close = socket.closed?.code ?? null
    if (then === 'goes on') then = await within(far.goOn(), then)
    far.destroy()
    for (let turns = 0; turns < 1_000 && (await this.#sockets()) !== sockets; turns++) await turn()
    return { answers, hears, close, then, counts: grown(before, this.#counts()) }
  }

  /** A frame each way between the pair that has nothing to do with it. Rejects when it does not get through. */
  async healthy(): Promise<void> {
    this.#relay.clock.leap(BEAT_MS)
    await roundTrip(this.#healthy, `beat${++this.#beats}`)
  }

  /** Who is connected and what waits, as `/metrics` says it, and the sockets below it. */
  async gauges(): Promise<readonly string[]> {
    const { counters } = this.#relay.server
    const families = await Promise.all(GAUGES.map((name) => counters.read(name)))
    const lines = families.flatMap(({ name, values }) =>
      values.map(({ labels, value }) => [name, ...Object.values(labels), value].join(' ')),
    )
    return [...lines, await this.#sockets()]
  }

  /** Ends the pair and the relay. */
  async close(): Promise<void> {
    for (const socket of [this.#healthy.browser, this.#healthy.socket]) socket.destroy()
    await this.#relay.server.close()
  }

  async #open(from: Start): Promise<Far> {
    const { port, entropy } = this.#relay
    const number = `1555${String(++this.#numbers).padStart(7, '0')}`
    if (from === 'paired' || from === 'attached') {
      const pair = await rawPair(port, number, entropy)
      const { browser, socket: phone } = pair
      return {
        socket: from === 'paired' ? browser : phone,
        goOn: () => roundTrip(pair, 'still'),
        destroy: () => [browser, phone].forEach((socket) => socket.destroy()),
      }
    }
    if (from === 'link') {
      const identity = await registerRaw(port, number, entropy)
      const socket = await RawSocket.open(port, '/phone')
      const welcome = await heard(socket, 'welcome')
      socket.frames = []
      const goOn = () => attachOver(socket, welcome, { number, identity }, entropy)
      return { socket, goOn, destroy: () => socket.destroy() }
    }
    const socket = from === 'tcp' ? await RawSocket.connect(port) : await RawSocket.open(port, '/ws')
    return { socket, goOn: async () => {}, destroy: () => socket.destroy() }
  }

  async #do(socket: RawSocket, step: Step): Promise<void> {
    if (typeof step === 'string') socket.write(Buffer.from(step, 'latin1'))
    else if (step instanceof Uint8Array) socket.write(step)
    else if ('then' in step) await happenings[step.then](socket)
    else {
      await this.healthy() // what was written is read by then
      for (let left = step.passMs; left > 0; left -= MOST_LEAP_MS) {
        this.#relay.clock.leap(Math.min(left, MOST_LEAP_MS))
        await this.healthy()
      }
    }
  }

  /** Waits for the end of a connection that the relay wants no more. */
  async #end(socket: RawSocket): Promise<'ended' | 'silence'> {
    await wait(socket, () => socket.closed !== null)
    if (socket.closed) this.#relay.clock.leap(CUT_OFF_MS)
    await wait(socket, () => false)
    return socket.ended ? 'ended' : 'silence'
  }

  #counts(): Record<CounterName, number> {
    const { counters } = this.#relay.server
    return Object.fromEntries(counterNames.map((name) => [name, read(counters, name)])) as Record<
      CounterName,
      number
    >
  }

  async #sockets(): Promise<string> {
    const { app } = this.#relay.server
    const { websocketServer } = app as unknown as {
      readonly websocketServer: { readonly clients: Set<unknown> }
    }
    const connections = await new Promise<number>((resolve, reject) =>
      app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
    return `${connections} connections, ${websocketServer.clients.size} WebSockets`
  }
}

const happenings: Readonly<Record<'fin' | 'reset' | 'heard', (socket: RawSocket) => unknown>> = {
  fin: ({ socket }) => void socket.end(),
  reset: ({ socket }) => void socket.resetAndDestroy(),
  heard(socket) {
    const came = () => socket.statuses.length + socket.frames.length
    const before = came()
    return wait(socket, () => came() > before)
  },
}

function read(counters: Counters, name: CounterName): number {
  const [family, label] = name.split(' ') as [Parameters<Counters['value']>[0], never]
  return counters.value(family, label)
}

function grown(
  before: Readonly<Record<CounterName, number>>,
  after: Readonly<Record<CounterName, number>>,
): Counts {
  return Object.fromEntries(
    counterNames
      .filter((name) => after[name] !== before[name])
      .map((name) => [name, after[name] - before[name]]),
  )
}

/** Whether what is asked next is answered; takes the answer away again. */
async function isAlive(socket: RawSocket): Promise<'goes on' | 'ended' | 'silence'> {
  const { statuses } = socket
  let asked: () => boolean
  if (statuses.at(-1) === 101) {
    socket.write(rawFrame({ opcode: 9, payload: 'alive' }))
    asked = () => socket.frames.some(({ opcode, payload }) => opcode === 10 && String(payload) === 'alive')
  } else {
    const before = statuses.length
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    asked = () => statuses.length > before && socket.answer.endsWith('{"status":"ok"}')
  }
  await wait(socket, asked)
  if (!asked()) return socket.ended ? 'ended' : 'silence'
  if (statuses.at(-1) !== 101) statuses.pop()
  return 'goes on'
}

/** Pongs and texts that came. */
function heardOn({ frames }: RawSocket): string[] {
  const kinds: Readonly<Record<number, string>> = { 1: 'text', 2: 'binary', 10: 'pong' }
  return frames
    .filter(({ opcode }) => opcode in kinds)
    .map(({ opcode, payload }) => `${kinds[opcode]} ${payload.toString('latin1')}`)
    .filter((each) => each !== 'pong alive')
}

/** `then` when the work is done in time; else silence. */
async function within<T>(work: Promise<void>, then: T): Promise<T | 'silence'> {
  let late = realClock.after(0, () => {})
  const silence = new Promise<'silence'>((resolve) => {
    late = realClock.after(PATIENCE_MS, () => resolve('silence'))
  })
  try {
    return await Promise.race([work.then(() => then), silence])
  } catch {
    return 'silence'
  } finally {
    late.cancel()
  }
}

/** Waits for this, or until it is clear that it does not come. */
async function wait(socket: RawSocket, done: () => boolean): Promise<void> {
  await within(
    socket.until(() => done() || socket.ended !== null),
    null,
  )
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
