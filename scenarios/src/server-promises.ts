/**
 * What a relay has promised by what it said, and whether the disk can keep it. Listens to the traced sockets; each
 * promise says how to look it up in an image of the disk (research: reliability R1, R2, R4).
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GroupCommit, openDatabase, type Database } from 'database'
import type { LinkBody, LinkMessage } from 'proto/phone-link'
import { realClock } from 'proto/system'
import { SqliteAuditLog } from 'server/store-sqlite-audit'
import { serverSchema } from 'server/store-sqlite-schema'
import { damageOf } from './image-check.ts'
import { kindsOf } from './promise-kinds.ts'
import type { Utterance } from './traced-sockets.ts'

type Held = ReadonlySet<string>

/** Ids in the audit are not looked at. */
const NO_SALT = new Uint8Array(32)

/** One thing that was promised. Null: it no longer has to hold. */
interface Vow {
  readonly text: string
  /** Whether the image keeps it. */
  readonly kept: (disk: ServerDisk) => boolean
}

/** What is looked up in an image, read once. */
interface ServerDisk {
  readonly mails: Held
  readonly lastSent: ReadonlyMap<string, number>
  readonly accounts: Held
  readonly prekeys: Held
  readonly prekeyMarks: Held
  readonly logins: Held
  readonly groups: Held
  readonly media: Held
}

export class ServerPromises {
  readonly #vows = new Map<string, Vow>()
  #newest: string | null = null
  readonly #numbers = new Map<string, string>()
  /** Requests of phones that wait for an answer, by socket and id. */
  readonly #asked = new Map<string, LinkMessage>()
  /** HTTP requests that wait, by socket. */
  readonly #requests = new Map<string, Utterance>()
  /** The client id that a browser's socket has shown, and the login of a client id. */
  readonly #clients = new Map<string, string>()
  readonly #logins = new Map<string, string>()
  readonly #mails = new Map<string, LinkBody<'mail'>>()
  readonly #delivered = new Map<string, number>()
  readonly #taken = new Map<string, number>()

