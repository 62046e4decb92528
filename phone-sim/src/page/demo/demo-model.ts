/** The demo: two phones, the relay's view, the browser in its frame, and how far the tour is. Draws nothing. */
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { PhoneModel } from '../phone-model.ts'
import type { PhonesModel } from '../phones-model.ts'
import { wordsOfRefusal } from '../refusal-words.ts'
import { Effects, jidOf, type Players } from './effects.ts'
import type { BrowserFrame } from './frame.ts'
import type { RelayFeed } from './relay-feed.ts'
import { afterFact, afterNext, firstPlace, type StepName, type TourPlace } from './tour.ts'

export interface DemoParts {
  readonly phones: PhonesModel
  readonly relay: RelayFeed
  readonly browser: BrowserFrame
  readonly players: Players
}

/** How the demo names itself in the records of the phones. */
export const DEMO_SCREEN = 'demo page'
const BOB_SAYS = 'Good morning! Are you coming to the market?'
const ALICE_SAYS = 'On my way. I wrote this in a browser!'
const INTO_SILENCE = 'Is anybody there?'

/** Steps after which the next begins by itself. */
const goesOn: ReadonlySet<StepName> = new Set(['pair', 'receive'])

export class DemoModel {
  readonly parts: DemoParts
  readonly #place = signal<TourPlace>(firstPlace)
  readonly #trouble = signal('')
  readonly #isBusy = signal(false)
  readonly #effects: Effects
  readonly #actions: Readonly<Record<StepName, () => unknown>>

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

  get trouble(): ReadonlySignal<string> {
    return this.#trouble
  }

  get isBusy(): ReadonlySignal<boolean> {
    return this.#isBusy
  }

  /** Does what the step says; its effect comes back by itself. */
  act(): void {
    const { at, isDone } = this.#place.value
    if (!isDone) void this.#tried(Promise.resolve(this.#actions[at]()))
  }

  next(): void {
    const next = afterNext(this.#place.value)
    if (next === this.#place.value) return
    this.#place.value = next
    if (next.at !== 'receive') return
    void this.#alice?.openChat(jidOf(this.parts.players.bob)) // what comes is seen here first
    this.act()
  }

  /** Everything as at the beginning. Resolves when it is. */
  async reset(): Promise<void> {
    const { phones, relay, browser } = this.parts
    this.#isBusy.value = true
    try {
      if (!(await this.#tried(phones.api.resetDemo()))) return
      browser.forget()
      for (const phone of phones.phones.value) phone.show('chats')
      await phones.refresh()
      this.#effects.forget()
      relay.clear()
      this.#place.value = firstPlace
    } finally {
      this.#isBusy.value = false
    }
  }

  get #alice(): PhoneModel | undefined {
    return this.parts.phones.phones.value.find(({ number }) => number === this.parts.players.alice)
  }

  /** The phone looks at the code in the frame beside it; its question comes by itself. */
  #scan(): void {
    const { code } = this.parts.browser.page.value
    if (code === null) this.#trouble.value = 'The browser shows no code. Begin anew, or load it again.'
    else {
      this.#trouble.value = ''
      this.#alice?.scan(code)
    }
  }

  async #tried(work: Promise<unknown>): Promise<boolean> {
    this.#trouble.value = ''
    try {
      await work
      return true
    } catch (error) {
      this.#trouble.value = wordsOfRefusal(error)
      return false
    }
  }
}
