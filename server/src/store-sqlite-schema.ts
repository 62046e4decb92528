/**
 * The tables of `server.db`. Released steps are never edited; a change is a further step (see Schema). Numbers
 * are texts of digits, times milliseconds since 1970.
 */
import type { Schema } from 'database'

const version1 = `
  CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE codes (
    number   TEXT PRIMARY KEY,
    hash     BLOB NOT NULL,
    issuedAt INTEGER NOT NULL,
    failures INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE accounts (
    number         TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    identityKey    BLOB NOT NULL,
    registrationId INTEGER NOT NULL,
    facts          TEXT,
    epoch          INTEGER NOT NULL,
    registeredAt   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE signedPrekeys (
    number    TEXT PRIMARY KEY REFERENCES accounts,
    id        INTEGER NOT NULL,
    key       BLOB NOT NULL,
    signature BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE prekeys (
    place  INTEGER PRIMARY KEY,
    number TEXT NOT NULL REFERENCES accounts,
    id     INTEGER NOT NULL,
    key    BLOB NOT NULL,
    UNIQUE (number, id)
  ) STRICT;
  CREATE INDEX prekeysInOrder ON prekeys (number, place);

  -- Ids of one-time prekeys that were given out, so that a repeated upload cannot bring one back.
  CREATE TABLE prekeyMarks (
    number TEXT NOT NULL REFERENCES accounts,
    id     INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (number, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX prekeyMarksByAge ON prekeyMarks (at);

  CREATE TABLE logins (
    place       INTEGER PRIMARY KEY,
    login       TEXT NOT NULL UNIQUE,
    number      TEXT NOT NULL REFERENCES accounts,
    clientId    TEXT NOT NULL,
    clientToken BLOB NOT NULL,
    serverToken BLOB NOT NULL,
    epoch       INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    pairedAt    INTEGER NOT NULL,
    lastSeen    INTEGER NOT NULL,
    UNIQUE (number, clientId)
  ) STRICT;
  CREATE INDEX loginsByClient ON logins (clientId);

  -- lastSent counts what the number sent, seq what it was sent; both only grow. mails and bytes wait now.
  CREATE TABLE mailboxes (
    number   TEXT PRIMARY KEY REFERENCES accounts,
    lastSent INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    mails    INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mail (
    place     INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL REFERENCES mailboxes,
    seq       INTEGER NOT NULL,
    sender    TEXT NOT NULL,
    mail      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      BLOB NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (recipient, seq)
  ) STRICT;
  CREATE INDEX mailByAge ON mail (at);

  CREATE TABLE mailShares (
    recipient TEXT NOT NULL REFERENCES mailboxes,
    sender    TEXT NOT NULL,
    mails     INTEGER NOT NULL,
    PRIMARY KEY (recipient, sender)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mailRefusals (
    sender TEXT NOT NULL,
    n      INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (sender, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mailRefusalsByAge ON mailRefusals (at);

  CREATE TABLE audit (
    place  INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    number TEXT NOT NULL,
    login  TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash   BLOB NOT NULL
  ) STRICT;

  -- A bucket is kept as the time at which it will be full: no rounding of tokens, see LimitStore.
  CREATE TABLE buckets (
    key     TEXT PRIMARY KEY,
    fullAt  REAL NOT NULL,
    at      INTEGER NOT NULL,
    refused INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bucketsByTime ON buckets (fullAt);
`

