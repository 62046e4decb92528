/** The public surface of the phone library. */
export * from './phone.ts'
export type { PhoneStore } from './store.ts'
export { openPhoneStore } from './store-sqlite.ts'
export { deriveVaultKey } from './vault.ts'
