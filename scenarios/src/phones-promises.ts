/**
 * What the program with the phones has promised by what it said, and whether its disk can keep it: to the server what
 * is in an inbox, and to whoever asked what was written. Listens to the traced sockets.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase, type Database } from 'database'
import { phoneSchema } from 'phone-sim/sqlite-schema'
import type { LinkMessage } from 'proto/phone-link'
import { RELAY_HEADER_BYTES, RELAY_TEXT } from 'proto/phone-link'
import { damageOf } from './image-check.ts'
import { kindsOf } from './promise-kinds.ts'
import type { Utterance } from './traced-sockets.ts'

type Held = ReadonlySet<string>

interface PhoneDisk {
  readonly inbox: Held
  /** Chat, direction and id. */
  readonly messages: Held
  readonly outbox: Held
  readonly vault: Held
}

interface Vow {
  readonly number: string
  readonly text: string
  readonly kept: (disk: PhoneDisk) => boolean
}

const UNLINK = /^DELETE \/phones\/(\d+)\/companions\/([^ /]+)/

export class PhonesPromises {
  readonly #vows = new Map<string, Vow>()
  #newest: string | null = null
  readonly #numbers = new Map<string, string>()
  readonly #requests = new Map<string, Utterance>()
  /** Whose keys were asked for, by socket and request. */
  readonly #bundles = new Map<string, string>()
  /** What came to a number, until it is taken. */
  readonly #waiting = new Map<
    string,
    { readonly seq: number; readonly from: string; readonly mail: string }[]
  >()

  /** What was promised, by kind. */
  get kinds(): Readonly<Record<string, number>> {
    return kindsOf(this.#vows.keys())
  }

  take(spoken: Utterance): string | null {
    this.#newest = null
    if (spoken.head !== null) this.#http(spoken)
    else if (spoken.said) this.#said(spoken.socket, spoken.bytes)
    else this.#heard(spoken.socket, spoken.bytes)
    return this.#newest
  }

  /** What the image in `folder` (that of the phones' files) does not keep; empty when all is well. */
  broken(folder: string): Promise<string[]> {
    const numbers = new Set([...this.#vows.values()].map(({ number }) => number))
    return Promise.resolve([...numbers].flatMap((number) => this.#brokenOf(number, folder)))
  }

  #brokenOf(number: string, folder: string): string[] {
    const path = join(folder, `${number}.db`)
    if (!existsSync(join(folder, 'vault.key'))) return [`${number}: no key to the vault`]
    const db = openDatabase(path, phoneSchema)
    try {
      const disk = readDisk(db)
      const mine = [...this.#vows.values()].filter((vow) => vow.number === number && !vow.kept(disk))
      return [...damageOf(db), ...rowsOff(db), ...mine.map(({ text }) => text)].map(
        (text) => `${number}: ${text}`,
      )
    } finally {
      db.close()
    }
  }

  #vow(kind: string, number: string, key: string, kept: Vow['kept']): void {
    this.#newest = kind
    this.#vows.set(`${kind} ${number} ${key}`, { number, text: `${kind} ${key} is gone`, kept })
  }

  #heard(socket: string, bytes: Buffer): void {
    const message = linkMessageOf(bytes)
    const number = this.#numbers.get(socket)
    if (!message || number === undefined) return
    if (message.type === 'delivery') {
      const waiting = this.#waiting.get(number) ?? []
      this.#waiting.set(number, waiting)
      // a notice of the directory leaves no mark of its own
      if (message.kind !== 'notice') waiting.push(message)
    }
    if (message.type === 'reply') this.#bundleCame(`${socket} ${message.id}`, message.ok)
    if (message.type === 'loggedOut') this.#letGo(number, message.login)
    if (message.type === 'mailed' || message.type === 'mailRefused')
      this.#vows.delete(`sent ${number} ${message.n}`)
  }

  #said(socket: string, bytes: Buffer): void {
    const message = linkMessageOf(bytes)
    if (message?.type === 'attach') {
      this.#numbers.set(socket, message.number)
      this.#vow('attached', message.number, 'identity', ({ vault }) => vault.has('identity'))
    }
    const number = this.#numbers.get(socket)
    if (number === undefined) return
    if (!message) this.#relayed(number, bytes)
    else if (message.type === 'taken') this.#taken(number, message.seq)
    else if (message.type === 'bundle') this.#bundles.set(`${socket} ${message.id}`, message.number)
    else if (message.type === 'publish') {
      for (const { id } of message.prekeys)
        this.#vow('announced', number, `prekey/${id}`, ({ vault }) => vault.has(`prekey/${id}`))
    } else if (message.type === 'mail') {
      const n = String(message.n)
      this.#vow('sent', number, n, ({ outbox }) => outbox.has(n))
    }
  }

  /** Another phone has a one-time prekey of one that is here: it may be used up from now on. */
  #bundleCame(request: string, ok: unknown): void {
    const number = this.#bundles.get(request)
    const { prekey } = (ok ?? {}) as { readonly prekey?: { readonly id: number } }
    if (number !== undefined && prekey) this.#vows.delete(`announced ${number} prekey/${prekey.id}`)
  }

  #taken(number: string, seq: number): void {
    const waiting = this.#waiting.get(number) ?? []
    for (const { from, mail } of waiting.filter((each) => each.seq <= seq))
      this.#vow('taken', number, `${from} ${mail}`, ({ inbox }) => inbox.has(`${from} ${mail}`))
    this.#waiting.set(
      number,
      waiting.filter((each) => each.seq > seq),
    )
  }

  /** An answer to a browser that relayed a message: its tag is the id of the message. */
  #relayed(number: string, bytes: Buffer): void {
    if (bytes[1] !== RELAY_TEXT) return
    const [, id = '', body = ''] =
      /^([0-9A-F]{12,}),(.*)$/s.exec(bytes.toString('utf8', RELAY_HEADER_BYTES)) ?? []
    if (id === '' || (JSON.parse(body) as { status?: number }).status !== 200) return
    this.#vow('relayed', number, id, ({ messages }) => messages.has(id))
  }

  #http(spoken: Utterance): void {
    if (!spoken.said) {
      this.#requests.set(spoken.socket, spoken)
      const [, of, login] = UNLINK.exec(spoken.head ?? '') ?? []
      if (of !== undefined && login !== undefined) this.#letGo(of, login)
      return
    }
    const request = this.#requests.get(spoken.socket)
    const [, of, login] = UNLINK.exec(request?.head ?? '') ?? []
    if (of !== undefined && /^HTTP\/1.1 20[0-9]/.test(spoken.head ?? ''))
      this.#vow('unlinked', of, login, ({ vault }) => !vault.has(`companion/${login}`))
    const [, number, what] = /^POST \/phones\/(\d+)\/(messages|media|scan)\b/.exec(request?.head ?? '') ?? []
    if (number === undefined || !/^HTTP\/1.1 20[0-9]/.test(spoken.head ?? '')) return
    const { id } = JSON.parse(spoken.bytes.toString('utf8')) as { id: string }
    if (what === 'scan') this.#vow('linked', number, id, ({ vault }) => vault.has(`companion/${id}`))
    else this.#vow('written', number, id, ({ messages }) => messages.has(id))
  }

  /** A browser is let go on purpose. */
  #letGo(number: string, login: string): void {
    this.#vows.delete(`linked ${number} ${login}`)
  }
}

