/**
 * `admin test` (spec 12): is the phone there? The phone answers a probe when its app runs; while it does not, the
 * browser hears nothing, and what it asked meanwhile is answered when the phone is back. Never `["Pong",false]`.
 */
import type { Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import type { DeviceFacts } from 'proto/phone-link'
import { partialConnPush } from './conn.ts'
import type { Context } from './context.ts'
import type { AttachedPhone, Browser } from './peers.ts'
import type { Relay } from './relay.ts'

export class Probes {
  readonly #context: Context
  readonly #relay: Relay
  readonly #asked = new Map<number, { browser: Browser; tag: string }>()
  /** Numbers whose phone came back while tests were open: the partial Conn follows their first Pong. */
  readonly #returned = new Set<string>()
  /** Phones that owe an answer: when browsers are told that it sleeps, null when they have been. */
  readonly #owed = new Map<string, Timer | null>()
  #count = 0

  constructor(context: Context, relay: Relay) {
    this.#context = context
    this.#relay = relay
  }

  ask(browser: Browser, tag: string): void {
    const probe = ++this.#count
    if (browser.openTests.size >= limit('OPEN_TESTS')) {
      const oldest = browser.openTests.keys().next().value!
      browser.openTests.delete(oldest)
      this.#asked.delete(oldest)
      this.#context.counters.drop('openTestsFull')
      this.#context.counters.add('limits', 'OPEN_TESTS')
    }
    browser.openTests.set(probe, tag)
    this.#asked.set(probe, { browser, tag })
    const phone = this.#relay.phones.get(browser.opening!.number)
    if (phone) this.#send(phone, probe)
  }

  /** The phone answered: so does the server, under the tag of the test. */
  answered(phone: AttachedPhone, probe: number): void {
    this.#stopWaiting(phone.number)
    const asked = this.#asked.get(probe)
    if (!asked || asked.browser.opening?.number !== phone.number) return
    this.#asked.delete(probe)
    asked.browser.openTests.delete(probe)
    asked.browser.perform(asked.tag, [{ answer: ['Pong', true] }])
    if (this.#returned.has(phone.number) && asked.browser.openTests.size === 0) {
      this.#returned.delete(phone.number)
      void this.#pushConn(asked.browser)
    }
  }

  /** The phone is back: open tests are asked again, then the partial Conn, then the requests that waited (spec 18.8). */
  phoneReturned(phone: AttachedPhone): void {
    const browser = this.#relay.openBrowser(phone.number)
    if (!browser) return
    if (browser.openTests.size > 0) this.#returned.add(phone.number)
    else {
      browser.push(['Pong', true]) // it may know from its Conn or from a Stream that the phone was away
      void this.#pushConn(browser)
    }
    for (const probe of browser.openTests.keys()) this.#send(phone, probe)
  }

  /** The link is gone: that is another silence than sleep. */
  phoneLost(number: string): void {
    this.#stopWaiting(number)
  }

  /** Other device data, or another push name: the open browser is told (spec 6), after its Pong if it waits for one. */
  deviceChanged({ number }: AttachedPhone, facts: DeviceFacts): void {
    if (!this.#returned.has(number)) this.#relay.openBrowser(number)?.push(partialConnPush(facts))
  }

  forget(browser: Browser): void {
    if (browser.opening && this.#relay.openBrowser(browser.opening.number) === browser)
      this.#returned.delete(browser.opening.number)
    for (const probe of browser.openTests.keys()) this.#asked.delete(probe)
  }

  #send(phone: AttachedPhone, probe: number): void {
    phone.send({ type: 'probe', probe })
    const { number } = phone
    if (this.#owed.has(number)) return
    const timer = this.#context.clock.after(limit('PHONE_ASLEEP_MS'), () => {
      this.#owed.set(number, null)
      this.#relay.openBrowser(number)?.push(['Stream', 'asleep'])
    })
    this.#owed.set(number, timer)
  }

  #stopWaiting(number: string): void {
    this.#owed.get(number)?.cancel()
    this.#owed.delete(number)
  }

  async #pushConn(browser: Browser): Promise<void> {
    try {
      const account = await this.#context.stores.accounts.find(browser.opening!.number)
      if (account?.facts) browser.push(partialConnPush(account.facts))
    } catch (error) {
      this.#context.log.error({ err: error }, 'device data could not be read')
    }
  }
}
