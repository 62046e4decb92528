/**
 * The passphrase of all vaults of one phones program: given as a setting, or kept in a file beside the phones'
 * files that only its owner may read.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'

const FILE = 'vault.key'
const PASSPHRASE_BYTES = 32
const OWNER_ONLY = 0o600

/**
 * Reads the key file in `folder`, or makes it when the folder holds no phone yet. Throws TETHER_ERR_VAULT when the
 * file is missing or empty though there are vaults that it opened: a new one would only hide the loss.
 */
export function readVaultFile(folder: string, hasVaults: boolean, entropy: Entropy): string {
  const path = join(folder, FILE)
  if (!existsSync(path)) {
    if (hasVaults) throw new TetherError('TETHER_ERR_VAULT', `${FILE} is missing`)
    const made = Buffer.from(entropy.bytes(PASSPHRASE_BYTES)).toString('base64')
    writeFileSync(path, `${made}\n`, { mode: OWNER_ONLY, flag: 'wx', flush: true })
  }
  const passphrase = readFileSync(path, 'utf8').trim()
  if (passphrase === '') throw new TetherError('TETHER_ERR_VAULT', `${FILE} is empty`)
  return passphrase
}
