/**
 * Every row of proto/src/crash-points in one world: its party is killed at that instant, what is left in the files of all
 * is compared with the table, it starts again, and everything goes on: each message once, in order, audit whole.
 */
import type { Test } from 'tap'
import { ALICE, BOB, MortalWorld, RELAY_PARTY, type Snapshot } from 'harness'
import {
  type CrashParty,
  type CrashPoint,
  loginCrashes,
  mailCrashes,
  type MailLeft,
  relayCrashes,
} from 'proto/crash-points'
import { fraction, seededEntropy } from 'proto/entropy'
import type { Client } from 'web-client'
import { ALICE_JID, BOB_JID } from './backstory.ts'
import { type Browsers, browsersOf } from './browser.ts'

type Row<T> = T & { readonly point: CrashPoint; readonly dies: CrashParty; readonly row: string }

const PARTIES: Readonly<Record<CrashParty, string>> = {
  sender: ALICE.number,
  server: RELAY_PARTY,
  recipient: BOB.number,
}
const STATUS = ['failed', 'pending', 'server', 'delivered', 'read'] as const
/** Longer than anybody waits before trying again. */
const SETTLE_MS = 40_000

/** The rows of a table, each with its point, in an order of the seed. */
function rowsOf<T extends { readonly dies: CrashParty; readonly row: string }>(
  table: Readonly<Record<string, readonly T[]>>,
  seed: string,
): Row<T>[] {
  const chance = seededEntropy(seed).fork('order')
  return Object.entries(table)
    .flatMap(([point, rows]) => rows.map((row) => ({ ...row, point: point as CrashPoint })))
    .map((row) => ({ row, place: fraction(chance) }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row)
}

export class CrashStory {
  readonly #t: Test
  readonly #seed: string
  readonly #world: MortalWorld
  readonly #browsers: Browsers
  /** What Alice wrote to Bob and Bob to Alice, in order. */
  readonly #written: { alice: string[]; bob: string[] } = { alice: [], bob: [] }
  #count = 0
  rows = 0

  private constructor(t: Test, seed: string, world: MortalWorld) {
    this.#t = t
    this.#seed = seed
    this.#world = world
    this.#browsers = browsersOf(world)
  }

  /** Two phones that know each other. */
  static async begin(t: Test, seed: string): Promise<CrashStory> {
    const world = await MortalWorld.create({ seed, phones: [ALICE, BOB] })
    const story = new CrashStory(t, seed, world)
    t.teardown(async () => {
      story.#browsers.stop()
      await world.stop()
    })
    await story.#goOn('begin')
    return story
  }

  async mail(): Promise<void> {
    for (const row of rowsOf(mailCrashes, this.#seed)) {
      const name = this.#begin(row)
      const text = `message ${name}`
      this.#plan(row.dies, row.point, row.pass)
      const sending = this.#alice.sendText(BOB.number, text).catch(() => undefined)
      await this.#world.until(() => this.#world.dead !== null)
      this.#t.strictSame(await this.#look((files) => mailLeft(files, text)), row.left, `what is left ${name}`)
      if (row.shown === 1) this.#written.alice.push(text)
      await this.#restart()
      await sending
      await this.#goOn(name)
    }
  }

  async relay(): Promise<void> {
    const page = await this.#browsers.pair('page', this.#alice)
    await this.#world.pace.pass(SETTLE_MS)
    for (const row of rowsOf(relayCrashes, this.#seed)) {
      const name = this.#begin(row)
      const texts = [`browser ${name} one`, `browser ${name} two`, `browser ${name} three`]
      this.#plan(row.dies, row.point)
      page.send(BOB_JID, texts[0])
      await this.#world.until(() => this.#world.dead !== null)
      const taken = await this.#look((files) => messagesOf(files, 'alice').includes(texts[0]))
      this.#t.equal(taken, row.taken, `whether the phone has it ${name}`)
      this.#written.alice.push(...texts)
      for (const text of texts.slice(1)) page.send(BOB_JID, text) // nothing newer may come before the first
      await this.#restart()
      await this.#world.until(() => texts.every((text) => tickOf(page, text) === 'delivered'))
      await this.#goOn(name)
    }
    this.#t.strictSame(
      page
        .messages(BOB_JID)
        .filter(({ fromMe }) => fromMe)
        .map(({ text }) => text)
        .filter((text) => text.startsWith('browser')),
      this.#written.alice.filter((text) => text.startsWith('browser')),
      'the page shows them once and in order',
    )
    await this.#world.finish(this.#alice.unpairAll())
    page.stop()
  }

  async logins(): Promise<void> {
    for (const row of rowsOf(loginCrashes, this.#seed)) {
      const name = this.#begin(row)
      const isPairing = row.point.startsWith('pairing')
      const page = this.#browsers.open(`page ${name}`)
      await this.#world.finish(page.start())
      await this.#world.until(() => page.qr !== null)
      const pair = () => this.#alice.scan(page.qr!.text, { grant: true }).catch(() => undefined)
      if (!isPairing) {
        await this.#world.finish(pair())
        await this.#world.until(() => page.state === 'open')
      }
      this.#plan(row.dies, row.point)
      const asked: Promise<unknown> = isPairing ? pair() : this.#alice.unpairAll().catch(() => undefined)
      await this.#world.until(() => this.#world.dead !== null)
      const { server, phone, end } = row
      this.#t.strictSame(await this.#look(loginsLeft), { server, phone }, `who knows of the login ${name}`)
      await this.#restart()
      await this.#world.finish(asked)
      await this.#world.pace.pass(SETTLE_MS)
      this.#t.strictSame(await this.#now(loginsLeft), { server: end, phone: end }, `both agree ${name}`)
      this.#t.equal(page.state === 'open', end, `the browser is open, or is not, ${name}`)
      await this.#goOn(name)
      await this.#world.finish(this.#alice.unpairAll())
      page.stop()
      await this.#world.pace.pass(SETTLE_MS)
    }
  }

  get #alice() {
    return this.#world.phone(ALICE.number)
  }

  #begin({ point, dies, row }: Row<{ readonly pass?: number }>): string {
    this.rows++
    return `[${point}, the ${dies} dies: ${row}; ${++this.#count}]`
  }

  #plan(dies: CrashParty, point: CrashPoint, pass?: number): void {
    this.#world.plan(PARTIES[dies], point, pass)
  }

  async #restart(): Promise<void> {
    await this.#world.pace.pass(5)
    await this.#world.restart()
  }

  /** Three more each way; then both phones have the same, once and in order, and nothing waits anywhere. */
  async #goOn(name: string): Promise<void> {
    const [alice, bob] = [this.#world.phone(ALICE.number), this.#world.phone(BOB.number)]
    for (let n = 1; n <= 3; n++) {
      for (const [phone, to, own] of [
        [alice, BOB, this.#written.alice],
        [bob, ALICE, this.#written.bob],
      ] as const) {
        const text = `${own === this.#written.alice ? 'A' : 'B'} ${n} ${name}`
        own.push(text)
        await this.#world.finish(phone.sendText(to.number, text))
      }
    }
    await this.#world.pace.pass(SETTLE_MS)
    await this.#now(async (files) => {
      for (const side of ['alice', 'bob'] as const) {
        const [own, other] = side === 'alice' ? (['alice', 'bob'] as const) : (['bob', 'alice'] as const)
        const written = this.#written[side]
        this.#t.strictSame(messagesOf(files, own), written, `${side} has what was written ${name}`)
        this.#t.strictSame(receivedBy(files, other), written, `the other has it once and in order ${name}`)
        this.#t.strictSame(ticksOf(files, own), ['delivered'], `all of it is ticked ${name}`)
        this.#t.equal(files.phone(numberOf(side)).outbox.range(), null, `no outbox holds anything ${name}`)
        this.#t.strictSame(await files.server().mail.waiting(numberOf(side)), { mails: 0, bytes: 0 })
      }
      this.#t.strictSame(await auditGaps(files), [], `no effect without its audit row ${name}`)
    })
  }

  async #look<T>(look: (files: Snapshot) => T | Promise<T>): Promise<T> {
    return lookAt(await this.#world.left(), look)
  }

  async #now<T>(look: (files: Snapshot) => T | Promise<T>): Promise<T> {
    return lookAt(await this.#world.now(), look)
  }
}

