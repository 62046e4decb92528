/**
 * Finding texts in the history (tables: sqlite-search-step.ts). What the index finds is looked at again, since a text may hold
 * every part of what is searched and not the whole. New texts are put in here, in the transaction of their message.
 */
import { foldText, gramsOf } from './search-text.ts'
import type { Raw, Sql } from './sqlite-schema.ts'
import type { MessageKeyRow, MessageSearch } from './store.ts'

export interface TextSearch {
  /** A message was added that is shown. */
  add(position: number, text: string): void
  /** The text of a message was replaced; one that is not shown is left alone. */
  change(key: MessageKeyRow, text: string): void
  /** Rows of `message`, newest first. */
  find(search: MessageSearch): Raw[]
}

/** Up to so many candidates are looked at one by one; a more frequent text is sooner met in its chat. */
const FEW = 1_000

const found = 'instr(t.folded, ?) > 0'
const page = 'LIMIT ? OFFSET ?'
const byIndex = `SELECT m.* FROM message_gram g
  CROSS JOIN message_text t ON t.position = g.rowid CROSS JOIN message m ON m.position = g.rowid
  WHERE message_gram MATCH ? AND ${found}`

export function textSearch(sql: Sql): TextSearch {
  const put = 'ON CONFLICT (position) DO UPDATE SET folded = excluded.folded'
  const add = sql(`INSERT INTO message_text (position, folded) VALUES (?, ?) ${put}`)
  const change = sql(
    `INSERT INTO message_text (position, folded)
     SELECT position, ? FROM message WHERE chat = ? AND from_me = ? AND id = ? AND hidden = 0 ${put}`,
  )
  const indexed = sql(`${byIndex} ORDER BY g.rowid DESC ${page}`)
  const indexedInChats = sql(
    `${byIndex} AND m.chat IN (SELECT value FROM json_each(?)) ORDER BY g.rowid DESC ${page}`,
  )
  const candidates = sql(
    `SELECT count(*) AS n FROM (SELECT 1 FROM message_gram WHERE message_gram MATCH ? LIMIT ${FEW})`,
  )
  const scanned = sql(
    `SELECT m.* FROM message_text t CROSS JOIN message m ON m.position = t.position
     WHERE ${found} ORDER BY t.position DESC ${page}`,
  )
  const scannedInChat = sql(
    `SELECT m.* FROM message m CROSS JOIN message_text t ON t.position = m.position
     WHERE m.chat = ? AND ${found} ORDER BY m.position DESC ${page}`,
  )
  const scannedInChats = sql(
    `SELECT m.* FROM message_text t CROSS JOIN message m ON m.position = t.position
     WHERE ${found} AND m.chat IN (SELECT value FROM json_each(?)) ORDER BY t.position DESC ${page}`,
  )
  const isFew = (grams: string): boolean => Number(candidates.get(grams)?.['n']) < FEW
  return {
    add: (position, text) => {
      if (text !== '') add.run(position, foldText(text))
    },
    change: ({ chat, fromMe, id }, text) => void change.run(foldText(text), chat, Number(fromMe), id),
    find({ text, chats, count, skip }) {
      const folded = foldText(text)
      const grams = gramsOf(folded)
      if (chats === null)
        return grams === null ? scanned.all(folded, count, skip) : indexed.all(grams, folded, count, skip)
      const [chat, ...more] = chats
      if (chat === undefined) return []
      if (grams !== null && (more.length > 0 || isFew(grams)))
        return indexedInChats.all(grams, folded, JSON.stringify(chats), count, skip)
      return more.length === 0
        ? scannedInChat.all(chat, folded, count, skip)
        : scannedInChats.all(folded, JSON.stringify(chats), count, skip)
    },
  }
}
