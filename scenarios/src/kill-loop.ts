/**
 * The whole system under kill -9: relay and two phones programs as processes, people and linked browsers who write in
 * both directions, and somebody who kills one of them again and again. In the end all files are looked at.
 */
import { type Entropy, fraction, seededEntropy } from 'proto/entropy'
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
}

export interface KillLoopResult extends Verdict {
  readonly kills: Readonly<Record<Victim, number>>
  readonly seconds: number
}

type Victim = 'server' | 'phones' | 'browser'

const PAIRS = 4
const LANES = 2
/** A lane goes on when so many of its messages have arrived; mailboxes have a share for each sender. */
const AT_ONCE = 100
const BROWSERS = 2
const GAP_MS = { least: 700, most: 3_000 }
const LOOK_MS = 50
const SETTLE_MS = 120_000
const TELL_MS = 5_000

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
  readonly #people: Person[] = []
  readonly #kills = { server: 0, phones: 0, browser: 0 }
  /** Texts that their writer was answered for, by writer. */
  readonly #answered = new Map<string, string[]>()
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
    for (let pair = 0; pair < PAIRS; pair++) {
      const [a, b] = [`1555000${pair}001`, `1555000${pair}002`]
      this.#people.push({ number: a, other: b, home: 0 }, { number: b, other: a, home: 1 })
      for (const number of [a, b]) this.#answered.set(number, [])
    }
  }

  async run(): Promise<KillLoopResult> {
    const from = performance.now()
    await this.#begin()
    const killing = this.#kill()
    const telling = this.#tell()
    await Promise.all([...this.#people.flatMap((one) => this.#lanes(one)), ...this.#browserLanes()])
    this.#writing = false
    await Promise.all([killing, telling])
    await this.#settled()
    const seconds = (performance.now() - from) / 1000
    for (const browser of this.#browsers) browser.kill()
    for (const program of [...this.#phones, this.#server]) await program?.stop()
    const verdict = await judgeFiles(this.#options.folder, this.#people, this.#answered)
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
    for (const { number, home } of this.#people)
      await this.#http[home].ask('POST', '/phones', { number, name: number })
    for (let n = 0; n < BROWSERS; n++) {
      const person = this.#people[n]
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
    })
    this.#ports[home] = new URL(program.url).port
    this.#http[home] = phonesHttp(program.url)
    this.#phones[home] = program
  }

  /** Somebody dies at instants of the seed until nobody writes any more; it starts again at once. */
  async #kill(): Promise<void> {
    const upTo = (most: number): number => Math.floor(fraction(this.#chance) * most)
    while (this.#writing) {
      await pause(GAP_MS.least + upTo(GAP_MS.most - GAP_MS.least))
      const victim = (['server', 'server', 'phones', 'browser'] as const)[upTo(4)]
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

  #lanes(person: Person): Promise<void>[] {
    return Array.from({ length: LANES }, async (_, lane) => {
      for (let n = 1; this.#left > 0; n++) {
        this.#left--
        const text = `${person.number} lane ${lane} ${n}`
        // written until it is answered: an attempt without an answer may have been stored, under a text of its own
        for (let attempt = 0; !(await this.#write(person, `${text}.${attempt}`)); attempt++)
          await pause(LOOK_MS)
        if (n % AT_ONCE === 0) await this.#arrived(person)
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
      const { number, other } = this.#people[n]
      for (let k = 1; this.#left > 0; k++) {
        this.#left--
        const text = `${number} browser ${k}`
        browser.send(jidOf(other), text)
        this.#answered.get(number)!.push(text)
        while (browser.waiting() > 5) await pause(LOOK_MS)
      }
    })
  }

  /** The newest message of a person has arrived. */
  async #arrived({ number, other, home }: Person, until = Infinity): Promise<boolean> {
    const newest = async (http: PhonesHttp, of: string, from: string, fromMe: boolean) => {
      const path = `/phones/${of}/chats/${jidOf(from)}/messages?limit=200`
      const messages = await http.ask<{ id: string; fromMe: boolean; status: string }[]>('GET', path)
      return messages.filter((message) => message.fromMe === fromMe)
    }
    const wanted = await newest(this.#http[home], number, other, true).catch(() => [])
    const last = wanted.at(-1)
    while (last && performance.now() < until) {
      const here = await newest(this.#http[1 - home], other, number, false).catch(() => [])
      if (here.some(({ id }) => id === last.id) || here.length === 0) return true
      await pause(LOOK_MS)
    }
    return false
  }

  /** Everything that was written has its tick, or the time is over. */
  async #settled(): Promise<void> {
    const end = performance.now() + SETTLE_MS
    for (const { number, other, home } of this.#people) {
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
