/**
 * Where the page keeps keys, unsent messages and the cache: IndexedDB when the person stays signed in, else
 * sessionStorage, which outlives a reload and not the window. Both hold JSON texts with a version in them.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { formatBase64, parseBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import type { Credentials, KeyStore } from '../keys.ts'
import type { Cache } from '../cache.ts'
import type { Outbox, OutboxEntry } from '../outbox.ts'
import { type CacheShelf, shelfCache, storageShelf } from './cache.ts'

const VERSION = 1
const DATABASE_VERSION = 2 // 2: the cache
const CREDENTIALS = 'credentials'
const OUTBOX = 'outbox '

/** Texts by name, kept for longer or shorter. */
interface Shelf {
  read(name: string): Promise<string | null>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  names(): Promise<readonly string[]>
  readonly cached: CacheShelf
}

interface Schema extends DBSchema {
  kept: { key: string; value: string }
  cached: { key: string; value: string }
}

async function openLastingShelf(): Promise<Shelf> {
  const database: IDBPDatabase<Schema> = await openDB<Schema>('tether', DATABASE_VERSION, {
    upgrade(opened, from) {
      if (from < 1) opened.createObjectStore('kept')
      if (from < 2) opened.createObjectStore('cached')
    },
    // A page of a later version is open elsewhere and must not wait for this one.
    blocking: () => database.close(),
  })
  return {
    read: async (name) => (await database.get('kept', name)) ?? null,
    async write(name, text) {
      // A message must be safe before it is sent, so the disk is waited for.
      const transaction = database.transaction('kept', 'readwrite', { durability: 'strict' })
      const put = transaction.store.put(text, name)
      transaction.commit() // the window may close before it would commit itself
      await Promise.all([put, transaction.done])
    },
    remove: (name) => database.delete('kept', name),
    names: () => database.getAllKeys('kept'),
    cached: {
      async all() {
        const store = database.transaction('cached').store
        const [names, texts] = await Promise.all([store.getAllKeys(), store.getAll()])
        return new Map(names.map((name, at) => [name, texts[at] ?? '']))
      },
      async change(put, remove, fresh) {
        const transaction = database.transaction('cached', 'readwrite')
        const { store, done } = transaction
        if (fresh) void store.clear()
        for (const name of remove) void store.delete(name)
        for (const [name, text] of put) void store.put(text, name)
        transaction.commit() // the window may close before it would commit itself
        await done
      },
      clear: () => database.clear('cached'),
    },
  }
}

function passingShelf(storage: Storage): Shelf {
  const prefix = 'tether '
  return {
    read: async (name) => storage.getItem(prefix + name),
    async write(name, text) {
      storage.setItem(prefix + name, text)
    },
    async remove(name) {
      storage.removeItem(prefix + name)
    },
    names: async () =>
      Object.keys(storage)
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
    cached: storageShelf(storage),
  }
}

export interface PageStore {
  readonly keys: KeyStore
  readonly outbox: Outbox
  readonly cache: Cache
  /** Takes effect at the next pairing. */
  staySignedIn: boolean
  /** What is kept now outlives the window. */
  readonly isLasting: boolean
}

/** Falls back to the shorter memory where IndexedDB is not to be had, as in some private windows. */
export async function openPageStore(storage: Storage): Promise<PageStore> {
  const passing = passingShelf(storage)
  const lasting = await openLastingShelf().catch(() => passing)
  const shelves = [lasting, passing]
  let stay = true
  let shelf = (await passing.read(CREDENTIALS)) === null ? lasting : passing

  const keys: KeyStore = {
    async load() {
      const text = await shelf.read(CREDENTIALS)
      return text === null ? null : parseCredentials(text)
    },
    async save(credentials) {
      if ((await shelf.read(CREDENTIALS)) === null) shelf = stay ? lasting : passing
      await shelf.write(CREDENTIALS, formatCredentials(credentials))
    },
    async clear() {
      for (const each of shelves) await each.remove(CREDENTIALS)
    },
  }
  const outbox: Outbox = {
    async list() {
      const names = (await shelf.names()).filter((name) => name.startsWith(OUTBOX))
      const texts = await Promise.all(names.map((name) => shelf.read(name)))
      const entries = texts.filter((text) => text !== null).map((text) => parseVersioned(text) as OutboxEntry)
      return entries.sort((a, b) => a.order - b.order)
    },
    put: (entry) => shelf.write(OUTBOX + entry.id, JSON.stringify({ version: VERSION, ...entry })),
    remove: (id) => shelf.remove(OUTBOX + id),
    async clear() {
      // What is put after this call stays: its name is not among these.
      const names = await Promise.all(shelves.map((each) => each.names()))
      for (const [at, each] of shelves.entries())
        for (const name of names[at] ?? []) if (name.startsWith(OUTBOX)) await each.remove(name)
    },
  }
  return {
    keys,
    outbox,
    cache: shelfCache(
      () => shelf.cached,
      shelves.map(({ cached }) => cached),
    ),
    get staySignedIn() {
      return stay
    },
    set staySignedIn(value) {
      stay = value
    },
    get isLasting() {
      return shelf !== passing
    },
  }
}

type Stored = Omit<Credentials, 'encKey' | 'macKey'> & { readonly encKey: string; readonly macKey: string }

function formatCredentials({ encKey, macKey, ...rest }: Credentials): string {
  return JSON.stringify({
    version: VERSION,
    ...rest,
    encKey: formatBase64(encKey),
    macKey: formatBase64(macKey),
  })
}

function parseCredentials(text: string): Credentials {
  const { clientId, wid, pushname, clientToken, serverToken, browserToken, encKey, macKey } = parseVersioned(
    text,
  ) as Stored
  const tokens = { clientId, wid, pushname, clientToken, serverToken, browserToken }
  if (Object.values(tokens).some((value) => typeof value !== 'string')) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'kept keys')
  }
  return { ...tokens, encKey: parseBase64(encKey), macKey: parseBase64(macKey) }
}

function parseVersioned(text: string): unknown {
  let value: { readonly version?: unknown } | null
  try {
    value = JSON.parse(text) as { readonly version?: unknown } | null
  } catch (cause) {
    throw new TetherError('TETHER_ERR_STORE_DAMAGED', 'not JSON', { cause })
  }
  if (value?.version !== VERSION) throw new TetherError('TETHER_ERR_STORE_VERSION', `expected ${VERSION}`)
  return value
}
