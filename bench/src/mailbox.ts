/**
 * Mail in the store of one node: messages a second that are on the disk when they are acknowledged, against the same
 * rows written by bare SQLite in transactions of the same size; what a message costs in a small store and in a large
 * one; and how long a server with a million mails takes until it is ready.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Binding from 'libsql'
import { realClock, systemEntropy } from 'proto/system'
import { openStores } from 'server/store-sqlite'
import type { Owner, Stores } from 'server/stores'
import { startServer } from 'scenarios/programs'
import type { Row } from './samples.ts'

interface Compared extends Row {
  readonly theirs?: number
  readonly ratio?: number
}

/** A sealed text message of a few words. */
const BODY = new Uint8Array(300).fill(0x61)
/** Handed in during one turn of the event loop; one commit. */
const AT_ONCE = 64
const ROUND_MAILS = 6_400
const ROUNDS = 7
const RECIPIENTS = 100
const SENDER = '15550000000'
const SMALL = 1_000
const LARGE = 1_000_000
const ACCOUNTS = 1_000
/** Who has filled a mailbox. */
const SENDERS = 50

export async function benchMailbox(): Promise<{ rows: Compared[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'tether-bench-mail-'))
  try {
    return {
      rows: [
        ...(await durable(folder)),
        ...(await growth(folder)),
        ...(await accounts(folder)),
        await restart(folder),
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Turn and turn about: AT_ONCE mails handed in together, until a round is through; medians. */
async function durable(folder: string): Promise<Compared[]> {
  const [own, bare] = [join(folder, 'own', 'server.db'), join(folder, 'bare', 'server.db')]
  const sender = await Sender.open(own, RECIPIENTS)
  await (await Sender.open(bare, RECIPIENTS)).close()
  const raw = new RawWriter(bare)
  const rates = { ours: [] as number[], theirs: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = await perSecond(ROUND_MAILS, () => sender.send(ROUND_MAILS))
    const theirs = await perSecond(ROUND_MAILS, () => raw.send(ROUND_MAILS))
    await sender.takeAll()
    raw.takeAll()
    if (round === 0) continue // warm-up
    rates.ours.push(ours)
    rates.theirs.push(theirs)
  }
  await sender.close()
  raw.close()
  const [ours, theirs] = [median(rates.ours), median(rates.theirs)]
  const ratio = median(rates.ours.map((rate, at) => rate / rates.theirs[at]))
  return [{ name: 'mail durable, 64 to a commit', ours, theirs, ratio, unit: 'mails/s' }]
}

/** The same messages in a store that holds little and in one that holds a million, turn and turn about. */
async function growth(folder: string): Promise<Compared[]> {
  const large = await Sender.open(join(folder, 'large', 'server', 'server.db'), RECIPIENTS, LARGE)
  const small = await Sender.open(join(folder, 'small', 'server.db'), RECIPIENTS, SMALL)
  const rows = await turnAbout('mail stored and taken, CPU, a million kept over a thousand', large, small)
  await small.close()
  await large.close()
  return rows
}

async function accounts(folder: string): Promise<Compared[]> {
  const many = await Sender.open(join(folder, 'many', 'server.db'), ACCOUNTS)
  const one = await Sender.open(join(folder, 'one', 'server.db'), 1)
  const rows = await turnAbout('mail stored and taken, CPU, a thousand accounts over one', many, one)
  await many.close()
  await one.close()
  return rows
}

async function turnAbout(name: string, large: Sender, small: Sender): Promise<Compared[]> {
  const costs = { ours: [] as number[], theirs: [] as number[] }
  const mails = 1_920 // below what one mailbox takes of one sender
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [which, sender] of [
      ['ours', large],
      ['theirs', small],
    ] as const) {
      const before = process.cpuUsage()
      await sender.exchange(mails)
      const { user, system } = process.cpuUsage(before)
      if (round > 0) costs[which].push((user + system) / mails)
    }
  }
  const [ours, theirs] = [median(costs.ours), median(costs.theirs)]
  return [{ name, ours, theirs, ratio: ours / theirs, unit: 'µs' }]
}

/** The real program, on the file that `growth` left behind. */
async function restart(folder: string): Promise<Row> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const server = await startServer(join(folder, 'large'))
    times.push(server.startMs)
    await server.stop()
  }
  return { name: 'server with a million mails, start to ready', ours: median(times), unit: 'ms' }
}

/** A phone that sends to many others, through the stores of the server. */
class Sender {
  readonly #stores: Stores
  readonly #owner: Owner
  readonly #recipients: readonly Owner[]
  #n: number

  private constructor(stores: Stores, owner: Owner, n: number, recipients: readonly Owner[]) {
    this.#stores = stores
    this.#owner = owner
    this.#n = n
    this.#recipients = recipients
  }

  /** Opens a store with so many accounts, and so many mails of others in further mailboxes. */
  static async open(path: string, recipients: number, kept = 0): Promise<Sender> {
    const stores = await openStores(path, { clock: realClock, entropy: systemEntropy })
    const { owner, lastSent } = await attach(stores, SENDER)
    const owners: Owner[] = []
    for (let at = 0; at < recipients; at++) owners.push((await attach(stores, numberOf(at))).owner)
    if (kept === 0) return new Sender(stores, owner, lastSent, owners)
    await stores.close()
    fill(path, kept)
    const again = await openStores(path, { clock: realClock, entropy: systemEntropy })
    return new Sender(again, owner, lastSent, owners)
  }

