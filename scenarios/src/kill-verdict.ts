/** What is in the files of relay and phones after the kill loop: nothing lost, nothing twice, in order, whole. */
import { join } from 'node:path'
import { openDatabase, type Schema } from 'database'
import { phoneSchema } from 'phone-sim/sqlite-schema'
import type { MessageRow, PhoneStore } from 'phone-sim/store'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import { realClock, systemEntropy } from 'proto/system'
import { messageStatus } from 'proto/web-message'
import { openStores } from 'server/store-sqlite'
import { serverSchema } from 'server/store-sqlite-schema'
import { damageOf } from './image-check.ts'
import { jidOf } from './phones-http.ts'

export interface Person {
  readonly number: string
  readonly other: string
  /** Which phones program it is in. */
  readonly home: 0 | 1
}

export interface Verdict {
  /** Messages that the relay has acknowledged, by the sender's tick. */
  readonly acked: number
  /** Answered to their writer or acknowledged by the relay, and neither delivered nor still queued. */
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Chats whose reader does not have what the writer's phone has in the same order. */
  readonly disordered: readonly string[]
  /** What else does not hold: ticks, audit chain, unreadable messages, damaged files. */
  readonly broken: readonly string[]
}

const PAGE = 5_000

export const phonesFolderOf = (folder: string, home: 0 | 1): string => join(folder, `phones ${home}`)

/** The relay's file. */
export const serverFileOf = (folder: string): string => join(folder, 'server', 'server.db')

/** The file of a phone. */
export const fileOf = (folder: string, { number, home }: Person): string =>
  join(phonesFolderOf(folder, home), 'phones', `${number}.db`)

/** Opens the files of programs that have stopped; `answered`: the texts for which each writer got an answer. */
export async function judgeFiles(
  folder: string,
  people: readonly Person[],
  answered: ReadonlyMap<string, readonly string[]>,
): Promise<Verdict> {
  const stores = await openStores(serverFileOf(folder), { clock: realClock, entropy: systemEntropy })
  const phones = new Map(
    people.map((person) => [person.number, openPhoneStore(fileOf(folder, person), { clock: realClock })]),
  )
  const [lost, doubled, disordered, broken]: string[][] = [[], [], [], []]
  let acked = 0
  for (const { number, other } of people) {
    const written = chatOf(phones.get(number)!, jidOf(other), true)
    const read = chatOf(phones.get(other)!, jidOf(number), false)
    const queued = new Set([
      ...(await stores.mail.page(other, 0, Number.MAX_SAFE_INTEGER)).map(({ mail }) => mail),
      ...phones
        .get(number)!
        .outbox.from(0, Number.MAX_SAFE_INTEGER)
        .map(({ mail }) => mail),
    ])
    const ids = new Set(read.map(({ id }) => id))
    const ackedHere = written.filter(({ status }) => status >= messageStatus.SERVER_ACK)
    acked += ackedHere.length
    lost.push(...ackedHere.filter(({ id }) => !ids.has(id) && !queued.has(id)).map(({ text }) => text))
    const texts = new Set(written.map(({ text }) => text))
    lost.push(...(answered.get(number) ?? []).filter((text) => !texts.has(text)))
    doubled.push(...twice(read.map(({ text }) => text)), ...twice(written.map(({ text }) => text)))
    if (
      !isSame(
        read,
        written.filter(({ id }) => ids.has(id)),
      )
    )
      disordered.push(`${number} to ${other}`)
    const typed = written.map(({ text }) => text).filter((text) => text.includes('browser'))
    if (!isAscending(typed)) disordered.push(`the browser of ${number}`)
    for (const { id, text, status } of written)
      if (status !== messageStatus.DELIVERY_ACK) broken.push(`${text} (${id}) has the tick ${status}`)
    const records = phones.get(number)!.audit.last(Number.MAX_SAFE_INTEGER)
    for (const { kind } of records) if (kind === 'mail.unreadable') broken.push(`${number}: ${kind}`)
  }
  const verdict = await stores.audit.verify()
  if (verdict.broken) broken.push(`audit row ${verdict.broken.row}: ${verdict.broken.reason}`)
  for (const phone of phones.values()) phone.close()
  await stores.close()
  broken.push(...damaged(serverFileOf(folder), serverSchema))
  for (const person of people) broken.push(...damaged(fileOf(folder, person), phoneSchema))
  return { acked, lost, doubled, disordered, broken }
}

type Row = Pick<MessageRow, 'id' | 'text' | 'status'>

/** One side of a chat, oldest first; a chat of a million would not fit into memory with all that a row has. */
function chatOf({ messages }: PhoneStore, jid: string, fromMe: boolean): Row[] {
  const found: Row[] = []
  for (let position: number | null = null, page = PAGE; page === PAGE;) {
    const rows = messages.after(jid, position, PAGE)
    for (const row of rows)
      if (row.fromMe === fromMe) found.push({ id: row.id, text: row.text, status: row.status })
    page = rows.length
    position = rows.at(-1)?.position ?? position
  }
  return found
}

function isSame(one: readonly Row[], other: readonly Row[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ id, text }, at) => id === other[at].id && text === other[at].text)
  )
}

function damaged(path: string, schema: Schema): string[] {
  const db = openDatabase(path, schema)
  try {
    return damageOf(db).map((found) => `${path}: ${found}`)
  } finally {
    db.close()
  }
}

function twice(texts: readonly string[]): string[] {
  const seen = new Set<string>()
  return texts.filter((text) => seen.size === seen.add(text).size)
}

function isAscending(texts: readonly string[]): boolean {
  const numbers = texts.map((text) => Number(text.split(' ').at(-1)))
  return numbers.every((each, at) => at === 0 || each > numbers[at - 1])
}
