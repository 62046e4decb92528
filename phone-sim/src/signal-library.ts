/**
 * Loads @privacyresearch/libsignal-protocol-typescript: the one module that names it. What is handed out is a private
 * copy with our primitives plugged in; see signal.ts for its fence. Research: reliability 6.1 rows 3, 10, 13, 14.
 */
import type { SignalProtocolAddress } from '@privacyresearch/libsignal-protocol-typescript'
import { createRequire } from 'node:module'
import { TetherError } from 'proto/errors'
import { curve, primitives, webCrypto } from './signal-facade.ts'
import type { Session, Sessions } from './signal-record.ts'
import type { LibraryStore } from './signal-store.ts'

const PACKAGE = '@privacyresearch/libsignal-protocol-typescript'
const VERSION = '0.0.16'

export interface LibraryRecord {
  sessions: Sessions
  serialize: () => string
  archiveCurrentState(): void
  promoteState(session: Session): void
  updateSessionState(session: Session): void
}

/** The jobs below the lock of the library, which the typings keep private. */
export interface LibraryCipher {
  getRecord: (address: string) => Promise<LibraryRecord>
  encryptJob(plaintext: ArrayBuffer): Promise<{ type: number; body: string }>
  doDecryptWhisperMessage(message: Uint8Array, session: Session): Promise<ArrayBuffer>
}

export interface LibraryBuilder {
  processPreKeyJob(device: unknown): Promise<unknown>
  processV3(record: LibraryRecord, message: unknown): Promise<unknown>
}

export interface Library {
  readonly SessionRecord: new () => LibraryRecord
  readonly SessionCipher: new (store: LibraryStore, address: SignalProtocolAddress) => LibraryCipher
  readonly SessionBuilder: new (store: LibraryStore, address: SignalProtocolAddress) => LibraryBuilder
  readonly SignalProtocolAddress: new (name: string, device: number) => SignalProtocolAddress
}

interface LibraryCrypto {
  setCurve: (own: typeof curve) => void
  setWebCrypto: (own: typeof webCrypto) => void
  readonly crypto: object
}

let loaded: Library | undefined

/**
 * The library, loaded on first use. Its jobs are called below its lock (row 10: shared by all phones of a process,
 * and growing), so exactly the version read for that is accepted. Its compiled curve is not loaded at all: no process
 * handlers (row 3), no keys left in its heap (row 14), 20 ms less. Throws TETHER_ERR_CONFIG for another version.
 */
export function signalLibrary(): Library {
  loaded ??= load()
  return loaded
}

function load(): Library {
  const require = createRequire(import.meta.url)
  if ((require(`${PACKAGE}/package.json`) as { version: string }).version !== VERSION) {
    throw new TetherError('TETHER_ERR_CONFIG', `${PACKAGE} must be ${VERSION}`)
  }
  const home = require.resolve(`${PACKAGE}/package.json`).slice(0, -'package.json'.length)
  const curvePath = createRequire(home).resolve('@privacyresearch/curve25519-typescript')
  const takeFromCache = (): [string, NodeJS.Module][] =>
    Object.entries(require.cache).flatMap(([path, module]) => {
      if (!module || !(path.startsWith(home) || path === curvePath)) return []
      Reflect.deleteProperty(require.cache, path)
      return [[path, module]]
    })
  const others = takeFromCache()
  const unused = function (): void {} // constructed by the library, replaced by setCurve
  require.cache[curvePath] = {
    id: curvePath,
    filename: curvePath,
    loaded: true,
    exports: { AsyncCurve25519Wrapper: unused, Curve25519Wrapper: unused },
  } as NodeJS.Module
  try {
    const part = (name: string): unknown => require(`${PACKAGE}/lib/${name}`)
    const library = ['session-cipher', 'session-builder', 'session-record', 'signal-protocol-address'].map(
      part,
    )
    const crypto = part('internal/crypto') as LibraryCrypto
    crypto.setCurve(curve)
    crypto.setWebCrypto(webCrypto)
    Object.assign(crypto.crypto, primitives)
    return Object.assign({}, ...library) as Library
  } finally {
    takeFromCache() // our copy stays ours
    for (const [path, module] of others) require.cache[path] = module
  }
}
