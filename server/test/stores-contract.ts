/** What every driver of the stores must do, whatever it is made of. A driver's own test file runs this. */
import { createHash } from 'node:crypto'
import type { DeviceFacts } from 'proto/phone-link'
import type { Test } from 'tap'
import type { Account, Attachment, Credentials, OutgoingMail, Stores } from '../src/stores.ts'
import { accountContract } from './stores-contract-accounts.ts'
import { auditContract } from './stores-contract-audit.ts'
import { groupContract } from './stores-contract-groups.ts'
import { limitContract } from './stores-contract-limits.ts'
import { loginContract } from './stores-contract-logins.ts'
import { mailContract } from './stores-contract-mail.ts'
import { mediaContract } from './stores-contract-media.ts'
import { prekeyContract } from './stores-contract-prekeys.ts'
import { profileContract } from './stores-contract-profiles.ts'
import { refusalContract } from './stores-contract-refusals.ts'

/** Opens fresh, empty stores and closes them when the test ends. */
export type OpenStores = (t: Test) => Promise<Stores>

export async function storesContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('accounts', (t) => accountContract(t, open))
  await t.test('prekeys', (t) => prekeyContract(t, open))
  await t.test('logins', (t) => loginContract(t, open))
  await t.test('mail', (t) => mailContract(t, open))
  await t.test('groups', (t) => groupContract(t, open))
  await t.test('audit', (t) => auditContract(t, open))
  await t.test('limits', (t) => limitContract(t, open))
  await t.test('profiles', (t) => profileContract(t, open))
  await t.test('media', (t) => mediaContract(t, open))
  await t.test('refusals', (t) => refusalContract(t, open))
}

export const alice = '15550001111'
export const bob = '15550002222'
export const carol = '15550003333'
export const noon = 1_600_000_000_000

export function hash(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

/** 33 bytes that look like a Signal public key. */
export function publicKey(seed: string): Uint8Array {
  return new Uint8Array([5, ...hash(seed)])
}

export async function register(
  stores: Stores,
  number: string,
  identity = number,
  at = noon,
): Promise<Account> {
  const codeHash = hash('123456')
  await stores.accounts.requestCode({ number, codeHash, at })
  const result = await stores.accounts.register({
    ...{ number, codeHash, at, identityKey: publicKey(identity) },
    ...{ registrationId: 77, name: `Phone ${number}` },
  })
  if (result.kind !== 'registered') throw new Error(result.kind)
  return result.account
}

/** Registers and attaches a phone. */
export async function attach(stores: Stores, number: string, at = noon): Promise<Attachment> {
  if (!(await stores.accounts.find(number))) await register(stores, number)
  const attachment = await stores.accounts.attach({ number, identityKey: publicKey(number), at })
  if (!attachment) throw new Error('not attached')
  return attachment
}

export function credentials(clientId: string, tokens = clientId): Credentials {
  return { clientId, clientTokenHash: hash(`c ${tokens}`), serverTokenHash: hash(`s ${tokens}`) }
}

export function mailTo(to: string, n: number, body = new Uint8Array([n & 255, 1, 2])): OutgoingMail {
  return { n, to, mail: `mail-${n}`, kind: 'whisper', body, at: noon + n }
}

export const facts: DeviceFacts = {
  ...{ pushname: 'Alice', battery: 50, plugged: false, platform: 'android', lc: 'GB', lg: 'en' },
  ...{ locales: 'en', is24h: true, tos: 0, protoVersion: [0, 17], binVersion: 11 },
  phone: {
    ...{ wa_version: '2.20.1', mcc: '001', mnc: '001', os_version: '10' },
    ...{ device_manufacturer: 'Acme', device_model: 'One', os_build_number: '1' },
  },
}
