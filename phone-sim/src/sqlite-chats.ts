/** Contacts, chats and messages of the SQLite store; the meaning of each row is in store.ts. */
import type { Value } from 'database'
import type { Raw, Sql } from './sqlite-schema.ts'
import { textSearch } from './sqlite-search.ts'
import {
  type ChatRow,
  type ChatRows,
  type ContactRow,
  type ContactRows,
  mediaTypes,
  type MessageChange,
  type MessageKeyRow,
  type MessageRow,
  type MessageRows,
} from './store.ts'

export function contactRows(sql: Sql): ContactRows {
  const find = sql('SELECT * FROM contact WHERE jid = ?')
  const all = sql('SELECT * FROM contact ORDER BY jid')
  const put = sql('INSERT OR REPLACE INTO contact (jid, name, notify, blocked) VALUES (?, ?, ?, ?)')
  return {
    find: (jid) => rowOrNull(find.get(jid), contactOf),
    all: () => all.all().map(contactOf),
    put: ({ jid, name, notify, blocked }) => void put.run(jid, name, notify, Number(blocked)),
  }
}

function contactOf(raw: Raw): ContactRow {
  return {
    jid: String(raw['jid']),
    name: textOrNull(raw['name']),
    notify: textOrNull(raw['notify']),
    blocked: raw['blocked'] === 1,
  }
}

