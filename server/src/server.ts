/**
 * The relay as one object: builds the parts and wires them. It does not listen; the program (main.ts) and the
 * in-process world give it connections and HTTP requests.
 */
import type { FastifyInstance } from 'fastify'
import type { Clock } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import type { Entropy } from 'proto/entropy'
import { every } from 'proto/clock'
import { limit } from 'proto/limits'
import { directLinks, type Links } from 'proto/link'
import type { Trace } from 'proto/trace'
import { buildApp, type Acceptors } from './app.ts'
import { BrowserConnection } from './browser-connection.ts'
import { Bundles } from './bundles.ts'
import type { ServerConfig } from './config.ts'
import type { Context, Log } from './context.ts'
import { Counters } from './counters.ts'
import { Directory } from './directory.ts'
import { Groups } from './groups.ts'
import { HttpLogout } from './http-logout.ts'
import { LoginUse } from './login-use.ts'
import { Logins } from './logins.ts'
import { Mailboxes } from './mailboxes.ts'
import { Media } from './media.ts'
import { watchGauges } from './operator-gauges.ts'
import { Pairing } from './pairing.ts'
import { PairingMoods } from './pairing-moods.ts'
import { PhoneConnection } from './phone-connection.ts'
import { Presence } from './presence.ts'
import { Probes } from './probes.ts'
import { Registration } from './registration.ts'
import { relayKeyOf } from './relay-key.ts'
import { Relay } from './relay.ts'
import { RelayView } from './relay-view.ts'
import type { Services } from './services.ts'
import { SmsOutbox } from './sms-outbox.ts'
import type { Stores } from './stores.ts'
import { TokenBuckets } from './token-bucket.ts'

const SWEEP_MS = 3_600_000

export interface ServerOptions {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly links?: Links
  readonly trace?: Trace
  readonly crash?: Crash
  readonly stores: Stores
  readonly config: ServerConfig
  readonly log: Log
}

export interface Server extends Acceptors {
  /** What the relay sees, when the setting lets it be watched. */
  readonly view: RelayView | null
  /** HTTP doors and WebSocket endpoints; not listening. */
  readonly app: FastifyInstance
  readonly counters: Counters
  /** Ends every connection, finishes every write, closes the stores. */
  close(): Promise<void>
}

export async function buildServer(options: ServerOptions): Promise<Server> {
  const counters = new Counters()
  const context: Context = { links: directLinks, trace: undefined, ...options, counters }
  const { clock, entropy, stores, config, log, links } = context

  const relay = new Relay(context)
  const pairing = new Pairing(clock, entropy.fork('pairing'), config.refTtlMs)
  const use = new LoginUse(context, relay)
  const logins = new Logins({ ...context, entropy: entropy.fork('logins') }, relay, pairing, use)
  const probes = new Probes(context, relay)
  const mailboxes = new Mailboxes(context, relay)
  const bundles = new Bundles(context, relay)
  const seed = await stores.meta.relaySeed()
  const media = new Media(context, seed)
  const groups = new Groups(context, relay, mailboxes)
  const presence = new Presence(context, relay, groups)
  const directory = new Directory(context, relay, groups, presence)
  const services: Services = {
    relay,
    pairing,
    moods: new PairingMoods(counters, pairing),
    bundles,
    logins,
    presence,
    directory,
    probes,
    mailboxes,
    media,
    groups,
    lookups: new TokenBuckets(limit('REF_LOOKUPS_PER_MINUTE'), 60_000 / limit('REF_LOOKUPS_PER_MINUTE')),
    relayKey: relayKeyOf(seed),

    browserClosed(browser, reason) {
      services.moods.left(browser)
      pairing.expire(browser.connection)
      presence.browserClosed(browser)
      probes.forget(browser)
      logins.forget(browser.connection)
      if (browser.opening) use.saw(browser.opening.login)
      relay.browserClosed(browser, reason)
    },

    phoneAttached(phone) {
      const older = relay.phones.get(phone.number)
      relay.phones.set(phone.number, phone)
      older?.close('TETHER_ERR_REPLACED')
      relay.announceAgain(phone)
      probes.phoneReturned(phone)
      presence.phoneAttached(phone.number)
      bundles.phoneAttached(phone.number)
      mailboxes.attached(phone)
    },

    phoneClosed(phone, attached) {
      relay.phoneLinks.delete(phone)
      if (!attached || relay.phones.get(phone.number) !== phone) return
      relay.phones.delete(phone.number)
      mailboxes.detached(phone)
      relay.openBrowser(phone.number)?.become('phoneLost')
      probes.phoneLost(phone.number)
      presence.phoneDetached(phone.number)
    },
  }
  watchGauges(context, relay, mailboxes)
  let sweep = media.clean().catch(sweepFailed)
  const sweeping = every(clock, SWEEP_MS, () => {
    sweep = Promise.all([media.expire(), sweepStores()]).then(() => undefined, sweepFailed)
  })
  async function sweepStores(): Promise<void> {
    const { mails } = await stores.sweep(clock.now())
    counters.add('limits', 'MAILBOX_LIFE_MS', mails)
  }
  function sweepFailed(error: unknown): void {
    log.error({ err: error }, 'sweep failed')
  }

  const view = config.demo !== 'off' ? new RelayView(clock, config.demoOrigins) : null
  const outbox = new SmsOutbox()
  const registration = new Registration(context, services, outbox)
  const server: Omit<Server, 'app'> = {
    counters,
    view,
    acceptBrowser(link, facts) {
      const joined = links.join({ kind: 'browser-server', near: 'server', far: 'browser' }, link)
      const seen = view?.watch(joined, 'browser', facts) ?? joined
      new BrowserConnection(context, services, seen, facts).open()
    },
    acceptPhone(link, facts) {
      const joined = links.join({ kind: 'phone-server', near: 'server', far: 'phone' }, link)
      const phone = new PhoneConnection(
        context,
        services,
        view?.watch(joined, 'phone', facts) ?? joined,
        facts,
      )
      relay.phoneLinks.add(phone)
      phone.open()
    },
    async close() {
      sweeping.cancel()
      for (const browser of [...relay.browsers.values()]) browser.close(1001, 'stopping')
      for (const phone of [...relay.phoneLinks]) phone.close('TETHER_ERR_STOPPING')
      await app.close()
      await sweep
      await use.close()
      await presence.close()
      await stores.close()
    },
  }
  const logout = new HttpLogout(context, relay, logins)
  const app = await buildApp({ context, server, registration, outbox, relay, media, logout, view })
  return { ...server, app }
}
