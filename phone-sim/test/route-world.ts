/** Alice and Bob behind the app, with a relay double behind them. */
import type { FastifyInstance } from 'fastify'
import { seededEntropy } from 'proto/entropy'
import type { Test } from 'tap'
import { buildApp } from '../src/app.ts'
import type { Phone } from '../src/phone.ts'
import { Phones } from '../src/phones.ts'
import { BrowserDouble } from './browser-double.ts'
import { ALICE, BOB, synced } from './phone-world.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock } from './test-clock.ts'

export interface RouteWorld {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly phones: Phones
  readonly alice: Phone
  /** A request about a phone, by what follows `/phones/`. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown; text: string; headers: Record<string, unknown> }>
  /** A browser linked to Alice, its sync complete. */
  linked(): Promise<BrowserDouble>
}

export async function startRoutes(t: Test): Promise<RouteWorld> {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const entropy = seededEntropy('routes')
  const seams = { clock, entropy, connect: relay.connect, server: relay.http }
  const phones = new Phones({ folder: null, passphrase: 'test', ...seams })
  const app = await buildApp({ phones, clock, allowedHosts: [] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  const alice = await phones.create(ALICE, 'Alice')
  await phones.create(BOB, 'Bob')
  return {
    ...{ app, clock, phones, alice },
    async ask(method, path, body) {
      const headers = { host: 'localhost' }
      const response = await app.inject({ method, url: `/phones/${path}`, headers, ...(body && { body }) })
      const isJson = String(response.headers['content-type']).startsWith('application/json')
      const { statusCode: status, body: text, headers: sent } = response
      return { status, text, headers: sent, body: isJson ? response.json<unknown>() : text }
    },
    async linked() {
      const browser = new BrowserDouble(relay, entropy.fork('browser'))
      await alice.scan(browser.qr, { grant: true })
      await synced(browser)
      return browser
    },
  }
}
