/** The directory of persons in the database: profiles, pictures, block lists, address books. */
import type { Database, GroupCommit } from 'database'
import { formatBase64 } from 'proto/base64'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { BusinessProfile, NewPicture, Picture, PictureChange, ProfileStore } from './profile-store.ts'
import { assertOwner } from './store-sqlite-fence.ts'
import type { Owner } from './stores.ts'

const KEY_BYTES = 18

interface StoredFacts {
  readonly about: string | null
  readonly business: string | null
  readonly lastSeen: number | null
}

interface StoredPicture {
  readonly subject: string
  readonly tag: number
  readonly revision: number
  readonly key: string | null
}

export class SqliteProfileStore implements ProfileStore {
  readonly #group: GroupCommit
  readonly #entropy: Entropy

  constructor(group: GroupCommit, entropy: Entropy) {
    this.#group = group
    this.#entropy = entropy
  }

  // what a person says of itself

  saveAbout(owner: Owner, text: string): Promise<void> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      saveFact(db, owner.number, 'about', text === '' ? null : text)
    })
  }

  about(number: string): Promise<string | null> {
    return this.#group.read((db) => findFacts(db, number).about)
  }

  saveBusiness(owner: Owner, profile: BusinessProfile): Promise<void> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      saveFact(db, owner.number, 'business', JSON.stringify(profile))
    })
  }

  business(number: string): Promise<BusinessProfile | null> {
    return this.#group.read((db) => {
      const { business } = findFacts(db, number)
      return business === null ? null : (JSON.parse(business) as BusinessProfile)
    })
  }

  // last seen

  saveLastSeen(seen: ReadonlyMap<string, number>): Promise<void> {
    return this.#group.commit((db) => {
      for (const [number, at] of seen) {
        db.run(
          `INSERT INTO profiles (number, lastSeen) SELECT number, ? FROM accounts WHERE number = ?
           ON CONFLICT DO UPDATE SET lastSeen = max(coalesce(lastSeen, 0), excluded.lastSeen)`,
          ...[at, number],
        )
      }
    })
  }

  lastSeen(number: string): Promise<number | null> {
    return this.#group.read((db) => findFacts(db, number).lastSeen)
  }

  // pictures

  savePicture(owner: Owner, of: string, picture: NewPicture | null): Promise<PictureChange> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      return replacePicture(db, of, picture && { ...picture, key: this.#freshKey(db) })
    })
  }

  picture(of: string): Promise<Picture | null> {
    return this.#group.read((db) => {
      const row = db.get<StoredPicture>('SELECT subject, tag, key FROM pictures WHERE subject = ?', of)
      return row && row.key !== null ? { of, tag: String(row.tag), key: row.key } : null
    })
  }

  pictureBytes(key: string): Promise<(NewPicture & Picture) | null> {
    return this.#group.read((db) => {
      const row = db.get<StoredPicture & NewPicture>('SELECT * FROM pictures WHERE key = ?', key)
      if (!row) return null
      return { of: row.subject, tag: String(row.tag), key, image: row.image, preview: row.preview }
    })
  }

  /** Not one that is in use: a server started again with the same seed draws the same bytes. */
  #freshKey(db: Database): string {
    for (;;) {
      const key = formatBase64(this.#entropy.bytes(KEY_BYTES)).replaceAll('+', '-').replaceAll('/', '_')
      if (!db.get('SELECT 1 FROM pictures WHERE key = ?', key)) return key
    }
  }

  // who wants nothing of whom

  block(
    owner: Owner,
    { add, numbers }: { add: boolean; numbers: readonly string[] },
  ): Promise<readonly string[]> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      const after = new Set([...blockedBy(db, owner.number), ...numbers])
      if (add && after.size > limit('BLOCKED_NUMBERS'))
        throw new TetherError('TETHER_ERR_LIMIT', 'BLOCKED_NUMBERS')
      const sql = add
        ? 'INSERT INTO blocks (number, blocked) VALUES (?, ?) ON CONFLICT DO NOTHING'
        : 'DELETE FROM blocks WHERE number = ? AND blocked = ?'
      for (const number of numbers) db.run(sql, owner.number, number)
      return blockedBy(db, owner.number)
    })
  }

  blocked(number: string): Promise<readonly string[]> {
    return this.#group.read((db) => blockedBy(db, number))
  }

  blocks(number: string, other: string): Promise<boolean> {
    return this.#group.read(
      (db) => db.get('SELECT 1 FROM blocks WHERE number = ? AND blocked = ?', number, other) !== undefined,
    )
  }

  // who knows whom

  saveRoster(
    owner: Owner,
    numbers: readonly string[],
    since: number,
  ): Promise<{ readonly changes: readonly PictureChange[]; readonly revision: number }> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      const wanted = new Set(numbers)
      for (const held of heldBy(db, owner.number)) {
        if (!wanted.delete(held))
          db.run('DELETE FROM rosters WHERE holder = ? AND held = ?', owner.number, held)
      }
      for (const held of wanted)
        db.run('INSERT INTO rosters (holder, held) VALUES (?, ?)', owner.number, held)
      return { changes: since === 0 ? [] : changesFor(db, owner.number, since), revision: revisionOf(db) }
    })
  }

  holders(number: string): Promise<readonly string[]> {
    return this.#group.read((db) =>
      db
        .all<{ holder: string }>(
          `SELECT holder FROM rosters WHERE held = ?
             AND holder NOT IN (SELECT blocked FROM blocks WHERE number = ?) ORDER BY holder`,
          ...[number, number],
        )
        .map(({ holder }) => holder),
    )
  }
}

