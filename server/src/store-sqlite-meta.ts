/** Secrets of the deployment, made once: the relay's signing seed and the salt of the audit log. */
import type { Database } from 'database'
import type { Entropy } from 'proto/entropy'

const SECRET_BYTES = 32

export interface Deployment {
  readonly relaySeed: Uint8Array
  readonly auditSalt: Uint8Array
}

/** What the file holds, made from `entropy` at the first start. */
export function loadDeployment(db: Database, entropy: Entropy): Deployment {
  return db.transaction(() => ({
    relaySeed: secret(db, 'relaySeed', entropy),
    auditSalt: secret(db, 'auditSalt', entropy),
  }))
}

function secret(db: Database, name: string, entropy: Entropy): Uint8Array {
  const made = entropy.fork(name).bytes(SECRET_BYTES)
  db.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING', name, made)
  const row = db.get<{ value: Uint8Array }>('SELECT value FROM meta WHERE name = ?', name)
  return row ? row.value : made
}
