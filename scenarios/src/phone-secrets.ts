/** What a phone must never let out, read from a copy of its file while it runs: private keys, keys of browsers, media keys. */
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { Keychain } from 'phone-sim/keychain'
import { parseRecord } from 'phone-sim/signal-record'
import { openPhoneStore } from 'phone-sim/store-sqlite'
import { Vault } from 'phone-sim/vault'
import type { Clock } from 'proto/clock'
import { seededEntropy } from 'proto/entropy'
import { mediaOf } from 'proto/media-message'
import { decodeWebMessage } from 'proto/web-message'
import { type Spelling, spellingsOfBytes } from './mark-search.ts'

export interface PhoneFile {
  /** The folder of a world with its files (WorldOptions `storage`). */
  readonly storage: string
  readonly number: string
  /** Where the copy goes; an empty folder. */
  readonly copies: string
  readonly clock: Clock
}

/** Each secret in every spelling, by a name for people; of the one-time prekeys only the first. */
export function secretsOfPhone({
  storage,
  number,
  copies,
  clock,
}: PhoneFile): ReadonlyMap<string, Spelling[]> {
  const copy = join(copies, `${number}.db`)
  for (const end of ['', '-wal']) {
    const path = join(storage, 'phones', `${number}.db`) + end
    if (existsSync(path)) copyFileSync(path, copy + end)
  }
  const store = openPhoneStore(copy, { clock })
  try {
    const vaultKey = seededEntropy(`vault of ${number}`).bytes(32) // as the harness has it
    const vault = new Vault(store.vault, vaultKey, seededEntropy('writes nothing'), () => clock.now())
    const keychain = new Keychain(vault)
    const found = new Map<string, Uint8Array>([['vault key', vaultKey]])
    found.set('identity key', keychain.loadOwnIdentity().privateKey)
    for (const { id } of keychain.signedPrekeys())
      found.set(`signed prekey ${id}`, keychain.loadSignedPrekey(id)!.privateKey)
    const [prekey] = vault.names('prekey/')
    found.set(prekey.name, keychain.loadPrekey(Number(prekey.name.split('/')[1]))!.privateKey)
    for (const { name } of vault.names('session/')) {
      const id = name.split('/')[1]
      for (const [at, key] of sessionKeys(keychain.loadSession(id)!).entries())
        found.set(`${name}, key ${at + 1}`, key)
    }
    for (const { jid } of store.chats.all()) {
      for (const row of store.messages.before(jid, null, 1_000)) {
        const facts = mediaOf(decodeWebMessage(row.info))
        if (facts) found.set(`media key ${row.id}`, facts.mediaKey)
      }
    }
    return new Map([...found].map(([name, bytes]) => [name, spellingsOfBytes(bytes)]))
  } finally {
    store.close()
  }
}

/** Root, ratchet and chain keys of a Signal session. */
function sessionKeys(record: string): Uint8Array[] {
  return Object.values(parseRecord(record)).flatMap((session) => {
    if (!session) return []
    const { currentRatchet, chains } = session
    const keys = [currentRatchet.rootKey, currentRatchet.ephemeralKeyPair?.privKey]
    for (const chain of Object.values(chains)) keys.push(chain?.chainKey.key)
    return keys.flatMap((key) => (key ? [new Uint8Array(key)] : []))
  })
}