  /** What was promised, by kind. */
  get kinds(): Readonly<Record<string, number>> {
    return kindsOf(this.#vows.keys())
  }

  /** Listens; the kind of the durable thing that was named, if one was. */
  take(spoken: Utterance): string | null {
    this.#newest = null
    if (spoken.head !== null) this.#http(spoken)
    else if (spoken.said) this.#said(spoken.socket, spoken.bytes)
    else this.#heard(spoken.socket, spoken.bytes)
    return this.#newest
  }

  /** What the image in `folder` (that of `server.db`) does not keep, in words; empty when all is well. */
  async broken(folder: string): Promise<string[]> {
    const path = join(folder, 'server.db')
    if (this.#vows.size === 0 && !existsSync(path)) return []
    const db = openDatabase(path, serverSchema)
    try {
      const { broken } = await new SqliteAuditLog(new GroupCommit(db, realClock), NO_SALT).verify()
      const found = broken ? [`audit row ${broken.row}: ${broken.reason}`] : []
      found.push(...damageOf(db), ...countersOff(db), ...blobsMissing(db, folder))
      const disk = readDisk(db)
      for (const vow of this.#vows.values()) if (!vow.kept(disk)) found.push(vow.text)
      return found
    } finally {
      db.close()
    }
  }

  #vow(key: string, text: string, kept: Vow['kept']): void {
    this.#newest = key.split(' ')[0] ?? null
    this.#vows.set(key, { text, kept })
  }

  #heard(socket: string, bytes: Buffer): void {
    const message = linkMessageOf(bytes)
    if (!message) {
      this.#heardFromBrowser(socket, bytes)
      return
    }
    if (message.type === 'attach') this.#numbers.set(socket, message.number)
    const number = this.#numbers.get(socket)
    if (number === undefined) return
    if (message.type === 'mail') this.#mails.set(`${number} ${message.n}`, message)
    if (message.type === 'taken') this.#taken.set(number, Math.max(message.seq, this.#taken.get(number) ?? 0))
    if (message.type === 'unpair') this.#vows.delete(`paired ${message.login}`)
    if ('id' in message && message.type !== 'reply') this.#asked.set(`${socket} ${message.id}`, message)
  }

  /** A browser that logs out is not answered: from here on its login may be there or not. */
  #heardFromBrowser(socket: string, bytes: Buffer): void {
    const text = bytes.toString('utf8')
    const [, clientId] = /^[^,]*,\["admin","init",\[.*\],\[.*\],"([^"]+)"/.exec(text) ?? []
    if (clientId !== undefined) this.#clients.set(socket, clientId)
    if (/,\["admin","Conn","disconnect"\]$/.test(text))
      this.#vows.delete(`paired ${this.#logins.get(this.#clients.get(socket) ?? '')}`)
  }

  #said(socket: string, bytes: Buffer): void {
    const message = linkMessageOf(bytes)
    const number = this.#numbers.get(socket)
    if (!message || number === undefined) return
    if (message.type === 'mailed') this.#mailed(number, message.n)
    if (message.type === 'delivery')
      this.#delivered.set(`${number} ${message.from} ${message.mail}`, message.seq)
    if (message.type === 'loggedOut') this.#ended(message.login)
    if (message.type !== 'reply' || message.error) return
    const asked = this.#asked.get(`${socket} ${message.id}`)
    if (asked) this.#answered(number, asked, message.ok)
  }

  #mailed(from: string, n: number): void {
    const sent = this.#mails.get(`${from} ${n}`)
    if (!sent) return
    const { to, mail } = sent
    this.#vow(
      `mailed ${from} ${n}`,
      `mail ${n} of ${from} was acknowledged and is gone`,
      ({ mails, lastSent }) => {
        if ((lastSent.get(from) ?? 0) < n) return false
        const seq = this.#delivered.get(`${to} ${from} ${mail}`)
        const isTaken = seq !== undefined && (this.#taken.get(to) ?? 0) >= seq
        return isTaken || mails.has(`${to} ${from} ${mail}`)
      },
    )
  }

  #ended(login: string): void {
    this.#vows.delete(`paired ${login}`)
    this.#vow(`ended ${login}`, `login ${login} was ended and is back`, ({ logins }) => !logins.has(login))
  }

  #answered(number: string, asked: LinkMessage, ok: unknown): void {
    const vow = answers[asked.type]
    if (asked.type === 'claimRef') this.#logins.set(asked.clientId, (ok as Answer).login ?? '')
    if (asked.type === 'unpair') this.#ended(asked.login)
    else if (asked.type === 'publish') {
      for (const { id } of asked.prekeys)
        this.#vow(
          `published ${number} ${id}`,
          `prekey ${id} of ${number} was published and is gone`,
          ({ prekeys, prekeyMarks }) => prekeys.has(`${number} ${id}`) || prekeyMarks.has(`${number} ${id}`),
        )
    } else if (vow) {
      for (const [key, text, kept] of vow(ok as Answer, asked)) this.#vow(key, text, kept)
    }
  }

  #http(spoken: Utterance): void {
    if (!spoken.said) {
      this.#requests.set(spoken.socket, spoken)
      return
    }
    const request = this.#requests.get(spoken.socket)
    if (!request?.head || !/^HTTP\/1.1 20[0-9]/.test(spoken.head ?? '')) return
    if (request.head.startsWith('POST /v1/register/confirm')) {
      const { number } = JSON.parse(request.bytes.toString('utf8')) as { number: string }
      this.#vow(`registered ${number}`, `the account ${number} is gone`, ({ accounts }) =>
        accounts.has(number),
      )
    }
    if (request.head.startsWith('POST /mms/')) {
      const hash = createHash('sha256').update(request.bytes).digest('hex')
      this.#vow(`uploaded ${hash}`, `the upload ${hash} is gone`, ({ media }) => media.has(hash))
    }
  }
}

interface Answer {
  readonly login?: string
  readonly group?: { readonly jid: string }
  readonly prekey?: { readonly id: number }
}

