/**
 * What is known beforehand, checked against every run: rows that a client does not use, rows that it treats otherwise
 * than the protocol has it, and rows whose right answer is a refusal. An entry for a row that passes is an error.
 */
import type { BrowserMessageName } from 'proto/browser-messages'
import type { ClientId } from './clients.ts'

export interface Known {
  readonly rows: readonly BrowserMessageName[]
  readonly client: ClientId
  readonly is: 'not used' | 'difference'
  readonly reason: string
}

const OLDER: readonly BrowserMessageName[] = ['lastSeen', 'encryptedUpload']
const PRODUCTS: readonly BrowserMessageName[] = ['addProduct', 'editProduct', 'deleteProduct']
const ORIGINAL: readonly BrowserMessageName[] = ['queryStarred', 'queryChatMedia', 'setPlayed']

// prettier-ignore
export const known: readonly Known[] = [
  { client: 'baileys3', is: 'not used', rows: [...OLDER, ...ORIGINAL, 'businessOrder', ...PRODUCTS], reason: 'no call in its code' },
  { client: 'baileys4', is: 'not used', rows: [...OLDER, ...ORIGINAL, 'resetInvite'], reason: 'no call in its code' },
  { client: 'ours',     is: 'not used', rows: ['encryptedUpload', 'businessCatalog', 'businessOrder', ...PRODUCTS], reason: 'it has no such feature' },
]

/** Rows whose right answer is a refusal. */
export const refusedRows: Readonly<Partial<Record<BrowserMessageName, string>>> = {
  businessCatalog: 'catalogues are no part of the reference',
  businessOrder: 'catalogues are no part of the reference',
  addProduct: 'catalogues are no part of the reference',
  editProduct: 'catalogues are no part of the reference',
  deleteProduct: 'catalogues are no part of the reference',
}
