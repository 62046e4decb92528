/** The demo: two phones, the relay's view, the browser in its frame, and how far the tour is. Draws nothing. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Clock, Timer } from 'proto/clock'
import type { PhoneModel } from '../phone-model.ts'
import type { PhonesModel } from '../phones-model.ts'
import { wordsOfRefusal } from '../refusal-words.ts'
import { Effects, jidOf, type Players } from './effects.ts'
import type { BrowserFrame } from './frame.ts'
import type { RelayFeed } from './relay-feed.ts'
import { afterFact, afterNext, firstPlace, type StepName, steps, type TourPlace } from './tour.ts'

export interface DemoParts {
  readonly phones: PhonesModel
  readonly relay: RelayFeed
  readonly browser: BrowserFrame
  readonly players: Players
  readonly clock: Clock
}

/** How the demo names itself in the records of the phones. */
export const DEMO_SCREEN = 'demo page'
const BOB_SAYS = 'Good morning! Are you coming to the market?'
const ALICE_SAYS = 'On my way. I wrote this in a browser!'
const INTO_SILENCE = 'Is anybody there?'

/** What was done and shows no effect for so long may be done again. */
const EFFECT_MS = 15_000

/** Steps after which the next begins by itself. */
const goesOn: ReadonlySet<StepName> = new Set(['pair', 'receive'])

export class DemoModel {
  readonly parts: DemoParts
  readonly #place = signal<TourPlace>(firstPlace)
  readonly #trouble = signal('')
  readonly #isBusy = signal(false)
  /** The step whose button was pressed and whose effect has not come yet. */
  readonly #acting = signal<StepName | null>(null)
  #actingEnd: Timer | null = null
  readonly #effects: Effects
  readonly #actions: Readonly<Record<StepName, () => unknown>>

  /** What did not work: here, or on Alice's phone. */
  readonly trouble: ReadonlySignal<string> = computed(() => {
    const notice = this.#alice?.notice.value
    return this.#trouble.value || (notice?.isBad ? notice.text : '')
  })

  /** The step's button was pressed; from then until its effect, a refusal, or too long a time. */
  readonly isActing: ReadonlySignal<boolean> = computed(() => {
    const { at, isDone } = this.#place.value
    return this.#acting.value === at && !isDone
  })

  /** The phone asks Alice whether a browser may be linked. */
  readonly isAsking: ReadonlySignal<boolean> = computed(() => (this.#alice?.scans.value.length ?? 0) > 0)

  constructor(parts: DemoParts) {
    this.parts = parts
    const { phones, relay, browser, players } = parts
    const { alice, bob } = players
    const { api } = phones
    const jidOfBob = jidOf(bob)
    this.#effects = new Effects(players, (fact) => (this.#place.value = afterFact(this.#place.value, fact)))
    this.#actions = {
      pair: () => this.#scan(),
      receive: () => api.send(bob, alice, BOB_SAYS),
      send: () => browser.write(jidOfBob, ALICE_SAYS),
      off: () => api.setDevice(alice, { power: 'off' }),
      wait: () => browser.write(jidOfBob, INTO_SILENCE),
      on: () => api.setDevice(alice, { power: 'on' }),
      revoke: () => api.unpairAll(alice),
    }
    phones.listen((event) => {
      this.#effects.phone(event)
      // in the demo Bob looks at his phone: what comes from Alice is read
      const isForBob = event.number === bob && event.type === 'message' && !event.message.fromMe
      if (isForBob) void this.#tried(api.read(bob, event.jid))
    })
    relay.listen((event) => this.#effects.relay(event))
    effect(() => {
      const { at, isDone } = this.#place.value
      if (goesOn.has(at) && isDone) this.next()
    })
  }

  get place(): ReadonlySignal<TourPlace> {
    return this.#place
  }

  get isBusy(): ReadonlySignal<boolean> {
    return this.#isBusy
  }

  /** Does what the step says, once; its effect comes back by itself. */
  act(): void {
    const { at, isDone } = this.#place.value
    if (isDone || this.isActing.value || (at === 'pair' && this.isAsking.value)) return
    this.#actingEnd?.cancel()
    this.#acting.value = at
    this.#trouble.value = ''
    void this.#tried(Promise.resolve(this.#actions[at]())).then((isGood) => {
      const end = (): unknown => this.#acting.value === at && (this.#acting.value = null)
      if (isGood) this.#actingEnd = this.parts.clock.after(EFFECT_MS, end)
      else end()
    })
  }

  next(): void {
    const next = afterNext(this.#place.value)
    if (next === this.#place.value) return
    this.#place.value = next
    if (!steps[next.at].beginsByItself) return
    void this.#alice?.openChat(jidOf(this.parts.players.bob)) // what comes is seen here first
    this.act()
  }

  /** Everything as at the beginning. Resolves when it is. */
  async reset(): Promise<void> {
    const { phones, relay, browser } = this.parts
    this.#isBusy.value = true
    this.#trouble.value = ''
    try {
      if (!(await this.#tried(phones.api.resetDemo()))) return
      browser.forget()
      for (const phone of phones.phones.value) phone.show('chats')
      await phones.refresh()
      this.#effects.forget()
      relay.clear()
      this.#actingEnd?.cancel()
      this.#acting.value = null
      this.#place.value = firstPlace
    } finally {
      this.#isBusy.value = false
    }
  }

  get #alice(): PhoneModel | undefined {
    return this.parts.phones.phones.value.find(({ number }) => number === this.parts.players.alice)
  }

  /** The phone looks at the code in the frame beside it; its question comes by itself. */
  async #scan(): Promise<boolean> {
    const { code } = this.parts.browser.page.value
    if (code !== null) return (await this.#alice?.scan(code)) ?? false
    this.#trouble.value = 'The browser shows no code. Begin anew, or load it again.'
    return false
  }

  /** Whether it went well: `false` of the work itself says that it did not, and that this is told already. */
  async #tried(work: Promise<unknown>): Promise<boolean> {
    try {
      return (await work) !== false
    } catch (error) {
      this.#trouble.value = wordsOfRefusal(error)
      return false
    }
  }
}
