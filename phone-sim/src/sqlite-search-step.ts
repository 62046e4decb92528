/**
 * The step of a phone's schema that brings the search: texts folded for it, and an index of all their parts of three
 * characters. Triggers keep the index with the texts, and both with the messages. Released: not edited any more.
 */
import type { SchemaStep, Value } from 'database'
import { foldText } from './search-text.ts'

const TABLES = `
  CREATE TABLE message_text (position INTEGER PRIMARY KEY, folded TEXT NOT NULL) STRICT;
  CREATE VIRTUAL TABLE message_gram USING fts5(
    folded, content = 'message_text', content_rowid = 'position', detail = none, columnsize = 0,
    tokenize = 'trigram case_sensitive 1'
  );
  CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN
    DELETE FROM message_text WHERE position = old.position;
  END;
  CREATE TRIGGER message_text_added AFTER INSERT ON message_text BEGIN
    INSERT INTO message_gram (rowid, folded) VALUES (new.position, new.folded);
  END;
  CREATE TRIGGER message_text_gone AFTER DELETE ON message_text BEGIN
    INSERT INTO message_gram (message_gram, rowid, folded) VALUES ('delete', old.position, old.folded);
  END;
  CREATE TRIGGER message_text_changed AFTER UPDATE ON message_text BEGIN
    INSERT INTO message_gram (message_gram, rowid, folded) VALUES ('delete', old.position, old.folded);
    INSERT INTO message_gram (rowid, folded) VALUES (new.position, new.folded);
  END;
`

const STEP_ROWS = 1_000

/** The tables, and the texts of the messages that are there. Folding is not SQL's. */
export const addSearch: SchemaStep = (connection) => {
  connection.exec(TABLES)
  const texts = `SELECT position, text FROM message WHERE position > ? AND hidden = 0 AND text <> ''
    ORDER BY position LIMIT ${STEP_ROWS}`
  for (let last: Value = 0; ;) {
    const rows = connection.all(texts, [last])
    if (rows.length === 0) return
    for (const { position, text } of rows) {
      connection.run('INSERT INTO message_text VALUES (?, ?)', [Number(position), foldText(String(text))])
    }
    last = Number(rows.at(-1)!['position'])
  }
}
