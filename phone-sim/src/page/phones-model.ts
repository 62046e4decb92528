/** All phones of a page, kept up to date by one stream of events. */
import { batch, type ReadonlySignal, signal } from '@preact/signals'
import type { Clock } from 'proto/clock'
import type { PhonesEvent } from '../phones.ts'
import { FreshAnswers } from './fresh-answers.ts'
import { PhoneModel } from './phone-model.ts'
import type { PhonesApi } from './phones-api.ts'

/** The part of EventSource that is used; it comes back by itself when it was lost. */
export interface EventStream {
  onopen: ((event: Event) => void) | null
  onerror: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent<string>) => void) | null
  close(): void
}

export class PhonesModel {
  readonly api: PhonesApi
  readonly #fresh = new FreshAnswers()
  readonly #screenName: string
  readonly #clock: Clock
  readonly #listeners = new Set<(event: PhonesEvent) => void>()
  readonly #phones = signal<readonly PhoneModel[]>([])
  readonly #isThere = signal(true)

  constructor(api: PhonesApi, screenName: string, clock: Clock) {
    this.api = api
    this.#screenName = screenName
    this.#clock = clock
  }

  get phones(): ReadonlySignal<readonly PhoneModel[]> {
    return this.#phones
  }

  /** Whether the program that runs the phones answers. */
  get isThere(): ReadonlySignal<boolean> {
    return this.#isThere
  }

  /** Gives the function that ends it. */
  follow(stream: EventStream): () => void {
    stream.onopen = () => void this.refresh().then(() => (this.#isThere.value = true))
    stream.onerror = () => (this.#isThere.value = false)
    stream.onmessage = ({ data }) => this.#hear(JSON.parse(data) as PhonesEvent)
    return () => stream.close()
  }

  /** Hears what the phones are told too. Gives the function that ends it. */
  listen(listener: (event: PhonesEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async refresh(): Promise<void> {
    const statuses = await this.#fresh.ask(() => this.api.phones())
    const known = new Map(this.#phones.value.map((phone) => [phone.number, phone]))
    const phones = statuses.map((status) => {
      const phone =
        known.get(status.number) ?? new PhoneModel(this.api, status, this.#screenName, this.#clock)
      phone.status.value = status
      return phone
    })
    await Promise.all(phones.map((phone) => phone.refresh()))
    if (phones.length !== known.size || phones.some(({ number }) => !known.has(number)))
      this.#phones.value = phones
  }

  #hear(event: PhonesEvent): void {
    this.#fresh.heard()
    if (event.type === 'phone') void this.refresh()
    batch(() => {
      this.#phones.value.find(({ number }) => number === event.number)?.hear(event)
      for (const listener of [...this.#listeners]) listener(event)
    })
  }
}