type Promised = [key: string, text: string, kept: Vow['kept']]

const answers: Readonly<Record<string, (ok: Answer, asked: LinkMessage) => Promised[]>> = {
  claimRef: ({ login }) => [
    [`paired ${login}`, `login ${login} was made and is gone`, ({ logins }) => logins.has(login!)],
  ],
  groupCreate: ({ group }) => [
    [`group ${group!.jid}`, `group ${group!.jid} is gone`, ({ groups }) => groups.has(group!.jid)],
  ],
  bundle({ prekey }, asked) {
    if (!prekey || asked.type !== 'bundle') return []
    const key = `${asked.number} ${prekey.id}`
    const isGivenOut = ({ prekeys, prekeyMarks }: ServerDisk): boolean =>
      !prekeys.has(key) && prekeyMarks.has(key)
    return [[`claimed ${key}`, `prekey ${key} was given out and is back`, isGivenOut]]
  },
}

function linkMessageOf(bytes: Buffer): LinkMessage | null {
  if (bytes[0] !== 0x7b) return null // a relayed frame, or what a browser says
  return JSON.parse(bytes.toString('utf8')) as LinkMessage
}

function readDisk(db: Database): ServerDisk {
  const set = (sql: string): Held => new Set(db.all<{ k: string }>(sql).map(({ k }) => k))
  return {
    mails: set("SELECT recipient || ' ' || sender || ' ' || mail AS k FROM mail"),
    lastSent: new Map(
      db
        .all<{ number: string; lastSent: number }>('SELECT number, lastSent FROM mailboxes')
        .map((row) => [row.number, row.lastSent]),
    ),
    accounts: set('SELECT number AS k FROM accounts'),
    prekeys: set("SELECT number || ' ' || id AS k FROM prekeys"),
    prekeyMarks: set("SELECT number || ' ' || id AS k FROM prekeyMarks"),
    logins: set('SELECT login AS k FROM logins'),
    groups: set('SELECT jid AS k FROM groups'),
    media: set('SELECT lower(hex(hash)) AS k FROM media WHERE present = 1'),
  }
}

/** Counts that do not fit the rows they count, and mail that is there twice. */
function countersOff(db: Database): string[] {
  const off = (sql: string, what: string): string[] =>
    db.all<{ k: string }>(sql).map(({ k }) => `${what} of ${k}`)
  return [
    ...off(
      `SELECT number AS k FROM mailboxes b WHERE mails <> (SELECT count(*) FROM mail WHERE recipient = b.number)
         OR bytes <> (SELECT coalesce(sum(length(body)), 0) FROM mail WHERE recipient = b.number)
         OR seq < (SELECT coalesce(max(seq), 0) FROM mail WHERE recipient = b.number)`,
      'the mailbox counts',
    ),
    ...off(
      `SELECT recipient || ' ' || sender AS k FROM mailShares s WHERE mails <>
         (SELECT count(*) FROM mail m WHERE m.recipient = s.recipient
            AND s.sender = CASE kind WHEN 'notice' THEN 'notices' ELSE m.sender END)`,
      'the share',
    ),
    ...off(
      `SELECT sender || ' ' || mail AS k FROM mail WHERE kind <> 'notice' GROUP BY recipient, sender, mail HAVING count(*) > 1`,
      'two mails',
    ),
    ...off(
      'SELECT p.number AS k FROM prekeys p JOIN prekeyMarks m ON m.number = p.number AND m.id = p.id',
      'a prekey that was given out and is in stock',
    ),
  ]
}

/** Rows of media whose bytes are not there, or are others. */
function blobsMissing(db: Database, folder: string): string[] {
  return db
    .all<{ hash: string }>('SELECT lower(hex(hash)) AS hash FROM media WHERE present = 1')
    .filter(({ hash }) => {
      const path = join(folder, 'media', hash.slice(0, 2), hash)
      return !existsSync(path) || createHash('sha256').update(readFileSync(path)).digest('hex') !== hash
    })
    .map(({ hash }) => `a row without the bytes of ${hash}`)
}
