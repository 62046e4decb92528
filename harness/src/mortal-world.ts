/**
 * A world in virtual time whose relay and phones can each be killed at a named instant and started again from what was
 * left of their files. Its seed decides whether what a killed party had given to its sockets still arrives.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CrashPoint } from 'proto/crash-points'
import { type Entropy, fraction, seededEntropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { Link } from 'proto/link'
import { Phone } from 'phone-sim/phone'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import type { PhoneStore } from 'phone-sim/store'
import { buildServer, type PeerFacts, readConfig, type Server } from 'server'
import { openStores } from 'server/store-sqlite'
import type { Stores } from 'server/stores'
import { faultyLinks, type FaultyLinks } from './faulty-links.ts'
import { memoryLinks, type MemoryLinks } from './memory-link.ts'
import { Killed, Mortal } from './mortal.ts'
import { type Pace, virtualPace } from './pace.ts'
import { serverHttpOf } from './roads.ts'
import { silentTrace } from './trace-recorder.ts'
import { VirtualClock } from './virtual-clock.ts'
import { type PhoneSpec, silentLog } from './world.ts'
import type { Trace } from 'proto/trace'

/** The relay, or a phone by its number. */
export type PartyName = string

export const RELAY_PARTY: PartyName = 'server'

export interface MortalWorldOptions {
  readonly seed: string
  readonly phones: readonly PhoneSpec[]
}

/** Copies of all files, as the kernel has them at one instant. */
export interface Snapshot {
  phone(number: string): PhoneStore
  server(): Stores
  close(): Promise<void>
}

interface Party {
  life: number
  mortal: Mortal
  /** Closes the files of all its lives. */
  readonly ends: (() => Promise<void> | void)[]
}

/** A kill takes nothing from the kernel, so files in memory will do; for loss of power there are tests of their own. */
const FILES = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const FACTS: PeerFacts = { address: '127.0.0.1', userAgent: 'virtual', door: 'plain' }
const START_BACKOFF_MS = 1

export class MortalWorld {
  readonly virtual = new VirtualClock()
  readonly clock = this.virtual
  readonly pace: Pace = virtualPace(this.virtual)
  readonly faults: FaultyLinks = faultyLinks(this.virtual)
  readonly trace: Trace = silentTrace
  readonly serverUrl = null
  readonly entropy: Entropy
  readonly #chance: Entropy
  readonly #folder = mkdtempSync(join(FILES, 'mortal-'))
  readonly #parties = new Map<PartyName, Party>()
  readonly #specs: readonly PhoneSpec[]
  readonly #phones = new Map<string, Phone>()
  #server: Server | null = null
  #snapshots = 0
  #atDeath = ''
  /** Who is dead and waits for its next life. */
  dead: PartyName | null = null

  private constructor({ seed, phones }: MortalWorldOptions) {
    this.entropy = seededEntropy(seed)
    this.#chance = this.entropy.fork('chance')
    this.#specs = phones
  }

  /** Every party in its first life, the phones registered and attached. */
  static async create(options: MortalWorldOptions): Promise<MortalWorld> {
    const world = new MortalWorld(options)
    await world.#begin(RELAY_PARTY)
    for (const { number } of options.phones) await world.#begin(number)
    return world
  }