/** Another person has the number now: nothing of the former one stays. Runs inside the transaction of that change. */
export function forgetProfileIn(db: Database, number: string): void {
  db.run('DELETE FROM profiles WHERE number = ?', number)
  db.run('DELETE FROM blocks WHERE number = ?', number)
  db.run('DELETE FROM rosters WHERE holder = ?', number)
  if (db.get('SELECT 1 FROM pictures WHERE subject = ? AND key IS NOT NULL', number))
    replacePicture(db, number, null)
}

function saveFact(db: Database, number: string, column: 'about' | 'business', value: string | null): void {
  db.run(
    `INSERT INTO profiles (number, ${column}) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`,
    ...[number, value],
  )
}

function findFacts(db: Database, number: string): StoredFacts {
  const none = { about: null, business: null, lastSeen: null }
  return (
    db.get<StoredFacts>('SELECT about, business, lastSeen FROM profiles WHERE number = ?', number) ?? none
  )
}

function replacePicture(
  db: Database,
  of: string,
  picture: (NewPicture & { readonly key: string }) | null,
): PictureChange {
  const tag = (db.get<{ tag: number }>('SELECT tag FROM pictures WHERE subject = ?', of)?.tag ?? 0) + 1
  const revision = revisionOf(db) + 1
  db.run(
    `INSERT INTO pictures (subject, tag, revision, key, image, preview) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (subject) DO UPDATE SET tag = excluded.tag, revision = excluded.revision, key = excluded.key,
       image = excluded.image, preview = excluded.preview`,
    ...[of, tag, revision, picture?.key ?? null, picture?.image ?? null, picture?.preview ?? null],
  )
  return { of, tag: picture ? String(tag) : null, revision }
}

function revisionOf(db: Database): number {
  return db.get<{ n: number | null }>('SELECT max(revision) AS n FROM pictures')?.n ?? 0
}

/** The newest ones when there are too many, oldest first. */
function changesFor(db: Database, holder: string, since: number): PictureChange[] {
  return db
    .all<StoredPicture>(
      `SELECT subject, tag, revision, key FROM pictures WHERE revision > ?
         AND subject IN (SELECT held FROM rosters WHERE holder = ?)
         AND subject NOT IN (SELECT number FROM blocks WHERE blocked = ?)
       ORDER BY revision DESC LIMIT ${limit('PICTURE_CHANGES')}`,
      ...[since, holder, holder],
    )
    .reverse()
    .map(({ subject, tag, revision, key }) => ({
      of: subject,
      tag: key === null ? null : String(tag),
      revision,
    }))
}

function blockedBy(db: Database, number: string): string[] {
  return db
    .all<{ blocked: string }>('SELECT blocked FROM blocks WHERE number = ? ORDER BY place', number)
    .map(({ blocked }) => blocked)
}

function heldBy(db: Database, holder: string): string[] {
  return db.all<{ held: string }>('SELECT held FROM rosters WHERE holder = ?', holder).map(({ held }) => held)
}