async function lookAt<T>(files: Snapshot, look: (files: Snapshot) => T | Promise<T>): Promise<T> {
  try {
    return await look(files)
  } finally {
    await files.close()
  }
}

type Side = 'alice' | 'bob'

const numberOf = (side: Side): string => (side === 'alice' ? ALICE : BOB).number
const MANY = 10_000

function rowsIn(files: Snapshot, side: Side) {
  return files.phone(numberOf(side)).messages.before(side === 'alice' ? BOB_JID : ALICE_JID, null, MANY)
}

/** What this side has written, by its own history. */
function messagesOf(files: Snapshot, side: Side): string[] {
  return rowsIn(files, side).flatMap(({ fromMe, text }) => (fromMe ? [text] : []))
}

function receivedBy(files: Snapshot, side: Side): string[] {
  return rowsIn(files, side).flatMap(({ fromMe, text }) => (fromMe ? [] : [text]))
}

function ticksOf(files: Snapshot, side: Side): string[] {
  return [...new Set(rowsIn(files, side).flatMap(({ fromMe, status }) => (fromMe ? [STATUS[status]] : [])))]
}

async function mailLeft(files: Snapshot, text: string): Promise<MailLeft> {
  const [alice, bob] = [files.phone(ALICE.number), files.phone(BOB.number)]
  const own = rowsIn(files, 'alice').find((row) => row.text === text)
  const waiting = await files.server().mail.page(BOB.number, 0, MANY)
  const count = (rows: readonly unknown[]) => rows.length as 0 | 1
  return {
    outbox: count(alice.outbox.from(0, MANY).filter(({ kind }) => kind !== 'receipt')),
    mailbox: count(waiting.filter(({ kind }) => kind !== 'receipt')),
    inbox: count(rowsIn(files, 'bob').filter((row) => row.text === text)),
    receipt: count(bob.outbox.from(0, MANY).filter(({ kind }) => kind === 'receipt')),
    tick: own ? (STATUS[own.status] as MailLeft['tick']) : null,
  }
}

