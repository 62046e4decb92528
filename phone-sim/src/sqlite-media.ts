/** Files of messages in the SQLite store; the meaning of each row is in store.ts. */
import type { Raw, Sql } from './sqlite-schema.ts'
import { bytesOf, rowOrNull } from './sqlite-chats.ts'
import type { MediaFileRow, MediaRows, MessageKeyRow } from './store.ts'

export function mediaRows(sql: Sql): MediaRows {
  const key = 'chat = ? AND from_me = ? AND id = ?'
  const want = sql(
    `INSERT INTO media (chat, from_me, id, state, bytes) VALUES (?, ?, ?, 'wanted', 0)
     ON CONFLICT DO UPDATE SET state = 'wanted', code = NULL WHERE state = 'failed'`,
  )
  const find = sql(`SELECT chat, from_me, id, state, code, bytes FROM media WHERE ${key}`)
  const wanted = sql("SELECT chat, from_me, id FROM media WHERE state = 'wanted' ORDER BY position")
  const keep = sql(`UPDATE media SET state = 'kept', code = NULL, bytes = ?, data = ? WHERE ${key}`)
  const fail = sql(`UPDATE media SET state = 'failed', code = ? WHERE ${key}`)
  const read = sql(`SELECT data FROM media WHERE data IS NOT NULL AND ${key}`)
  const total = sql('SELECT coalesce(sum(bytes), 0) AS bytes FROM media')
  return {
    want: (of) => void want.run(...args(of)),
    find: (of) => rowOrNull(find.get(...args(of)), fileOf),
    wanted: () => wanted.all().map(keyOf),
    keep: (of, data) => void keep.run(data.length, data, ...args(of)),
    fail: (of, code) => void fail.run(code, ...args(of)),
    read: (of) => rowOrNull(read.get(...args(of)), (raw) => bytesOf(raw['data'])),
    bytes: () => Number(total.get()?.['bytes']),
  }
}

function args({ chat, fromMe, id }: MessageKeyRow): [string, number, string] {
  return [chat, Number(fromMe), id]
}

function keyOf(raw: Raw): MessageKeyRow {
  return { chat: String(raw['chat']), fromMe: raw['from_me'] === 1, id: String(raw['id']) }
}

function fileOf(raw: Raw): MediaFileRow {
  const code = raw['code']
  return {
    ...keyOf(raw),
    state: String(raw['state']) as MediaFileRow['state'],
    code: typeof code === 'string' ? code : null,
    bytes: Number(raw['bytes']),
  }
}
