/** The tables of a phone's file, step by step. Rows and their meaning: store.ts. */

import type { Changes, Schema, Value } from 'database'
import { addSearch } from './sqlite-search-step.ts'

/** A row as SQLite gives it. */
export type Raw = Readonly<Record<string, Value>>

export interface Statement {
  run(...values: Value[]): Changes
  get(...values: Value[]): Raw | undefined
  all(...values: Value[]): Raw[]
}

/** The statement of a text; prepared once by the database. */
export type Sql = (text: string) => Statement

const VERSION_1 = `
  CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE vault (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE contact (
    jid TEXT PRIMARY KEY, name TEXT, notify TEXT, blocked INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE chat (
    jid TEXT PRIMARY KEY, at INTEGER NOT NULL, unread INTEGER NOT NULL, archived INTEGER NOT NULL,
    pinned_s INTEGER NOT NULL, muted_until_s INTEGER NOT NULL, modify_tag INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE message (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    chat TEXT NOT NULL, from_me INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
    status INTEGER NOT NULL, seen INTEGER NOT NULL, hidden INTEGER NOT NULL, starred INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL, type TEXT NOT NULL, info BLOB NOT NULL, delivered_at INTEGER, read_at INTEGER,
    UNIQUE (chat, from_me, id)
  ) STRICT;
  CREATE INDEX message_by_chat ON message (chat, position);
  CREATE INDEX message_unseen ON message (chat, position) WHERE seen = 0;
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY, recipient TEXT NOT NULL, mail TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
    chat TEXT, from_me INTEGER, id TEXT
  ) STRICT;
  CREATE INDEX outbox_by_message ON outbox (chat, from_me, id);
  CREATE TABLE waiting (
    position INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, from_me INTEGER NOT NULL, id TEXT NOT NULL,
    UNIQUE (chat, from_me, id)
  ) STRICT;
  CREATE TABLE inbox (
    sender TEXT NOT NULL, mail TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (sender, mail)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE held (
    position INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, mail TEXT NOT NULL, kind TEXT NOT NULL,
    body BLOB NOT NULL, at INTEGER NOT NULL, UNIQUE (sender, mail)
  ) STRICT;
  CREATE TABLE audit (
    position INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, fields TEXT NOT NULL
  ) STRICT;
`

/** Disappearing messages. */
const VERSION_2 = `
  ALTER TABLE chat ADD COLUMN timer_s INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE chat ADD COLUMN timer_set_s INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE message ADD COLUMN expires_at INTEGER;
  CREATE INDEX message_expiring ON message (expires_at) WHERE expires_at IS NOT NULL;
`

/** Galleries: the types are mediaTypes of store.ts. */
const VERSION_3 = `
  CREATE INDEX message_media ON message (chat, position)
    WHERE type IN ('imageMessage', 'videoMessage', 'audioMessage', 'documentMessage');
  CREATE INDEX message_starred ON message (position) WHERE starred = 1;
`

/** Files of messages. They go with their message, also when it is taken back and only its notice stays. */
const ADD_MEDIA = `
  CREATE TABLE media (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    chat TEXT NOT NULL, from_me INTEGER NOT NULL, id TEXT NOT NULL,
    state TEXT NOT NULL, code TEXT, bytes INTEGER NOT NULL, data BLOB,
    UNIQUE (chat, from_me, id)
  ) STRICT;
  CREATE INDEX media_wanted ON media (position) WHERE state = 'wanted';
  CREATE INDEX media_bytes ON media (bytes);
  CREATE TRIGGER media_deleted AFTER DELETE ON message BEGIN
    DELETE FROM media WHERE chat = old.chat AND from_me = old.from_me AND id = old.id;
  END;
  CREATE TRIGGER media_taken_back AFTER UPDATE OF type ON message WHEN new.type <> old.type BEGIN
    DELETE FROM media WHERE chat = old.chat AND from_me = old.from_me AND id = old.id;
  END;
`

/** Groups: a message may have many recipients, and what waits is one leg of it, for one of them. */
const ADD_GROUPS = `
  CREATE TABLE groups (
    jid TEXT PRIMARY KEY, facts TEXT NOT NULL, is_member INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE message ADD COLUMN author TEXT;
  CREATE TABLE leg (
    position INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, from_me INTEGER NOT NULL, id TEXT NOT NULL,
    recipient TEXT NOT NULL, stuck INTEGER NOT NULL DEFAULT 0,
    UNIQUE (chat, from_me, id, recipient)
  ) STRICT;
  INSERT INTO leg (chat, from_me, id, recipient)
    SELECT chat, from_me, id, substr(chat, 1, instr(chat, '@') - 1) FROM waiting ORDER BY position;
  DROP TABLE waiting;
  CREATE TABLE reader (
    chat TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL,
    sent_at INTEGER, delivered_at INTEGER, read_at INTEGER, played_at INTEGER,
    PRIMARY KEY (chat, id, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER reader_gone AFTER DELETE ON message WHEN old.from_me = 1 BEGIN
    DELETE FROM reader WHERE chat = old.chat AND id = old.id;
  END;
`

/** A message that the person deleted while somebody had not got it: `hidden` is 2, and it goes with its last leg. */
const PUT_AWAY = `
  CREATE TRIGGER message_put_away AFTER UPDATE OF hidden ON message WHEN new.hidden = 2 BEGIN
    DELETE FROM message_text WHERE position = new.position;
  END;
  CREATE TRIGGER message_sent AFTER DELETE ON leg BEGIN
    DELETE FROM message WHERE chat = old.chat AND from_me = old.from_me AND id = old.id AND hidden = 2
      AND NOT EXISTS (SELECT 1 FROM leg WHERE chat = old.chat AND from_me = old.from_me AND id = old.id);
  END;
`

/** Receipts that leave together after a while. */
const ADD_RECEIPTS = `
  CREATE TABLE receipt (
    position INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, chat TEXT NOT NULL, level TEXT NOT NULL,
    id TEXT NOT NULL, t INTEGER NOT NULL,
    UNIQUE (recipient, chat, level, id)
  ) STRICT;
`

/** Mail that could not be worked on. */
const ADD_PARKED = `
  CREATE TABLE parked (
    position INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, mail TEXT NOT NULL, kind TEXT NOT NULL,
    body BLOB NOT NULL, at INTEGER NOT NULL, UNIQUE (sender, mail)
  ) STRICT;
`

export const phoneSchema: Schema = {
  applicationId: 0x5450_686e, // 'TPhn'
  steps: [
    VERSION_1,
    VERSION_2,
    VERSION_3,
    addSearch,
    ADD_MEDIA,
    ADD_GROUPS,
    PUT_AWAY,
    ADD_RECEIPTS,
    ADD_PARKED,
  ],
}
