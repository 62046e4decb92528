/** The deployment: its secrets, made once (the relay's signing seed, the salt of the audit log), and its lives. */
import type { Database } from 'database'
import type { Entropy } from 'proto/entropy'

const SECRET_BYTES = 32

export interface Deployment {
  readonly relaySeed: Uint8Array
  readonly auditSalt: Uint8Array
  /** How often the file was opened, this time included. */
  readonly life: number
}

/** What the file holds, made from `entropy` at the first start. */
export function loadDeployment(db: Database, entropy: Entropy): Deployment {
  return db.transaction(() => ({
    relaySeed: secret(db, 'relaySeed', entropy),
    auditSalt: secret(db, 'auditSalt', entropy),
    life: nextLife(db),
  }))
}

function nextLife(db: Database): number {
  const row = db.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE name = 'lives'")
  const life = Number(row ? Buffer.from(row.value).toString() : 0) + 1
  db.run("REPLACE INTO meta VALUES ('lives', ?)", Buffer.from(String(life)))
  return life
}

function secret(db: Database, name: string, entropy: Entropy): Uint8Array {
  const made = entropy.fork(name).bytes(SECRET_BYTES)
  db.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING', name, made)
  const row = db.get<{ value: Uint8Array }>('SELECT value FROM meta WHERE name = ?', name)
  return row ? row.value : made
}
