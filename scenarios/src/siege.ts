/**
 * A running world under hostile frames at every door: seeded, in virtual time, one door a round. After each round the
 * besieged must be as before: no error of our own, phones online, and whoever behaves is answered.
 */
import { memoryLinks, type Fault, type FaultWhere, type World } from 'harness'
import { mutateJson } from 'fuzz/json-mutator'
import { mutate } from 'fuzz/mutator'
import { Random } from 'fuzz/random'
import { words } from 'fuzz/input-forms'
import { targetOf } from 'fuzz/targets'
import { concat, utf8 } from 'proto/bytes'
import { formatBase64, parseBase64 } from 'proto/base64'
import type { Frame } from 'proto/link'
import { parseLinkMessage } from 'proto/link-message'
import { sealBytes } from 'proto/seal'
import { TetherError } from 'proto/errors'
import { ALICE_JID, BOB_JID } from './backstory.ts'
import type { Log, PeerFacts } from 'server'
import type { RawBrowser } from './raw-browser.ts'
import { query, type RawStory } from './raw-story.ts'

/** Puts so many hostile frames in front of one door. */
type Attack = (siege: Siege, frames: number) => Promise<void>

const PAUSE_MS = 1_000
/** Longer than a phone waits before it comes back. */
const RECOVERY_MS = 120_000
/** A phone is scanned with again only so often (PAIRINGS_PER_PHONE). */
const PAIRING_PAUSE_MS = 130_000
const MOST_BYTES = 4_096
const TOKENS = words('["admin",', '"query"', '__proto__', 'null', '\u0000', ',', '"type":"')

export class Siege {
  readonly random: Random
  readonly story: RawStory
  frames = 0
  readonly #errors: string[]
  #bobs: RawBrowser | null = null
  #alices: RawBrowser | null = null
  #texts = 0

  /** `errors` are what server and phones have logged as their own failures (loudLog). */
  constructor(story: RawStory, seed: string, errors: string[]) {
    this.story = story
    this.random = new Random(`siege ${seed}`)
    this.#errors = errors
  }

  get world(): World {
    return this.story.world
  }

