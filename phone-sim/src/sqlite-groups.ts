/** Groups and readers in the SQLite store; the meaning of each row is in store-groups.ts. */
import type { GroupFacts } from 'proto/group'
import { rowOrNull } from './sqlite-chats.ts'
import type { Raw, Sql } from './sqlite-schema.ts'
import type { GroupRow, GroupRows, OwnMessage, ReaderRow, ReaderRows, ReaderStep } from './store-groups.ts'

export function groupRows(sql: Sql): GroupRows {
  const find = sql('SELECT * FROM groups WHERE jid = ?')
  const all = sql('SELECT * FROM groups ORDER BY jid')
  const put = sql('INSERT OR REPLACE INTO groups (jid, facts, is_member) VALUES (?, ?, ?)')
  return {
    find: (jid) => rowOrNull(find.get(jid), groupOf),
    all: () => all.all().map(groupOf),
    put: ({ jid, facts, isMember }) => void put.run(jid, JSON.stringify(facts), Number(isMember)),
  }
}

function groupOf(raw: Raw): GroupRow {
  return {
    jid: String(raw['jid']),
    facts: JSON.parse(String(raw['facts'])) as GroupFacts,
    isMember: raw['is_member'] === 1,
  }
}

const columns: Readonly<Record<ReaderStep, string>> = {
  sentAt: 'sent_at',
  deliveredAt: 'delivered_at',
  readAt: 'read_at',
  playedAt: 'played_at',
}

export function readerRows(sql: Sql): ReaderRows {
  const key = 'chat = ? AND id = ?'
  const add = sql('INSERT OR IGNORE INTO reader (chat, id, number) VALUES (?, ?, ?)')
  const of = sql(`SELECT * FROM reader WHERE ${key} ORDER BY number`)
  const remove = sql(`DELETE FROM reader WHERE ${key} AND number = ?`)
  const unreadBy = sql(
    `SELECT reader.id FROM reader JOIN message
       ON message.chat = reader.chat AND message.from_me = 1 AND message.id = reader.id
     WHERE reader.chat = ? AND number = ? AND reader.read_at IS NULL ORDER BY position`,
  )
  const chatOf = sql('SELECT chat FROM reader WHERE number = ? AND id = ?')
  const args = ({ chat, id }: OwnMessage): [string, string] => [chat, id]
  return {
    add: (message, number) => void add.run(...args(message), number),
    of: (message) => of.all(...args(message)).map(readerOf),
    mark: (message, number, step, at) => {
      const column = columns[step]
      const mark = sql(`UPDATE reader SET ${column} = ? WHERE ${key} AND number = ? AND ${column} IS NULL`)
      return mark.run(at, ...args(message), number).changes > 0
    },
    remove: (message, number) => void remove.run(...args(message), number),
    chatOf: (id, number) => {
      const chat = chatOf.get(number, id)?.['chat']
      return typeof chat === 'string' ? chat : null
    },
    unreadBy: (chat, number) => unreadBy.all(chat, number).map((raw) => String(raw['id'])),
  }
}

function readerOf(raw: Raw): ReaderRow {
  const time = (step: ReaderStep): number | null => {
    const value = raw[columns[step]]
    return typeof value === 'number' ? value : null
  }
  return {
    number: String(raw['number']),
    sentAt: time('sentAt'),
    deliveredAt: time('deliveredAt'),
    readAt: time('readAt'),
    playedAt: time('playedAt'),
  }
}
