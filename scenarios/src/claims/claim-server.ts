/**
 * A program: the prekey store of a server behind a socket, until it is killed. Each line that comes is a number, each
 * answer that number with the id of its prekey. The phones of the numbers live here too: they publish when the stock
 * gets low, and after a death send their last upload again, as phones do that have heard no answer.
 *
 *     claim-server.js FILE LIFE WAY       prints its port
 */
import { createHash } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { GroupCommit, openDatabase } from 'database'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { realClock } from 'proto/system'
import { openStores } from 'server/store-sqlite'
import { serverSchema } from 'server/store-sqlite-schema'
import type { Owner, PrekeyStore } from 'server/stores'
import { IDS_PER_LIFE, TARGETS, WHOLE, type Way } from './claim-run.ts'

const LOW = 400
/** Of each number, in the store that looks first and deletes then. */
const CARELESS_STOCK = 1_000

const [path, lifeText, way] = process.argv.slice(2) as [string, string, Way]
const life = Number(lifeText)
const entropy = seededEntropy(`life ${life}`)

/** How many ids each number has published in this life. */
const published = new Map<string, number>()
const stock = new Map<string, number>()

if (way === 'store') await serveStore()
else await serveSelectThenDelete()

async function serveStore(): Promise<void> {
  const stores = await openStores(path, { clock: realClock, entropy })
  const owners = new Map<string, Owner>()
  for (const number of TARGETS) {
    const identityKey = publicKey(number)
    const at = realClock.now()
    if (!(await stores.accounts.find(number))) {
      const codeHash = new Uint8Array(32)
      await stores.accounts.requestCode({ number, codeHash, at })
      await stores.accounts.register({ number, codeHash, identityKey, registrationId: 1, name: number, at })
    }
    const attached = (await stores.accounts.attach({ number, identityKey, at }))!
    owners.set(number, attached.owner)
    stock.set(number, attached.prekeys)
    if (life > 1 && attached.prekeys <= 2 * LOW)
      await publish(stores.prekeys, owners.get(number)!, (life - 1) * IDS_PER_LIFE)
    await refill(stores.prekeys, owners.get(number)!)
  }
  listen(async (number) => {
    const bundle = await stores.prekeys.claim({ number, oneTime: true, at: realClock.now() })
    void refill(stores.prekeys, owners.get(number)!)
    return bundle?.prekey?.id ?? null
  })
}

async function refill(prekeys: PrekeyStore, owner: Owner): Promise<void> {
  const left = (stock.get(owner.number) ?? 0) - 1
  stock.set(owner.number, left)
  if (left > LOW) return
  stock.set(owner.number, left + limit('PREKEYS_PER_UPLOAD'))
  const first = life * IDS_PER_LIFE + (published.get(owner.number) ?? 0)
  published.set(owner.number, (published.get(owner.number) ?? 0) + limit('PREKEYS_PER_UPLOAD'))
  stock.set(owner.number, await publish(prekeys, owner, first))
}

function publish(prekeys: PrekeyStore, owner: Owner, first: number): Promise<number> {
  const ids = Array.from({ length: limit('PREKEYS_PER_UPLOAD') }, (_, i) => first + i)
  return prekeys.publish(owner, {
    signedPrekey: { id: 1, key: publicKey('signed'), signature: new Uint8Array(64) },
    prekeys: ids.map((id) => ({ id, key: publicKey(`${owner.number} ${id}`) })),
    at: realClock.now(),
  })
}

/** What a careless store does: looks for the oldest, then deletes it, each on the disk, but not as one. */
async function serveSelectThenDelete(): Promise<void> {
  const db = openDatabase(path, serverSchema)
  const group = new GroupCommit(db, realClock)
  db.exec('PRAGMA foreign_keys = OFF')
  if (life === 1) {
    db.transaction(() => {
      for (const number of TARGETS) {
        for (let id = 0; id < CARELESS_STOCK; id++)
          db.run('INSERT INTO prekeys (number, id, key) VALUES (?, ?, ?)', number, id, publicKey(number))
      }
    })
  }
  listen(async (number) => {
    const oldest = await group.read((now) =>
      now.get<{ id: number }>('SELECT id FROM prekeys WHERE number = ? ORDER BY place LIMIT 1', number),
    )
    if (!oldest) return null
    await group.commit((now) => now.run('DELETE FROM prekeys WHERE number = ? AND id = ?', number, oldest.id))
    return oldest.id
  })
}

function listen(claim: (number: string) => Promise<number | null>): void {
  const server = createServer((socket) => {
    socket.setNoDelay()
    socket.on('error', () => socket.destroy())
    const lines = createInterface({ input: socket })
    lines.on('error', () => lines.close()) // it tells the socket's errors once more
    lines.on('line', (number) => {
      void claim(number).then((id) => socket.write(`${number} ${id ?? '-'} ${WHOLE}\n`))
    })
  })
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
}

function publicKey(text: string): Uint8Array {
  return new Uint8Array([5, ...createHash('sha256').update(text).digest()])
}
