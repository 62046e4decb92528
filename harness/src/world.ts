/**
 * The whole world as one object: the relay, phones and faults on one clock and one seed. In virtual time nothing is
 * real but the code: memory links, HTTP without sockets, and time that moves when told. In real time everything goes
 * over loopback sockets on a free port. A story written against `finish`, `until` and `pass` runs in both.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { causalLog } from 'proto/causal-log'
import type { Clock } from 'proto/clock'
import { seededEntropy, type Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { Link } from 'proto/link'
import { realClock, systemEntropy } from 'proto/system'
import type { PreviewSource } from 'phone-sim/link-preview'
import { Phone, type PhoneOptions } from 'phone-sim/phone'
import { PhonesMeters } from 'phone-sim/phones-meters'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import { buildServer, readConfig, type Log, type PeerFacts, type Server, type ServerConfig } from 'server'
import { openStores } from 'server/store-sqlite'
import type { Stores } from 'server/stores'
import { watchLaw } from './client-law.ts'
import { coverageOf } from './evidence-file.ts'
import { faultyLinks, type FaultyLinks } from './faulty-links.ts'
import { mortalStores, type MortalStores } from './mortal-stores.ts'
import { realRoads, virtualRoads, type Roads } from './roads.ts'
import { traceRecorder, type TraceRecorder } from './trace-recorder.ts'
import { recordTranscript, type Transcript } from './transcript.ts'
import { VirtualClock, type Within } from './virtual-clock.ts'
import { realPace, virtualPace, type Pace } from './pace.ts'

export interface PhoneSpec {
  /** Digits with country code. */
  readonly number: string
  readonly name: string
}

/** The two phones that most stories are about. */
export const ALICE: PhoneSpec = { number: '15550001111', name: 'Alice' }
export const BOB: PhoneSpec = { number: '15550002222', name: 'Bob' }

export interface WorldOptions {
  /** Default: virtual. */
  readonly clock?: 'real' | 'virtual'
  /** Where keys, ids and jitter come from; without one: `world` in virtual time, the system's randomness in real time. */
  readonly seed?: string
  /** Registered and attached before createWorld resolves; default Alice and Bob. */
  readonly phones?: readonly PhoneSpec[]
  /** `memory`, or a folder that keeps server and phones; a later world goes on from it, with a seed of its own. */
  readonly storage?: string
  /** When virtual time begins, in ms since 1970; a world that continues another begins later than that ended. */
  readonly startMs?: number
  /** One way, in virtual time (default 1 ms). */
  readonly latencyMs?: number
  /** Whether a resuming browser has to answer a challenge (default not). */
  readonly challenge?: boolean
  readonly config?: Partial<ServerConfig>
  /** One-time prekeys that each phone makes at registration. */
  readonly prekeys?: number
  /** Where the phones' link previews come from (default: there are none). */
  readonly previews?: PreviewSource
  /** Whom the phones tell that a message came or was read, and how soon (default: everybody, at once). */
  readonly receipts?: PhoneOptions['receipts']
  /** The clock that a party is given (`server`, or the number of a phone), made of the true one; default: that. */
  readonly clockOf?: (party: string, clock: Clock) => Clock
  /** Whether `killServer` may be used (virtual time only). */
  readonly killable?: boolean
  /** Records transcript and trace (default true); off measures the world alone. */
  readonly record?: boolean
  /** Of server and phones; the trace is written to it too. */
  readonly log?: Log
}

export interface World extends Pace {
  readonly clock: Clock
  /** Null in real time. */
  readonly virtual: VirtualClock | null
  readonly entropy: Entropy
  /** The one that lives. */
  readonly server: Server
  /** What the server keeps, past all its lives. */
  readonly stores: Stores
  /** Null in virtual time: there is no socket. */
  readonly serverUrl: string | null
  readonly faults: FaultyLinks
  readonly transcript: Transcript
  readonly trace: TraceRecorder
  /** What a frame to a browser broke of the law that all legacy clients need; `stop` throws when there is any. */
  readonly breaches: readonly string[]
  readonly phones: readonly Phone[]
  /** What all phones of this world count and measure. */
  readonly meters: PhonesMeters
  /** Throws TETHER_ERR_NOT_FOUND. */
  phone(number: string): Phone
  /** Registers one more phone; resolves when it is attached. */
  addPhone(spec: PhoneSpec): Promise<Phone>
  /** A new browser connection in virtual time, the browser's end; TETHER_ERR_STATE in real time, which has sockets for that. */
  dial(facts?: Partial<PeerFacts>): Promise<Link>
  /**
   * Kills the server as kill -9 does, and starts it again on what it has committed: it says no word to anyone, all
   * links are torn, and what it knew in memory is gone. Only in a `killable` world, while no HTTP request is under way.
   */
  killServer(): Promise<void>
  /** Tears every memory link; the parties see 1006. In real time one destroys sockets instead. */
  sever(): void
  stop(): Promise<void>
}