  get server(): Server {
    if (!this.#server) throw new TetherError('TETHER_ERR_STATE', 'the server is dead')
    return this.#server
  }

  phone(number: string): Phone {
    return this.#phones.get(number)!
  }

  /** From now on this party dies at the given pass of the point. */
  plan(party: PartyName, point: CrashPoint, pass = 1): void {
    this.#parties.get(party)!.mortal.plan(point, pass)
  }

  /** The files as they were when somebody died last. */
  left(): Promise<Snapshot> {
    return this.#open(this.#atDeath)
  }

  /** The files as they are. */
  now(): Promise<Snapshot> {
    return this.#open(this.#copyAll())
  }

  /** Starts who is dead, with what is left of its files. */
  async restart(): Promise<void> {
    const party = this.dead
    if (party === null) throw new TetherError('TETHER_ERR_STATE', 'nobody is dead')
    this.dead = null
    await this.#begin(party)
  }

  /** A connection of a browser to the relay. */
  async dial(): Promise<Link> {
    const server = this.server
    const links = memoryLinks(this.virtual)
    server.acceptBrowser(this.#endOf(RELAY_PARTY, links, links.called), FACTS)
    return links.caller
  }

  sever(): void {
    throw new TetherError('TETHER_ERR_STATE', 'in this world parties die, links do not')
  }

  finish<T>(promise: Promise<T>): Promise<T> {
    return this.pace.finish(promise)
  }

  until(predicate: () => boolean): Promise<void> {
    return this.pace.until(predicate, { withinMs: 300_000 })
  }

  async stop(): Promise<void> {
    await this.pace.finish(
      this.pace.during(async () => {
        for (const [name, phone] of this.#phones) if (name !== this.dead) await phone.stop()
        for (const { ends } of [...this.#parties.values()].reverse()) for (const end of ends) await end()
      }),
    )
    rmSync(this.#folder, { recursive: true })
  }

  async #begin(name: PartyName): Promise<void> {
    const life = (this.#parties.get(name)?.life ?? 0) + 1
    const files = this.#filesOf(name, life)
    mkdirSync(files, { recursive: true })
    const died = (): void => {
      this.dead = name
      if (name === RELAY_PARTY) this.#server = null
      this.#atDeath = this.#copyAll()
    }
    const mortal = new Mortal(files, this.#filesOf(name, life + 1), died)
    const party = { life, mortal, ends: this.#parties.get(name)?.ends ?? [] }
    this.#parties.set(name, party)
    if (name === RELAY_PARTY) await this.#beginServer(party, files)
    else await this.#beginPhone(name, party, files)
  }

  async #beginServer({ life, mortal, ends }: Party, files: string): Promise<void> {
    const clock = mortal.clock(this.virtual)
    const entropy = this.entropy.fork(`server, life ${life}`)
    this.#server = await this.pace.finish(
      this.pace.during(async () => {
        const stores = await openStores(join(files, 'server.db'), { clock, entropy: entropy.fork('stores') })
        const config = readConfig({ TETHER_DATA_DIR: ':memory:', TETHER_LOG_LEVEL: 'silent' })
        const server = await buildServer({ clock, entropy, stores, config, log: silentLog, crash: mortal })
        ends.push(() => (mortal.isDead ? stores.close() : server.close()))
        return server
      }),
    )
  }

  async #beginPhone(number: string, { mortal, ends }: Party, files: string): Promise<void> {
    const clock = mortal.clock(this.virtual)
    const store = openPhoneStore(join(files, 'phone.db'), { clock })
    ends.push(() => store.close())
    const phone = new Phone({
      number,
      name: this.#specs.find((spec) => spec.number === number)!.name,
      clock,
      entropy: this.entropy.fork(`phone:${number}`),
      store: onlyWhileAlive(store, mortal),
      vaultKey: seededEntropy(`vault of ${number}`).bytes(32),
      connect: async () => {
        const server = this.server
        const links = memoryLinks(this.virtual)
        server.acceptPhone(this.#endOf(RELAY_PARTY, links, links.called), FACTS)
        return this.#endOf(number, links, links.caller)
      },
      server: serverHttpOf(() => this.server, this.virtual),
      prekeys: 20,
      log: silentLog,
      crash: mortal,
    })
    this.#phones.set(number, phone)
    await this.pace.finish(phone.start())
    await this.pace.pass(START_BACKOFF_MS)
  }

  /** One end of a connection; when its party dies, what is under way arrives before the end of it, or is lost. */
  #endOf(party: PartyName, links: MemoryLinks, end: Link): Link {
    return this.#parties.get(party)!.mortal.link(end, () => {
      if (fraction(this.#chance) < 0.5) links.sever()
      else end.close(ABNORMAL, '')
    })
  }

  #filesOf(name: PartyName, life: number): string {
    return join(this.#folder, `${name}, life ${life}`)
  }

  #copyAll(): string {
    const folder = join(this.#folder, `snapshot ${++this.#snapshots}`)
    for (const [name, { life }] of this.#parties)
      cpSync(this.#filesOf(name, life), join(folder, name), { recursive: true })
    return folder
  }

  async #open(folder: string): Promise<Snapshot> {
    const clock = this.virtual
    const stores = await openStores(join(folder, RELAY_PARTY, 'server.db'), { clock, entropy: this.entropy })
    const phones = new Map(
      this.#specs.map(({ number }) => [number, openPhoneStore(join(folder, number, 'phone.db'), { clock })]),
    )
    return {
      phone: (number) => phones.get(number)!,
      server: () => stores,
      close: async () => {
        for (const phone of phones.values()) phone.close()
        await stores.close()
        rmSync(folder, { recursive: true })
      },
    }
  }
}

const ABNORMAL = 1006

/** Nothing happens after a commit that a party did not outlive, and it commits nothing more. */
function onlyWhileAlive(store: PhoneStore, mortal: Mortal): PhoneStore {
  const assertAlive = (): void => {
    if (mortal.isDead) throw new Killed('a dead phone writes nothing')
  }
  return {
    ...store,
    transaction: (work) => {
      assertAlive()
      return store.transaction(work)
    },
    afterCommit: (task) =>
      store.afterCommit(() => {
        if (!mortal.isDead) task()
      }),
  }
}
