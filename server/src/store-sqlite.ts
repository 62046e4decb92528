/**
 * The stores of one node: one SQLite file, one writer, commits gathered, and a folder for media. Each port has its own
 * file beside this.
 */
import { dirname, join } from 'node:path'
import { GroupCommit, MEMORY, openDatabase, type Database } from 'database'
import { directoryBlobs } from './blob-store-directory.ts'
import { memoryBlobs } from './blob-store-memory.ts'
import type { BlobStore } from './blob-store.ts'
import { SqliteAccountStore } from './store-sqlite-accounts.ts'
import { SqliteAuditLog } from './store-sqlite-audit.ts'
import { SqliteGroupStore } from './store-sqlite-groups.ts'
import { SqliteLimitStore } from './store-sqlite-limits.ts'
import { SqliteLoginStore } from './store-sqlite-logins.ts'
import { SqliteMailStore } from './store-sqlite-mail.ts'
import { SqliteMediaStore } from './store-sqlite-media.ts'
import { loadDeployment } from './store-sqlite-meta.ts'
import { SqlitePrekeyStore } from './store-sqlite-prekeys.ts'
import { SqliteProfileStore } from './store-sqlite-profiles.ts'
import { serverSchema } from './store-sqlite-schema.ts'
import type { StoreSeams, Stores } from './stores.ts'

/**
 * Opens `server.db` at `path` (':memory:' for none), creating or migrating it; media go into the folder `media` beside
 * it. Rejects with TETHER_ERR_STORE_* and leaves the file as it was when it is not ours, too new, damaged or open
 * elsewhere.
 */
export async function openStores(path: string, { clock, entropy }: StoreSeams): Promise<Stores> {
  const db = openDatabase(path, serverSchema)
  try {
    const blobs = path === MEMORY ? memoryBlobs() : directoryBlobs(join(dirname(path), 'media'))
    await blobs.clean()
    return assemble(db, new GroupCommit(db, clock), entropy, blobs)
  } catch (error) {
    db.close()
    throw error
  }
}

function assemble(
  db: Database,
  group: GroupCommit,
  entropy: StoreSeams['entropy'],
  blobs: BlobStore,
): Stores {
  const deployment = loadDeployment(db, entropy.fork('deployment'))
  // a seed gives the ids of the first life again, also of what has ended since: each later life has a source of its own
  const source = deployment.life === 1 ? entropy : entropy.fork(`life ${deployment.life}`)
  const audit = new SqliteAuditLog(group, deployment.auditSalt)
  const limits = new SqliteLimitStore(group, audit)
  const accounts = new SqliteAccountStore(group, audit, limits)
  const prekeys = new SqlitePrekeyStore(group, audit)
  const mail = new SqliteMailStore(group, audit)
  const media = new SqliteMediaStore(group)
  const groups = new SqliteGroupStore(group, audit, mail, source.fork('groups'))
  return {
    ...{ accounts, prekeys, mail, groups, audit, limits, media, blobs },
    logins: new SqliteLoginStore(group, audit, source.fork('logins')),
    profiles: new SqliteProfileStore(group, source.fork('pictures')),
    meta: { relaySeed: () => group.read(() => deployment.relaySeed.slice()) },
    sweep: (at) =>
      group.commit((db) => ({
        mails: mail.expireIn(db, at).mails,
        codes: accounts.sweepIn(db, at),
        buckets: limits.sweepIn(db, at),
        prekeyMarks: prekeys.sweepIn(db, at),
        blobs: media.sweepIn(db, at),
        groups: groups.sweepIn(db, at),
      })),
    check: (at) =>
      group.commit((db) => {
        db.run("REPLACE INTO meta VALUES ('checkedAt', ?)", Buffer.from(String(at)))
      }),
    load: () => Promise.resolve({ commits: group.load, waiting: group.waiting }),
    async close() {
      group.close()
      db.close()
    },
  }
}
