/**
 * Puts Alice and Bob back to where they started: no browser linked, both phones on, their chats the story of cast.ts.
 * Identities, Signal sessions and the record stay: the first two belong to the server's account too, and a record that
 * can be wiped is none.
 */
import { type Clock, sleep } from 'proto/clock'
import { cast, contactsOf, historyOf } from './cast.ts'
import type { Phone } from './phone.ts'
import type { Phones } from './phones.ts'

/** Longer than a phone takes to attach and to empty its outbox here. */
const SETTLE_MS = 1_500
const LOOK_MS = 20

/** Resolves when both are as new. Phones of other numbers are left alone. */
export async function resetCast(phones: Pick<Phones, 'create'>, clock: Clock): Promise<void> {
  const members = await Promise.all(cast.map(({ number, name }) => phones.create(number, name)))
  for (const phone of members) {
    phone.denyScans()
    await phone.unpairAll()
    phone.setDevice({ ...NEW_DEVICE })
  }
  // what is on its way arrives now, not in the chats of the new beginning
  const until = clock.now() + SETTLE_MS
  while (clock.now() < until && !members.every(isSettled)) await sleep(clock, LOOK_MS)
  await sleep(clock, LOOK_MS)
  for (const phone of members) {
    await phone.beginAnew(historyOf(phone.number, clock.now()), contactsOf(phone.number))
  }
}

const NEW_DEVICE = {
  power: 'on',
  airplane: false,
  network: 'wifi',
  batteryPercent: 77,
  plugged: false,
  app: 'running',
} as const

function isSettled(phone: Phone): boolean {
  return phone.status().state === 'online' && phone.hasSentAll()
}