export const silentLog: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const virtual = options.clock === 'real' ? null : new VirtualClock(options.startMs)
  const clock = virtual ?? realClock
  const clockOf = (party: string): Clock => options.clockOf?.(party, clock) ?? clock
  const serverClock = clockOf('server')
  const pace = virtual ? virtualPace(virtual) : realPace()
  const entropy =
    options.seed === undefined && !virtual ? systemEntropy : seededEntropy(options.seed ?? 'world')
  const trace = traceRecorder(clock)
  const told = options.log ? causalLog(options.log, trace) : trace
  const faults = faultyLinks(clock)
  const transcript = recordTranscript(clock, faults)
  if (options.record === false) transcript.stop()
  const breaches = options.record === false ? [] : watchLaw(clock, faults)
  const coverage = options.record === false ? null : coverageOf(faults, trace)
  const links = faults
  const storage = options.storage ?? 'memory'
  const log = options.log ?? silentLog
  const observed = options.record !== false

  let lives = 0
  let mortal: MortalStores | null = null

  async function startServer(stores: Stores): Promise<Server> {
    lives += 1
    mortal = options.killable && virtual ? mortalStores(stores) : null
    const own = entropy.fork(lives === 1 ? 'server' : `server life ${lives}`)
    return await buildServer({
      clock: serverClock,
      entropy: own,
      links,
      stores: mortal?.stores ?? stores,
      config: configOf(options),
      log,
      ...(observed ? { trace: told.party('server') } : {}),
    })
  }

  const stores = await openStores(pathIn(storage, 'server', 'server.db'), {
    clock: serverClock,
    entropy: entropy.fork('server').fork('stores'),
  })
  let server = await pace.finish(pace.during(() => startServer(stores)))
  const roads: Roads = virtual
    ? virtualRoads(() => server, virtual, options.latencyMs)
    : await realRoads(server, clock)
  const phones: Phone[] = []
  const meters = new PhonesMeters()

  function makePhone({ number, name }: PhoneSpec): Phone {
    const own = clockOf(number)
    return new Phone({
      number,
      name,
      clock: own,
      entropy: entropy.fork(`phone:${number}`),
      links,
      log,
      meters,
      store: openPhoneStore(pathIn(storage, 'phones', `${number}.db`), { clock: own, load: meters.commits }),
      vaultKey: seededEntropy(`vault of ${number}`).bytes(32), // the same in every world that opens this file
      connect: roads.connectPhone,
      server: roads.http,
      previews: options.previews,
      receipts: options.receipts,
      ...(options.prekeys === undefined ? {} : { prekeys: options.prekeys }),
      ...(observed ? { trace: told } : {}), // a phone tells its own name
    })
  }

  async function addPhones(specs: readonly PhoneSpec[]): Promise<readonly Phone[]> {
    const made: Phone[] = []
    for (const spec of specs) {
      made.push(makePhone(spec))
      phones.push(made.at(-1)!)
    }
    await pace.finish(Promise.all(made.map((phone) => phone.start())))
    return made
  }

  const world: World = {
    ...pace,
    clock,
    virtual,
    entropy,
    get server() {
      return server
    },
    stores,
    serverUrl: roads.url,
    faults,
    transcript,
    trace,
    breaches,
    phones,
    meters,
    phone(number) {
      const found = phones.find((phone) => phone.number === number)
      if (!found) throw new TetherError('TETHER_ERR_NOT_FOUND', `phone ${number}`)
      return found
    },
    async addPhone(spec) {
      const [phone] = await addPhones([spec])
      return phone
    },
    dial: (facts) => roads.dialBrowser(facts),
    async killServer() {
      if (!mortal) throw new TetherError('TETHER_ERR_STATE', 'this world is not killable')
      mortal.die()
      roads.sever()
      server = await pace.finish(pace.during(() => startServer(stores)))
      roads.sever() // whoever dialled meanwhile met nobody
    },
    sever: () => roads.sever(),
    async stop() {
      await pace.finish(
        pace.during(async () => {
          await Promise.all(phones.map((phone) => phone.stop()))
          await server.close()
        }),
      )
      coverage?.write()
      if (breaches.length > 0) throw new TetherError('TETHER_ERR_INTERNAL', breaches.join('; '))
    },
  }
  try {
    await addPhones(options.phones ?? [ALICE, BOB])
    return world
  } catch (error) {
    await world.stop()
    throw error
  }
}

function configOf({ challenge, config }: WorldOptions): ServerConfig {
  return {
    ...readConfig({ TETHER_DATA_DIR: ':memory:', TETHER_LOG_LEVEL: 'silent' }),
    ...(challenge ? { challenge: 'always' as const } : {}),
    ...config,
  }
}

function pathIn(storage: string, folder: string, file: string): string {
  if (storage === 'memory') return ':memory:'
  mkdirSync(join(storage, folder), { recursive: true })
  return join(storage, folder, file)
}

export type { Within }