async function loginsLeft(files: Snapshot): Promise<{ server: boolean; phone: boolean }> {
  const known = await files.server().logins.list(ALICE.number)
  const linked = files.phone(ALICE.number).vault.names('companion/')
  return { server: known.length > 0, phone: linked.length > 0 }
}

/** Effects without their audit row and rows without their effect, on the server and on the phone; and broken chains. */
async function auditGaps(files: Snapshot): Promise<string[]> {
  const server = files.server()
  const { broken } = await server.audit.verify()
  const kinds = (await server.audit.page(0, 100_000)).map(({ kind }) => kind)
  const times = (...wanted: string[]) => kinds.filter((kind) => wanted.includes(kind)).length
  const open = (await server.logins.list(ALICE.number)).length
  const ended = times('unpair', 'logout', 'loginReplaced', 'loginExpired')
  const phone = files.phone(ALICE.number)
  const records = phone.audit.last(100_000).map(({ kind }) => kind)
  const linked = records.filter((kind) => kind === 'companion.linked').length
  const unlinked = records.filter((kind) => kind === 'companion.ended').length
  const companions = phone.vault.names('companion/').length
  return [
    ...(broken === null ? [] : [`the chain is broken at ${broken.row}: ${broken.reason}`]),
    ...(times('register') === 2 ? [] : [`${times('register')} registrations of two phones`]),
    ...(times('pair') - ended === open ? [] : [`${times('pair')} paired, ${ended} ended, ${open} there`]),
    ...(linked - unlinked === companions ? [] : [`${linked} linked, ${unlinked} ended, ${companions} there`]),
  ]
}

function tickOf(page: Client, text: string): string | null | undefined {
  return page.messages(BOB_JID).find((message) => message.text === text)?.status
}
