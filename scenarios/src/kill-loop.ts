/**
 * The whole system under kill -9: relay and two phones programs as processes, people and linked browsers who write in
 * both directions, and somebody who kills one of them again and again. In the end all files are looked at.
 */
import { type Entropy, fraction, seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { type KilledBrowser, killedBrowser } from './killed-browser.ts'
import { jidOf, phonesHttp, type PhonesHttp } from './phones-http.ts'
import { judgeFiles, type Person, phonesFolderOf, type Verdict } from './kill-verdict.ts'
import { type Program, startPhones, startServer } from './programs.ts'

export interface KillLoopOptions {
  readonly seed: string
  readonly folder: string
  /** How many messages are written, by people and browsers together. */
  readonly messages: number
  /** Told every few seconds how far it is. */
  readonly tell?: (line: string) => void
  /** Ends the writing early; what was written until then is judged. */
  readonly enough?: AbortSignal
}

export interface KillLoopResult extends Verdict {
  readonly kills: Readonly<Record<Victim, number>>
  readonly seconds: number
}

type Victim = 'server' | 'phones' | 'browser'

/** Who dies how often, of eight. */
const VICTIMS: readonly Victim[] = [...Array<Victim>(5).fill('server'), 'phones', 'phones', 'browser']
const PAIRS = 4
const LANES = 3
const BROWSERS = 2
/** A person pauses while more than this has not arrived: the mailbox has a share for each sender. */
const UNDER_WAY = 400
/** What a browser has written ahead of its phone. */
const BROWSER_AHEAD = 10
/** Messages from one kill to the next. */
const GAP = { least: 300, most: 1_700 }
/** The kill comes within so many ms of the message that is due for it. */
const SPREAD_MS = 100
const LOOK_MS = 50
const COUNT_MS = 250
const SETTLE_MS = 600_000
const TELL_MS = 5_000

/** Those who write, in pairs. */
export const killPeople: readonly Person[] = Array.from({ length: PAIRS }, (_, pair) => {
  const [a, b] = [`1555000${pair}001`, `1555000${pair}002`]
  return [{ number: a, other: b, home: 0 } as const, { number: b, other: a, home: 1 } as const]
}).flat()

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export async function killLoop(options: KillLoopOptions): Promise<KillLoopResult> {
  const loop = new KillLoop(options)
  try {
    return await loop.run()
  } finally {
    await loop.end()
  }
}

class KillLoop {
  readonly #options: KillLoopOptions
  readonly #chance: Entropy
  readonly #kills = { server: 0, phones: 0, browser: 0 }
  /** Texts that their writer was answered for, by writer. */
  readonly #answered = new Map<string, string[]>()
  /** How many messages of a writer have arrived, as far as is known. */
  readonly #arrived = new Map<string, number>()
  #server: Program | null = null
  readonly #phones: (Program | null)[] = [null, null]
  readonly #http: PhonesHttp[] = []
  readonly #ports: string[] = []
  #serverPort = '0'
  #browsers: KilledBrowser[] = []
  #left: number
  #writing = true

  constructor(options: KillLoopOptions) {
    this.#options = options
    this.#chance = seededEntropy(options.seed)
    this.#left = options.messages
    options.enough?.addEventListener('abort', () => (this.#left = 0))
    for (const { number } of killPeople) this.#answered.set(number, [])
  }

  async run(): Promise<KillLoopResult> {
    const from = performance.now()
    await this.#begin()
    const others = [this.#kill(), this.#tell(), ...killPeople.map((one) => this.#count(one))]
    await Promise.all([...killPeople.flatMap((one) => this.#lanes(one)), ...this.#browserLanes()])
    this.#writing = false
    await Promise.all(others)
    await this.#settled()
    const seconds = (performance.now() - from) / 1000
    for (const browser of this.#browsers) browser.kill()
    for (const program of [...this.#phones, this.#server]) await program?.stop()
    const verdict = await judgeFiles(this.#options.folder, killPeople, this.#answered)
    return { ...verdict, kills: this.#kills, seconds }
  }

  async end(): Promise<void> {
    this.#writing = false
    for (const browser of this.#browsers) browser.kill()
    for (const program of [...this.#phones, this.#server]) await program?.kill()
  }

  async #begin(): Promise<void> {
    await this.#startServer()
    for (const home of [0, 1] as const) await this.#startPhones(home)
    for (const { number, other, home } of killPeople) {
      const { ask } = this.#http[home]
      await ask('POST', '/phones', { number, name: number })
      // receipts go to whom one knows
      await ask('POST', `/phones/${number}/contacts`, { number: other, name: other })
    }
    for (let n = 0; n < BROWSERS; n++) {
      const person = killPeople[n]
      const browser = killedBrowser(this.#server!.url, `${this.#options.seed} ${n}`)
      this.#browsers.push(browser)
      await browser.pair((qr) =>
        this.#http[person.home].ask('POST', `/phones/${person.number}/scan`, {
          qr,
          consent: { grant: true },
        }),
      )
    }
  }

  async #startServer(): Promise<void> {
    const program = await startServer(this.#options.folder, { TETHER_SERVER_PORT: this.#serverPort })
    this.#serverPort = new URL(program.url).port
    this.#server = program
  }

  async #startPhones(home: 0 | 1): Promise<void> {
    const url = `http://127.0.0.1:${this.#serverPort}`
    const folder = phonesFolderOf(this.#options.folder, home)
    const program = await startPhones(folder, url, 'a passphrase', {
      TETHER_PHONES_PORT: this.#ports[home] ?? '0',
      TETHER_RECEIPT_DELAY_MS: String(limit('RECEIPT_DELAY_MS')),
    })
    this.#ports[home] = new URL(program.url).port
    this.#http[home] = phonesHttp(program.url)
    this.#phones[home] = program
  }

  /** Somebody dies at instants of the seed until nobody writes any more; it starts again at once. */
  async #kill(): Promise<void> {
    const upTo = (most: number): number => Math.floor(fraction(this.#chance) * most)
    for (let due = this.#left; this.#writing;) {
      due -= GAP.least + upTo(GAP.most - GAP.least)
      const late = upTo(SPREAD_MS)
      while (this.#writing && this.#left > due) await pause(LOOK_MS)
      await pause(late)
      await this.#killOne(VICTIMS[upTo(VICTIMS.length)], upTo)
    }
  }

  async #killOne(victim: Victim, upTo: (most: number) => number): Promise<void> {
    this.#kills[victim]++
    if (victim === 'server') {
      await this.#server!.kill()
      await this.#startServer()
    } else if (victim === 'phones') {
      const home = upTo(2) as 0 | 1
      await this.#phones[home]!.kill()
      await this.#startPhones(home)
    } else {
      const browser = this.#browsers[upTo(BROWSERS)]
      browser.kill()
      browser.open()
    }
  }

  async #tell(): Promise<void> {
    for (let last = performance.now(); this.#writing; await pause(LOOK_MS)) {
      if (performance.now() - last < TELL_MS) continue
      last = performance.now()
      const { server, phones, browser } = this.#kills
      this.#options.tell?.(
        `${this.#left} to write; killed: ${server} server, ${phones} phones, ${browser} browser`,
      )
    }
  }

  /** What a person has not seen is what has arrived: nobody reads. */
  async #count({ number, other, home }: Person): Promise<void> {
    for (; this.#writing; await pause(COUNT_MS)) {
      const chats = await this.#http[1 - home]
        .ask<{ unread: number }[]>('GET', `/phones/${other}/chats`)
        .catch(() => [])
      if (chats.length > 0) this.#arrived.set(number, chats[0].unread)
    }
  }

  #underWay(number: string): number {
    return this.#answered.get(number)!.length - (this.#arrived.get(number) ?? 0)
  }

  #lanes(person: Person): Promise<void>[] {
    return Array.from({ length: LANES }, async (_, lane) => {
      for (let n = 1; this.#left > 0; n++) {
        this.#left--
        const text = `${person.number} lane ${lane} ${n}`
        // written until it is answered: an attempt without an answer may have been stored, under a text of its own
        for (let attempt = 0; !(await this.#write(person, `${text}.${attempt}`)); attempt++)
          await pause(LOOK_MS)
        while (this.#underWay(person.number) > UNDER_WAY) await pause(LOOK_MS)
      }
    })
  }

  async #write({ number, other, home }: Person, text: string): Promise<boolean> {
    try {
      await this.#http[home].write(number, other, text)
    } catch {
      return false
    }
    this.#answered.get(number)!.push(text)
    return true
  }

  #browserLanes(): Promise<void>[] {
    return this.#browsers.map(async (browser, n) => {
      const { number, other } = killPeople[n]
      for (let k = 1; this.#left > 0; k++) {
        this.#left--
        const text = `${number} browser ${k}`
        browser.send(jidOf(other), text)
        this.#answered.get(number)!.push(text)
        while (browser.waiting() > BROWSER_AHEAD) await pause(LOOK_MS)
      }
    })
  }

  /** Everything that was written has its tick, or the time is over. */
  async #settled(): Promise<void> {
    const end = performance.now() + SETTLE_MS
    for (const { number, other, home } of killPeople) {
      const path = `/phones/${number}/chats/${jidOf(other)}/messages?limit=2000`
      for (; performance.now() < end; await pause(LOOK_MS * 4)) {
        const messages = await this.#http[home]
          .ask<{ fromMe: boolean; status: string }[]>('GET', path)
          .catch(() => null)
        const isOver = messages?.every(({ fromMe, status }) => !fromMe || status === 'delivered')
        if (isOver && this.#browsers.every((browser) => browser.waiting() === 0)) break
      }
    }
    await pause(1_000) // the last words of both sides about receipts
  }
}
