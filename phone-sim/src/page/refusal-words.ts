/** Why something did not work, as a person wants to hear it; for all others the program's own words. */
import { Refusal } from './phones-api.ts'

const words: Readonly<Record<string, string>> = {
  TETHER_ERR_QR: 'This is not a pairing code.',
  TETHER_ERR_REF_UNKNOWN: 'This code is no longer valid. Let the browser show a new one.',
  TETHER_ERR_REF_USED: 'This code was used already. Let the browser show a new one.',
  TETHER_ERR_CONSENT_NETWORK: 'The browser is in another network: that has to be allowed as well.',
  TETHER_ERR_CONSENT_PENDING: 'Nobody answered in time, so the browser got nothing.',
  TETHER_ERR_PHONE_AWAY: 'The phone has no connection to the relay.',
  TETHER_ERR_STATE: 'The app is not running.',
  TETHER_ERR_JID: 'This is no number.',
  TETHER_ERR_NUMBER: 'This is no number.',
  TETHER_ERR_ACCOUNT_UNKNOWN: 'Nobody is registered under this number.',
  TETHER_ERR_LOGINS: 'As many browsers are linked as this phone may have. Revoke one first.',
  TETHER_ERR_LIMIT: 'That was too much at once. Try again in two minutes.',
}

export function wordsOfRefusal(error: unknown): string {
  if (!(error instanceof Refusal)) throw error
  return words[error.code] ?? error.message
}