  /** One door, so many frames. Gives its name and what was wrong afterwards, null when nothing was. */
  async round(frames: number): Promise<{ readonly door: string; readonly fault: string | null }> {
    const door = this.random.pick(Object.keys(attacks))
    try {
      await attacks[door](this, frames)
      return { door, fault: await this.#fault() }
    } catch (error) {
      return { door, fault: error instanceof TetherError ? `${error.code} ${error.message}` : String(error) }
    }
  }

  /** Alice's browser, paired anew when it was made to leave. */
  async victim(): Promise<RawBrowser> {
    if (this.#alices && !this.#alices.closed) return this.#alices
    const { alice } = this.story
    for (const { id } of alice.companions()) await this.world.finish(alice.unpair(id))
    await this.world.pass(PAIRING_PAUSE_MS)
    this.#alices = await this.story.paired()
    return this.#alices
  }

  /** A frame near a good one of some target's corpus. */
  hostile(target: string): Uint8Array {
    this.frames++
    const seeds = targetOf(target).seeds()
    const input = this.random.pick(seeds)
    const changed = this.random.oneIn(2) ? mutateJson(input, this.random) : null
    if (changed) return changed
    const other = () => this.random.pick(seeds)
    return mutate(input, { random: this.random, tokens: TOKENS, maxBytes: MOST_BYTES, other })
  }

  /** A text a socket would carry: well-formed, and under no tag of the server's own. */
  hostileText(target: string): string {
    const text = Buffer.from(this.hostile(target))
      .toString('utf8')
      .replace(/^s(?=\d)/, 'x')
    return text === '' ? ',' : text
  }

  /** What is wrong with the besieged; null when nothing is. */
  async #fault(): Promise<string | null> {
    const { world, story } = this
    await world.until(() => world.phones.every((phone) => phone.status().state === 'online'), {
      withinMs: RECOVERY_MS,
    })
    if (this.#errors.length > 0) return this.#errors.splice(0).join('; ')
    if (world.server.counters.value('errors', 'TETHER_ERR_INTERNAL') > 0)
      return 'an internal error was counted'
    const bobs = await this.#bystander()
    const chats = await bobs.node(bobs.sayNode(query('chat')), RECOVERY_MS)
    if (chats.attrs.type !== 'chat') return 'another answer to the chat list'
    const exist = await bobs.json(bobs.say(['query', 'exist', ALICE_JID]))
    if (exist.status !== 200) return `exist was answered ${JSON.stringify(exist)}`
    const text = `still here ${++this.#texts}`
    await world.finish(story.bob.sendText(ALICE_JID, text))
    await world.until(() => story.alice.messages(BOB_JID).at(-1)?.text === text, { withinMs: RECOVERY_MS })
    const own = await this.victim()
    const answer = await own.answer(own.sayNode(query('chat')), RECOVERY_MS)
    return typeof answer.frame === 'string' ? `the victim was answered ${answer.frame}` : null
  }

  /** Bob's browser, which nobody attacks; it comes back when it was silent for too long. */
  async #bystander(): Promise<RawBrowser> {
    if (this.#bobs && !this.#bobs.closed) return this.#bobs
    const kept = this.#bobs?.credentials ?? null
    this.#bobs = await this.story.connect(kept)
    if (kept) await this.#bobs.resume()
    else await this.#bobs.pair(this.story.bob)
    return this.#bobs
  }

  /** While a rule holds, something is said that it works on; afterwards the phone has a new link. */
  async altering(
    where: FaultWhere,
    to: Extract<Fault, { do: 'alter' }>['to'],
    frames: number,
  ): Promise<void> {
    const { world } = this
    const { alice, bob } = this.story
    const rule = world.faults.add({ hop: 'phone-server', ...where }, { do: 'alter', to })
    for (let left = frames; left > 0; left--) {
      if (this.random.oneIn(2)) alice.setDevice({ batteryPercent: 1 + this.random.below(99) })
      else await world.finish(bob.sendText(ALICE_JID, `under siege ${left}`))
      await world.pass(PAUSE_MS)
    }
    rule.remove()
    alice.setDevice({ network: 'none' })
    await world.pass(PAUSE_MS)
    alice.setDevice({ network: 'wifi' })
  }
}

/** Collects what is logged as our own failure; warnings are about others. */
export function loudLog(errors: string[]): Log {
  const quiet = () => undefined
  const error = (fields: object, text: string) => {
    const { err, code } = fields as { err?: unknown; code?: unknown }
    errors.push(`${text}: ${err instanceof Error ? (err.stack ?? err.message) : String(code)}`)
  }
  return { trace: quiet, debug: quiet, info: quiet, warn: quiet, error }
}

const PHONE_TARGETS = ['link-message-of-phone', 'link-message-of-server'] as const

const attacks: Readonly<Record<string, Attack>> = {
  /** A browser that nobody knows: texts and bytes before and after init. */
  async stranger(siege, frames) {
    const browser = await siege.story.connect()
    if (siege.random.oneIn(2)) browser.init()
    for (let left = frames; left > 0; left--) {
      browser.send(
        siege.random.oneIn(4)
          ? notEmpty(siege.hostile('binary-frame-of-client'))
          : siege.hostileText(siege.random.pick(['text-frame', 'json-message'])),
      )
    }
    await siege.world.pass(PAUSE_MS)
    browser.close()
    await siege.world.pass(PAUSE_MS)
  },

  /** A paired browser: JSON. */
  async browserTexts(siege, frames) {
    const browser = await siege.victim()
    for (let left = frames; left > 0; left--) {
      const text = siege.hostileText(siege.random.pick(['text-frame', 'json-message']))
      browser.send(text.includes(',') ? text : `h,${text}`)
      await siege.world.pass(PAUSE_MS / 20)
    }
    await siege.world.pass(PAUSE_MS)
  },

  /** A paired browser: anything, rightly sealed. */
  async browserNodes(siege, frames) {
    const browser = await siege.victim()
    for (let left = frames; left > 0; left--) {
      const node = siege.hostile(siege.random.pick(['node', 'node-message']))
      const sealed = sealBytes(node, browser.credentials!, siege.random.bytes(16))
      browser.send(concat(utf8(`h.--${left},`), siege.random.bytes(2), sealed))
      await siege.world.pass(PAUSE_MS / 20)
    }
    await siege.world.pass(PAUSE_MS)
  },

  /** A paired browser: bytes that nobody sealed. */
  async browserBytes(siege, frames) {
    const browser = await siege.victim()
    for (let left = frames; left > 0; left--) browser.send(notEmpty(siege.hostile('binary-frame-of-client')))
    await siege.world.pass(10 * PAUSE_MS)
  },

  /** A phone that nobody knows. One frame is enough to end its link, so each has a link of its own. */
  async strangePhone(siege, frames) {
    for (let left = frames; left > 0; left--) {
      const { caller, called } = memoryLinks(siege.world.clock)
      siege.world.server.acceptPhone(called, STRANGER)
      caller.open({ frame: () => undefined, close: () => undefined })
      caller.send(
        siege.random.oneIn(4)
          ? notEmpty(siege.hostile('relay-frame'))
          : siege.hostileText(siege.random.pick(PHONE_TARGETS)),
      )
      await siege.world.pass(PAUSE_MS / 20)
      caller.close(1000, '')
    }
    await siege.world.pass(PAUSE_MS)
  },

  /** A phone that is attached speaks nonsense: what it says is replaced on the way. */
  phoneToServer: (siege, frames) =>
    siege.altering(
      { at: 'server', far: `phone:${siege.story.alice.number}`, way: 'in' },
      nonsense(siege, 'phone'),
      frames / 5,
    ),

  /** A server that speaks nonsense to a phone. */
  serverToPhone: (siege, frames) =>
    siege.altering(
      { at: `phone:${siege.story.alice.number}`, way: 'in' },
      nonsense(siege, 'server'),
      frames / 5,
    ),

  /** Mail of another phone with its Signal message, receipt or notice changed. */
  mail: (siege, frames) =>
    siege.altering(
      {
        at: `phone:${siege.story.alice.number}`,
        way: 'in',
        frame: 'text',
        where: (frame) => String(frame).includes('"delivery"'),
      },
      (frame) => changedMail(siege, String(frame)),
      frames / 5,
    ),

  /** The server's HTTP: any method and address, and JSON where a body belongs. */
  async http(siege, frames) {
    const { world, random } = siege
    for (let left = frames; left > 0; left--) {
      const method = random.pick(METHODS)
      const path = random.oneIn(3) ? siege.hostileText('jid').replace(/[^\x21-\x7e]/g, '%') : ''
      const range = `bytes=${siege.hostileText('jid-number')}`.replace(/[^\x21-\x7e]/g, '-')
      const body = ['POST', 'PUT'].includes(method) && {
        payload: siege.hostileText(random.pick(['json-message', 'receipt'])),
        headers: { 'content-type': 'application/json' },
      }
      const request = { method, url: `${random.pick(URLS)}${path}`, headers: { range }, ...body }
      const { statusCode } = await world.finish(world.during(() => world.server.app.inject(request)))
      if (statusCode >= 500) throw new Error(`${statusCode} for ${JSON.stringify(request)}`)
    }
  },
}

const STRANGER: PeerFacts = { address: '192.0.2.1', userAgent: 'stranger', door: 'plain' }
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] as const
const URLS = [
  '/',
  '/v1/register',
  '/v1/register/confirm',
  '/sim/sms/',
  '/mms/image/',
  '/mms/video/x',
  '/pictures/',
  '/healthz',
  '/nowhere/',
]

function notEmpty(bytes: Uint8Array): Uint8Array {
  return bytes.length > 0 ? bytes : Uint8Array.of(0)
}

/** What replaces a frame: one that the other side has to refuse, so that nothing is said in the victim's name. */
function nonsense(siege: Siege, from: 'phone' | 'server'): (frame: Frame) => Frame {
  return (frame) => {
    if (typeof frame !== 'string') return notEmpty(siege.hostile('relay-frame'))
    const text = siege.hostileText(`link-message-of-${from}`)
    return isLinkMessage(text, from) ? '{"type":"nonsense"}' : text
  }
}

function isLinkMessage(text: string, from: 'phone' | 'server'): boolean {
  try {
    parseLinkMessage(text, from)
    return true
  } catch {
    return false
  }
}

function changedMail(siege: Siege, text: string): string {
  siege.frames++
  const message = JSON.parse(text) as { body: string }
  const { random } = siege
  const input = parseBase64(message.body)
  const body = mutate(input, { random, tokens: TOKENS, maxBytes: MOST_BYTES, other: () => input })
  return JSON.stringify({ ...message, body: formatBase64(body) })
}
