/**
 * Keeps the test CA and the certificate of the TLS door in a folder. The CA stays while it is good, so that clients go on
 * with the file they were given; what is missing, damaged, of other names or near its end is made anew at a start.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import {
  CA_NAME,
  isUsableCa,
  isUsableServerCertificate,
  makeServerCertificate,
  makeTestCa,
  type CertifiedKey,
} from './legacy-ca.ts'

/** Base names; the private key stands beside each as `<name>.key.pem`. */
export const CA_FILE = 'tether-test-ca-for-closed-networks'
export const SERVER_FILE = 'legacy-tls-door'

/** Readers of PEM skip what stands before the first block. */
const CA_NOTE =
  `${CA_NAME}.\nFor the environment of single test programs. Never add it to a system or browser store:\n` +
  `whoever can read the key beside it can pose as the names it vouches for.\n\n`

export interface LegacyCertificates {
  /** Absolute path of the CA that clients are told to trust. */
  readonly caFile: string
  readonly server: CertifiedKey
  /** What was made anew: clients need the file again when it is the CA. */
  readonly made: { readonly ca: boolean; readonly server: boolean }
}

/** `folder` is absolute and is made when missing. Throws what the file system throws. */
export function openCertificates(
  folder: string,
  seams: { readonly clock: Clock; readonly entropy: Entropy },
): LegacyCertificates {
  const now = seams.clock.now()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const caLeftMs = limit('LEGACY_CERTIFICATE_MS') // a certificate must not outlive its CA
  const keptCa = usable(folder, CA_FILE, (pair) => isUsableCa(pair, now, caLeftMs))
  const ca = keptCa ?? makeTestCa(seams)
  if (!keptCa) write(folder, CA_FILE, ca, CA_NOTE)
  const serverLeftMs = limit('LEGACY_RENEWAL_MS')
  const keptServer = usable(folder, SERVER_FILE, (pair) =>
    isUsableServerCertificate(pair, ca, now, serverLeftMs),
  )
  const server = keptServer ?? makeServerCertificate(ca, seams)
  if (!keptServer) write(folder, SERVER_FILE, server)
  const made = { ca: keptCa === null, server: keptServer === null }
  return { caFile: join(folder, `${CA_FILE}.pem`), server, made }
}

/** Null for anything that cannot be read or used: it is all replaceable. */
function usable(
  folder: string,
  name: string,
  isUsable: (pair: CertifiedKey) => boolean,
): CertifiedKey | null {
  try {
    const pair = {
      certificate: readFileSync(join(folder, `${name}.pem`), 'utf8'),
      key: readFileSync(join(folder, `${name}.key.pem`), 'utf8'),
    }
    if (!isUsable(pair)) return null
    chmodSync(join(folder, `${name}.key.pem`), 0o600) // it may have been copied here
    return pair
  } catch {
    return null
  }
}

/** Key first: a certificate whose key is missing would only be made again. */
function write(folder: string, name: string, { certificate, key }: CertifiedKey, note = ''): void {
  replace(join(folder, `${name}.key.pem`), key, 0o600)
  replace(join(folder, `${name}.pem`), note + certificate, 0o644)
}

/** A reader sees the old file or the new one, and the mode is right from the first byte. */
function replace(path: string, text: string, mode: number): void {
  const unfinished = `${path}.new`
  writeFileSync(unfinished, text, { mode })
  chmodSync(unfinished, mode) // it may be there from a start that was broken off
  renameSync(unfinished, path)
}
