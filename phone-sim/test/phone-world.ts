/** Phones on a relay double, with one clock and one seed. */
import { seededEntropy } from 'proto/entropy'
import type { Test } from 'tap'
import { Phone, type PhoneOptions } from '../src/phone.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { BrowserDouble } from './browser-double.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock, until } from './test-clock.ts'

export const ALICE = '15550001111'
export const BOB = '15550002222'
export const CARLA = '15550003333'
export const jid = (number: string): string => `${number}@s.whatsapp.net`
export const VAULT_KEY = new Uint8Array(32).fill(9)

export class PhoneWorld {
  readonly clock = new TestClock()
  readonly entropy = seededEntropy('phone tests')
  readonly relay = new RelayDouble(this.clock)
  readonly phones: Phone[] = []
  /** Of all its phones. */
  readonly meters = new PhonesMeters()
  #browsers = 0

  async phone(number: string, name: string, options: Partial<PhoneOptions> = {}): Promise<Phone> {
    const phone = new Phone({
      number,
      name,
      clock: this.clock,
      entropy: this.entropy.fork(`phone:${number}`),
      store: openPhoneStore(':memory:', { clock: this.clock }),
      vaultKey: VAULT_KEY,
      connect: this.relay.connect,
      server: this.relay.http,
      prekeys: 20,
      meters: this.meters,
      ...options,
    })
    this.phones.push(phone)
    await phone.start()
    return phone
  }

  browser(): BrowserDouble {
    const name = `b${++this.#browsers}`
    return new BrowserDouble(this.relay, this.entropy.fork(name), name)
  }

  /** A browser linked to a phone, with its initial sync complete. */
  async linked(
    phone: Phone,
    consent = { grant: true } as { grant: boolean; scope?: string; expiresInMs?: number },
  ): Promise<BrowserDouble> {
    const browser = this.browser()
    await phone.scan(browser.qr, consent)
    await synced(browser)
    return browser
  }

  async stop(): Promise<void> {
    for (const phone of this.phones) await phone.stop()
  }
}

/** The battery is the last frame of a sync. */
export async function synced(browser: BrowserDouble): Promise<void> {
  await until(
    () =>
      browser.arrived.some(({ node }) => Array.isArray(node?.content) && node.content[0]?.tag === 'battery'),
    'the initial sync',
  )
}

export function textsOf(phone: Phone, number: string): string[] {
  return phone.messages(jid(number)).map(({ text }) => text)
}

/** Alice and Bob, until the test is over. */
export async function pair(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob }
}
