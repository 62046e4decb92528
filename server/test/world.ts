/** A relay with stores in memory, driven through scripted links: what tests of this package talk to. */
import { AsyncCurve25519Wrapper } from '@privacyresearch/curve25519-typescript'
import { formatBase64, parseBase64 } from 'proto/base64'
import { concat } from 'proto/bytes'
import { seededEntropy, type Entropy } from 'proto/entropy'
import { frameBytes, type Frame, type Link, type LinkHandlers } from 'proto/link'
import { attachTranscript, type DeviceFacts, type LinkMessage } from 'proto/phone-link'
import { buildServer, readConfig, type PeerFacts, type Server, type Stores } from '../src/index.ts'
import { openStores } from '../src/store-sqlite.ts'
import { ManualClock, settled } from './manual-clock.ts'

/** The far end of a link: what the server sent is in `frames`, `say` sends to it. */
export class ScriptedLink implements Link {
  readonly frames: Frame[] = []
  readonly at: number[] = []
  closed: { code: number; reason: string } | null = null
  queuedBytes = 0
  /** The far end reads nothing: what is sent stays in the queue. */
  readsNothing = false
  paused = false
  readonly #clock: ManualClock
  #handlers: LinkHandlers | null = null

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  send(frame: Frame): void {
    this.frames.push(frame)
    if (this.readsNothing) this.queuedBytes += frameBytes(frame)
    this.at.push(this.#clock.now())
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason }
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  open(handlers: LinkHandlers): void {
    this.#handlers = handlers
  }

  async say(frame: Frame): Promise<void> {
    this.#handlers!.frame(frame)
    await settled()
  }

  /** A ping, or a pong of its own. */
  control(): void {
    this.#handlers!.control?.()
  }

  /** The far end takes too little, or enough again. */
  full(isFull: boolean): void {
    this.#handlers!.full?.(isFull)
  }

  async hangUp(reason = ''): Promise<void> {
    this.#handlers!.close(1006, reason)
    await settled()
  }

  texts(): string[] {
    return this.frames.filter((frame): frame is string => typeof frame === 'string')
  }

  /** Takes everything sent so far off the list. */
  take(): string[] {
    return this.frames
      .splice(0)
      .map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame).toString('hex')))
  }
}

export const FACTS: DeviceFacts = {
  pushname: 'Alice', battery: 77, plugged: false, platform: 'android', lc: 'US', lg: 'en', locales: 'en-US',
  is24h: true, tos: 0, protoVersion: [0, 17], binVersion: 10,
  phone: {
    wa_version: '2.21.0', mcc: '310', mnc: '260', os_version: '10', device_manufacturer: 'Sim',
    device_model: 'Phone', os_build_number: '1',
  },
} // prettier-ignore

export const PEER: PeerFacts = { address: '127.0.0.1', userAgent: 'test', door: 'plain' }

export class TestPhone {
  readonly link: ScriptedLink
  readonly #world: World
  readonly number: string
  /** What this phone said to attach. */
  attachText = ''
  #identity: { pubKey: ArrayBuffer; privKey: ArrayBuffer } | null = null
  #id = 0

  constructor(world: World, number: string) {
    this.#world = world
    this.number = number
    this.link = new ScriptedLink(world.clock)
  }