export function chatRows(sql: Sql): ChatRows {
  const find = sql('SELECT * FROM chat WHERE jid = ?')
  const all = sql('SELECT * FROM chat ORDER BY at DESC, jid')
  const put = sql(
    `INSERT OR REPLACE INTO chat (jid, at, unread, archived, pinned_s, muted_until_s, modify_tag, timer_s, timer_set_s)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const remove = sql('DELETE FROM chat WHERE jid = ?')
  return {
    find: (jid) => rowOrNull(find.get(jid), chatOf),
    all: () => all.all().map(chatOf),
    put: (row) =>
      void put.run(
        row.jid,
        row.at,
        row.unread,
        Number(row.archived),
        row.pinnedS,
        row.mutedUntilS,
        row.modifyTag,
        row.timerS,
        row.timerSetS,
      ),
    remove: (jid) => void remove.run(jid),
  }
}

function chatOf(raw: Raw): ChatRow {
  return {
    jid: String(raw['jid']),
    at: Number(raw['at']),
    unread: Number(raw['unread']),
    archived: raw['archived'] === 1,
    pinnedS: Number(raw['pinned_s']),
    mutedUntilS: Number(raw['muted_until_s']),
    modifyTag: Number(raw['modify_tag']),
    timerS: Number(raw['timer_s']),
    timerSetS: Number(raw['timer_set_s']),
  }
}

const columns: Readonly<Record<keyof MessageChange, string>> = {
  status: 'status',
  seen: 'seen',
  starred: 'starred',
  text: 'text',
  type: 'type',
  info: 'info',
  deliveredAt: 'delivered_at',
  readAt: 'read_at',
}

/** Beyond every position. */
const NEWEST = Number.MAX_SAFE_INTEGER

export function messageRows(sql: Sql): MessageRows {
  const add = sql(
    `INSERT INTO message (chat, from_me, id, at, status, seen, hidden, text, type, info, expires_at, author)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const key = 'chat = ? AND from_me = ? AND id = ?'
  const find = sql(`SELECT * FROM message WHERE ${key}`)
  const remove = sql(`DELETE FROM message WHERE ${key}`)
  const shown = 'SELECT * FROM message WHERE chat = ? AND hidden = 0'
  const before = sql(`${shown} AND position < ? ORDER BY position DESC LIMIT ?`)
  const newest =
    'SELECT position FROM message WHERE chat = c.jid AND hidden = 0 ORDER BY position DESC LIMIT 1'
  const newestOfEach = sql(`SELECT m.* FROM chat c CROSS JOIN message m ON m.position = (${newest})`)
  const after = sql(`${shown} AND position > ? ORDER BY position LIMIT ?`)
  const unseen = sql(`${shown} AND seen = 0 AND position <= ? ORDER BY position`)
  const hasOwn = sql('SELECT 1 FROM message WHERE chat = ? AND from_me = 1 LIMIT 1')
  const firstUnseen = sql(`${shown} AND seen = 0 ORDER BY position LIMIT 1`)
  const unseenCount = sql('SELECT count(*) AS n FROM message WHERE chat = ? AND hidden = 0 AND seen = 0')
  const waits = `hidden <> 2 AND EXISTS (SELECT 1 FROM leg
    WHERE leg.chat = message.chat AND leg.from_me = message.from_me AND leg.id = message.id)`
  const hide = sql(`UPDATE message SET hidden = 2 WHERE ${key} AND ${waits}`)
  const inChat = 'chat = ? AND (starred = 0 OR ? = 0)'
  const hideAll = sql(`UPDATE message SET hidden = 2 WHERE ${inChat} AND ${waits}`)
  const removeAll = sql(`DELETE FROM message WHERE ${inChat} AND hidden <> 2`)
  const texts = textSearch(sql)
  const starred = sql(
    `SELECT * FROM message WHERE hidden = 0 AND starred = 1
     AND (? IS NULL OR chat IN (SELECT value FROM json_each(?))) AND position < ? ORDER BY position DESC LIMIT ?`,
  )
  const media = `${shown} AND type IN (${mediaTypes.map((type) => `'${type}'`).join(', ')})`
  const mediaBefore = sql(`${media} AND position < ? ORDER BY position DESC LIMIT ?`)
  const mediaAfter = sql(`${media} AND position > ? ORDER BY position LIMIT ?`)
  const ownTexts = sql(
    "SELECT text FROM message WHERE from_me = 1 AND hidden = 0 AND text <> '' ORDER BY position DESC LIMIT ?",
  )
  const ownChats = sql(
    `SELECT chat FROM (SELECT * FROM message ORDER BY position DESC LIMIT ?) WHERE from_me = 1 AND hidden = 0`,
  )
  const expired = sql('SELECT * FROM message WHERE expires_at <= ? ORDER BY expires_at, position')
  const nextExpiry = sql('SELECT min(expires_at) AS at FROM message WHERE expires_at IS NOT NULL')
  const args = ({ chat, fromMe, id }: MessageKeyRow): [string, number, string] => [chat, Number(fromMe), id]
  const rows = (raw: Raw[]): MessageRow[] => raw.map(messageOf)
  const beforePosition = (chat: string, position: number | null, count: number) =>
    rows(before.all(chat, position ?? NEWEST, count)).reverse()
  return {
    add: (row) => {
      const { at, status, text, type, info, expiresAt, author } = row
      const flags = [Number(row.seen), Number(row.hidden)] as const
      const values = [...args(row), at, status, ...flags, text, type, info, expiresAt, author]
      const position = add.run(...values).lastRow
      if (!row.hidden) texts.add(position, text)
      return position
    },
    find: (of) => rowOrNull(find.get(...args(of)), messageOf),
    change: (of, change) => {
      for (const [field, value] of Object.entries(change)) {
        const stored = typeof value === 'boolean' ? Number(value) : (value as Value)
        sql(`UPDATE message SET ${columns[field as keyof MessageChange]} = ? WHERE ${key}`).run(
          stored,
          ...args(of),
        )
      }
      if (change.text !== undefined) texts.change(of, change.text)
    },
    newest: (chat) => beforePosition(chat, null, 1)[0] ?? null,
    newestOfEach: () => new Map(rows(newestOfEach.all()).map((row) => [row.chat, row])),
    before: beforePosition,
    after: (chat, position, count) => rows(after.all(chat, position ?? 0, count)),
    unseen: (chat, position) => rows(unseen.all(chat, position)),
    unseenCount: (chat) => Number(unseenCount.get(chat)?.['n']),
    hasOwn: (chat) => hasOwn.get(chat) !== undefined,
    firstUnseen: (chat) => rowOrNull(firstUnseen.get(chat), messageOf),
    search: (search) => rows(texts.find(search)),
    starred: (chats, position, count) =>
      rows(starred.all(...twice(chats && JSON.stringify(chats)), position ?? NEWEST, count)),
    media: (chat, side, position, count) =>
      side === 'before'
        ? rows(mediaBefore.all(chat, position ?? NEWEST, count)).reverse()
        : rows(mediaAfter.all(chat, position ?? 0, count)),
    ownTexts: (count) => ownTexts.all(count).map((raw) => String(raw['text'])),
    ownChats: (count) => ownChats.all(count).map((raw) => String(raw['chat'])),
    expired: (at) => rows(expired.all(at)),
    nextExpiry: () => numberOrNull(nextExpiry.get()?.['at']),
    remove: (of) => void remove.run(...args(of)),
    putAway: (of) => {
      if (hide.run(...args(of)).changes === 0) remove.run(...args(of))
    },
    putAllAway: (chat, keepStarred) => {
      hideAll.run(chat, Number(keepStarred))
      removeAll.run(chat, Number(keepStarred))
    },
  }
}

function messageOf(raw: Raw): MessageRow {
  return {
    position: Number(raw['position']),
    chat: String(raw['chat']),
    fromMe: raw['from_me'] === 1,
    id: String(raw['id']),
    at: Number(raw['at']),
    status: Number(raw['status']),
    seen: raw['seen'] === 1,
    hidden: raw['hidden'] !== 0,
    starred: raw['starred'] === 1,
    text: String(raw['text']),
    type: String(raw['type']),
    info: bytesOf(raw['info']),
    deliveredAt: numberOrNull(raw['delivered_at']),
    readAt: numberOrNull(raw['read_at']),
    expiresAt: numberOrNull(raw['expires_at']),
    author: textOrNull(raw['author']),
  }
}

export function rowOrNull<T>(raw: Raw | undefined, read: (raw: Raw) => T): T | null {
  return raw === undefined ? null : read(raw)
}

export function bytesOf(value: Value | undefined): Uint8Array {
  return value as Uint8Array
}

function textOrNull(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function numberOrNull(value: Value | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

function twice<T>(value: T): [T, T] {
  return [value, value]
}