/** The directory of persons. */
const profiles = `
  CREATE TABLE profiles (
    number   TEXT PRIMARY KEY REFERENCES accounts,
    about    TEXT,
    business TEXT,
    lastSeen INTEGER
  ) STRICT, WITHOUT ROWID;

  -- Of a number or a group. A removed picture leaves its row, so that no tag comes twice. revision counts all changes.
  CREATE TABLE pictures (
    place    INTEGER PRIMARY KEY,
    subject  TEXT NOT NULL UNIQUE,
    tag      INTEGER NOT NULL,
    revision INTEGER NOT NULL UNIQUE,
    key      TEXT UNIQUE,
    image    BLOB,
    preview  BLOB
  ) STRICT;

  CREATE TABLE blocks (
    place   INTEGER PRIMARY KEY,
    number  TEXT NOT NULL REFERENCES accounts,
    blocked TEXT NOT NULL,
    UNIQUE (number, blocked)
  ) STRICT;

  CREATE TABLE rosters (
    holder TEXT NOT NULL REFERENCES accounts,
    held   TEXT NOT NULL,
    PRIMARY KEY (holder, held)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rostersByHeld ON rosters (held);
`

/** Media blobs, whose bytes are elsewhere. */
const media = `
  CREATE TABLE media (
    hash      BLOB PRIMARY KEY,
    bytes     INTEGER NOT NULL,
    owner     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    expiresAt INTEGER NOT NULL,
    present   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mediaByOwner ON media (owner, present, bytes);
  CREATE INDEX mediaByEnd ON media (present, expiresAt);
`

/** Groups: times in seconds, as the protocol has them. */
const groups = `
  CREATE TABLE groups (
    jid         TEXT PRIMARY KEY,
    version     INTEGER NOT NULL,
    owner       TEXT NOT NULL,
    createdAt   INTEGER NOT NULL,
    subject     TEXT NOT NULL,
    subjectBy   TEXT NOT NULL,
    subjectAt   INTEGER NOT NULL,
    description TEXT,
    restricted  INTEGER NOT NULL,
    announce    INTEGER NOT NULL,
    ephemeral   INTEGER NOT NULL,
    changedAt   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE groupMembers (
    jid    TEXT NOT NULL,
    number TEXT NOT NULL,
    role   TEXT NOT NULL,
    place  INTEGER NOT NULL,
    PRIMARY KEY (jid, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX groupsByMember ON groupMembers (number, jid);

  CREATE TABLE groupDepartures (
    jid    TEXT NOT NULL,
    number TEXT NOT NULL,
    how    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (jid, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE groupCodes (
    jid  TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
`

/** When the disappearing timer of a group was set. */
const groupTimers = 'ALTER TABLE groups ADD COLUMN ephemeralAt INTEGER'

/** Where each login was opened last: its network, not its address. */
const loginNetworks = 'ALTER TABLE logins ADD COLUMN network TEXT'

/**
 * Room and shares of a mailbox, kept with the rows that they count: one statement stores a mail or takes it away. A
 * notice is in the share of the server itself, whoever caused it.
 */
const mailCounted = `
  CREATE TRIGGER mailStored AFTER INSERT ON mail BEGIN
    UPDATE mailboxes SET seq = NEW.seq, mails = mails + 1, bytes = bytes + length(NEW.body)
      WHERE number = NEW.recipient;
    INSERT INTO mailShares (recipient, sender, mails)
      VALUES (NEW.recipient, iif(NEW.kind = 'notice', 'notices', NEW.sender), 1)
      ON CONFLICT DO UPDATE SET mails = mails + 1;
  END;

  CREATE TRIGGER mailDeleted AFTER DELETE ON mail BEGIN
    UPDATE mailboxes SET mails = mails - 1, bytes = bytes - length(OLD.body) WHERE number = OLD.recipient;
    UPDATE mailShares SET mails = mails - 1
      WHERE recipient = OLD.recipient AND sender = iif(OLD.kind = 'notice', 'notices', OLD.sender);
    DELETE FROM mailShares
      WHERE recipient = OLD.recipient AND sender = iif(OLD.kind = 'notice', 'notices', OLD.sender) AND mails = 0;
  END
`

/** 'TSrv' */
export const serverSchema: Schema = {
  applicationId: 0x54537276,
  steps: [version1, profiles, media, groups, groupTimers, loginNetworks, mailCounted],
}