  identityKey(): Uint8Array {
    return concat(Uint8Array.of(5), new Uint8Array(this.#identity!.pubKey))
  }

  async register(): Promise<this> {
    const curve = new AsyncCurve25519Wrapper()
    const seed = this.#world.entropy.fork(`identity ${this.number}`).bytes(32)
    this.#identity = await curve.keyPair(new Uint8Array(seed).buffer)
    const { app } = this.#world.server
    await app.inject({ method: 'POST', url: '/v1/register', payload: { number: this.number } })
    const sms = (await app.inject({ url: `/sim/sms/${this.number}` })).json<{ code: string }[]>()
    const confirmed = await app.inject({
      method: 'POST',
      url: '/v1/register/confirm',
      payload: {
        number: this.number,
        code: sms[0].code,
        identityKey: formatBase64(this.identityKey()),
        registrationId: 1,
        name: 'Alice',
      },
    })
    if (confirmed.statusCode !== 201) throw new Error(confirmed.body)
    return this
  }

  /** Attaches over a fresh link. `alter` changes what is signed. */
  async attach(
    alter: (signed: Uint8Array) => Uint8Array = (bytes) => bytes,
    { readsNothing = false } = {},
  ): Promise<TestPhone> {
    const phone = new TestPhone(this.#world, this.number)
    phone.link.readsNothing = readsNothing
    phone.#identity = this.#identity
    this.#world.server.acceptPhone(phone.link, PEER)
    const welcome = JSON.parse(phone.link.take()[0]) as { nonce: string; relayKey: string }
    const nonce = this.#world.entropy.fork('phone nonce').bytes(32)
    const said = attachTranscript(
      parseBase64(welcome.nonce),
      nonce,
      parseBase64(welcome.relayKey),
      this.number,
    )
    const signature = await new AsyncCurve25519Wrapper().sign(
      this.#identity!.privKey,
      new Uint8Array(alter(said)).buffer,
    )
    phone.attachText = JSON.stringify({
      type: 'attach',
      version: 1,
      number: this.number,
      nonce: formatBase64(nonce),
      signature: formatBase64(new Uint8Array(signature)),
    } satisfies LinkMessage)
    await phone.link.say(phone.attachText)
    return phone
  }

  async tell(message: LinkMessage): Promise<void> {
    await this.link.say(JSON.stringify(message))
  }

  /** Sends a request and gives the reply. */
  async ask(message: Record<string, unknown>): Promise<{ ok?: unknown; error?: { code: string } }> {
    const id = ++this.#id
    await this.link.say(JSON.stringify({ ...message, id }))
    await settled()
    const reply = this.link
      .texts()
      .map((text) => JSON.parse(text) as { type: string; id?: number })
      .find((each) => each.type === 'reply' && each.id === id)
    return reply as { ok?: unknown; error?: { code: string } }
  }

  /** Messages of one kind that the server sent. */
  heard(type: string): Record<string, unknown>[] {
    return this.link
      .texts()
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter((message) => message['type'] === type)
  }
}

export interface World {
  readonly clock: ManualClock
  readonly entropy: Entropy
  readonly server: Server
  readonly stores: Stores
  /** A new browser connection; from PEER where nothing else is said. */
  browser(facts?: Partial<PeerFacts>): ScriptedLink
  phone(number: string): Promise<TestPhone>
}

/**
 * With stores in memory, unless `earlier` has those of a server that was here before, on the same clock. `wrap` puts
 * something between the server and its stores; `stores` of the world are without it. `parts` takes the place of what
 * a server is built of.
 */
export async function createWorld(
  env: Record<string, string> = {},
  earlier?: Pick<World, 'clock' | 'stores'>,
  wrap: (stores: Stores) => Stores = (stores) => stores,
  parts: Partial<Pick<Parameters<typeof buildServer>[0], 'links' | 'log' | 'trace'>> = {},
): Promise<World> {
  const clock = earlier?.clock ?? new ManualClock()
  const entropy = seededEntropy('server tests')
  const stores = earlier?.stores ?? (await openStores(':memory:', { clock, entropy: entropy.fork('stores') }))
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
  const server = await buildServer({
    ...{ clock, entropy, stores: wrap(stores), config: readConfig(env), log },
    ...parts,
  })
  const world: World = {
    clock,
    entropy,
    server,
    stores,
    browser(facts = {}) {
      const link = new ScriptedLink(clock)
      server.acceptBrowser(link, { ...PEER, ...facts })
      return link
    },
    phone: (number) => new TestPhone(world, number).register(),
  }
  return world
}

export const CLIENT_ID = 'BXS7sQ82847FTYM9bvACUw=='
export const INIT = `1.--0,["admin","init",[2,2142,12],["Test","Chrome","3.0"],"${CLIENT_ID}",true]`

/** The ref in the answer to INIT; takes what was sent off the list. */
export function refOf(browser: ScriptedLink): string {
  return (JSON.parse(browser.take()[0].slice('1.--0,'.length)) as { ref: string }).ref
}

/** A registered, attached phone that sent its device data, and a browser paired with it. */
export async function createPair(world: World, number = '15550001111', clientId = CLIENT_ID) {
  const phone = await (await world.phone(number)).attach()
  await phone.tell({ type: 'device', facts: FACTS })
  const browser = world.browser()
  await browser.say(INIT.replace(CLIENT_ID, clientId))
  const ref = refOf(browser)
  const secret = formatBase64(new Uint8Array(144))
  const claimed = (await phone.ask({ type: 'claimRef', ref, clientId, secret })).ok as {
    login: string
    connection: number
    epoch: number
  }
  await world.clock.pass(50)
  const conn = JSON.parse(browser.take()[0].slice('s1,'.length)) as [string, Record<string, string>]
  return { phone, browser, ...claimed, conn: conn[1], ref, secret }
}

/** A fresh right to upload media, as a phone gets it. */
export async function uploadRight(world: World, number = '15550001111'): Promise<string> {
  const phone = await (await world.phone(number)).attach()
  const { auth } = (await phone.ask({ type: 'mediaAuth' })).ok as { auth: string }
  return auth
}