function linkMessageOf(bytes: Buffer): LinkMessage | null {
  return bytes[0] === 0x7b ? (JSON.parse(bytes.toString('utf8')) as LinkMessage) : null
}

function readDisk(db: Database): PhoneDisk {
  const set = (sql: string): Held => new Set(db.all<{ k: string | number }>(sql).map(({ k }) => String(k)))
  return {
    inbox: set("SELECT sender || ' ' || mail AS k FROM inbox"),
    messages: set('SELECT id AS k FROM message'),
    outbox: set('SELECT n AS k FROM outbox'),
    vault: set('SELECT name AS k FROM vault'),
  }
}

/** Rows that do not fit together: a message that cannot be searched, a file without its message, a double. */
function rowsOff(db: Database): string[] {
  const off = (sql: string, what: string): string[] =>
    db.all<{ k: string }>(sql).map(({ k }) => `${what} ${k}`)
  return [
    ...off(
      `SELECT id AS k FROM message m WHERE hidden = 0 AND text <> ''
         AND NOT EXISTS (SELECT 1 FROM message_text t WHERE t.position = m.position)`,
      'no text to search in of',
    ),
    ...off(
      `SELECT id AS k FROM media f WHERE NOT EXISTS
         (SELECT 1 FROM message m WHERE m.chat = f.chat AND m.from_me = f.from_me AND m.id = f.id)`,
      'a file without its message',
    ),
    ...off('SELECT id AS k FROM message GROUP BY chat, from_me, id HAVING count(*) > 1', 'twice'),
  ]
}