  async send(mails: number): Promise<void> {
    for (let done = 0; done < mails; done += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.#sendOne()))
  }

  /** Each mail is taken by itself, as a phone that reads along does. */
  async exchange(mails: number): Promise<void> {
    const one = async (): Promise<void> => {
      const { to, seq } = await this.#sendOne()
      await this.#stores.mail.take(to, seq)
    }
    for (let done = 0; done < mails; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, one))
  }

  async #sendOne(): Promise<{ to: Owner; seq: number }> {
    const n = ++this.#n
    const owner = this.#recipients[n % this.#recipients.length]
    const to = owner.number
    const mail = { n, to, mail: `mail ${n}`, kind: 'whisper', body: BODY, at: realClock.now() } as const
    const result = await this.#stores.mail.deposit(this.#owner, mail)
    if (result.kind !== 'stored') throw new Error(`mail ${n}: ${result.kind}`)
    return { to: owner, seq: result.seq }
  }

  /** Every recipient takes what is there. */
  async takeAll(): Promise<void> {
    await Promise.all(this.#recipients.map((owner) => this.#stores.mail.take(owner, Number.MAX_SAFE_INTEGER)))
  }

  close(): Promise<void> {
    return this.#stores.close()
  }
}

/**
 * Writes what a stored mail leaves in the file and nothing else, a statement for each row: no promise, no rule, no
 * trigger.
 */
class RawWriter {
  readonly #db: Binding.Database
  readonly #counter: Binding.Statement
  readonly #mailbox: Binding.Statement
  readonly #share: Binding.Statement
  readonly #mail: Binding.Statement
  #n = 0n
  readonly #seqs = Array.from({ length: RECIPIENTS }, () => 0n)

  constructor(path: string) {
    this.#db = new Binding(path)
    for (const pragma of [
      'locking_mode = EXCLUSIVE',
      'journal_mode = WAL',
      'synchronous = FULL',
      'foreign_keys = ON',
    ])
      this.#db.exec(`PRAGMA ${pragma}`)
    this.#db.exec('DROP TRIGGER mailStored; DROP TRIGGER mailDeleted')
    this.#counter = this.#db.prepare('UPDATE mailboxes SET lastSent = ? WHERE number = ?')
    this.#mailbox = this.#db.prepare(
      'UPDATE mailboxes SET seq = ?, mails = mails + 1, bytes = bytes + ? WHERE number = ?',
    )
    this.#share = this.#db.prepare(
      'INSERT INTO mailShares (recipient, sender, mails) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET mails = mails + 1',
    )
    this.#mail = this.#db.prepare(
      'INSERT INTO mail (recipient, seq, sender, mail, kind, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
  }

  async send(mails: number): Promise<void> {
    for (let done = 0; done < mails; done += AT_ONCE) {
      this.#db.exec('BEGIN IMMEDIATE')
      for (let at = 0; at < AT_ONCE; at++) this.#writeOne()
      this.#db.exec('COMMIT')
      await Promise.resolve()
    }
  }

  #writeOne(): void {
    const n = ++this.#n
    const at = Number(n) % RECIPIENTS
    const to = numberOf(at)
    const seq = ++this.#seqs[at]
    this.#counter.run([n, SENDER])
    this.#mailbox.run([seq, BigInt(BODY.length), to])
    this.#share.run([to, SENDER])
    this.#mail.run([to, seq, SENDER, `mail ${n}`, 'whisper', BODY, BigInt(realClock.now())])
  }

  takeAll(): void {
    this.#db.exec('DELETE FROM mail; DELETE FROM mailShares; UPDATE mailboxes SET mails = 0, bytes = 0')
  }

  close(): void {
    this.#db.exec('PRAGMA journal_mode = DELETE')
    this.#db.close()
  }
}

/** Mail of others, by the thousand in mailboxes of their own, put into the file as the server leaves it. */
function fill(path: string, mails: number): void {
  const db = new Binding(path)
  const each = Math.min(mails, 10_000)
  db.exec('PRAGMA foreign_keys = OFF; BEGIN')
  const insert = db.prepare(
    'INSERT INTO mail (recipient, seq, sender, mail, kind, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const now = BigInt(realClock.now())
  for (let box = 0; box < mails / each; box++) {
    const to = `1666${String(box).padStart(7, '0')}`
    db.prepare(
      `INSERT INTO accounts (number, name, identityKey, registrationId, facts, epoch, registeredAt)
       SELECT ?, name, identityKey, registrationId, facts, epoch, registeredAt FROM accounts WHERE number = ?`,
    ).run([to, SENDER])
    db.prepare('INSERT INTO mailboxes VALUES (?, 0, 0, 0, 0)').run([to])
    for (let seq = 1; seq <= each; seq++)
      insert.run([to, BigInt(seq), otherOf(seq % SENDERS), `mail ${seq}`, 'whisper', BODY, now])
  }
  db.exec('COMMIT')
  db.close()
}

function otherOf(sender: number): string {
  return `1777${String(sender).padStart(7, '0')}`
}

async function attach(stores: Stores, number: string): Promise<{ owner: Owner; lastSent: number }> {
  const codeHash = sha256('code')
  const identityKey = Uint8Array.of(5, ...sha256(number))
  const at = realClock.now()
  if (!(await stores.accounts.find(number))) {
    await stores.accounts.requestCode({ number, codeHash, at })
    await stores.accounts.register({ number, codeHash, at, identityKey, registrationId: 1, name: 'Bench' })
  }
  const attached = await stores.accounts.attach({ number, identityKey, at })
  if (!attached) throw new Error(`${number} is not attached`)
  return attached
}

function numberOf(at: number): string {
  return `1555${String(at + 1).padStart(7, '0')}`
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return count / ((performance.now() - from) / 1_000)
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
