/**
 * Many phones in one program: one store file per phone in one folder, opened at the start, made on request. Knows
 * nothing of HTTP. A phone whose file cannot be opened stays out and is reported; the others run.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from 'database'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { codeOf, TetherError } from 'proto/errors'
import { Phone, type PhoneEvent, type PhoneOptions } from './phone.ts'
import { PhonesMeters } from './phones-meters.ts'
import { openPhoneStore } from './store-sqlite.ts'
import { readVaultFile } from './vault-file.ts'
import { deriveVaultKey } from './vault.ts'
import type { ReceiptRules } from './waiting-receipts.ts'

const FILE_END = '.db'
const NUMBER = /^[0-9]{5,15}$/

/** `known`: nobody else. `neighbours`: the other phones of this program, too. */
export type ReceiptsTo = 'known' | 'neighbours' | 'everyone'

export interface PhonesOptions extends Pick<
  PhoneOptions,
  'connect' | 'server' | 'log' | 'trace' | 'links' | 'previews' | 'batteryCosts'
> {
  /** Folder of the files; null keeps everything in memory. */
  readonly folder: string | null
  /** Null: the key file in the folder. */
  readonly passphrase: string | null
  /** Receipts wait at most so long; absent: they go at once. */
  readonly receiptDelayMs?: number | undefined
  /** Who is told that a message came or was read, besides whom the person knows; absent: everybody. */
  readonly receiptsTo?: ReceiptsTo | undefined
  readonly clock: Clock
  /** Each phone gets the fork `phone:<number>`, so that phones do not share a stream. */
  readonly entropy: Entropy
}

/** What happens on one of many phones; `phone`: one more is there. */
export type PhonesEvent = (PhoneEvent | { readonly type: 'phone'; readonly at: number }) & {
  readonly number: string
}

export class Phones {
  /** Of all phones here. */
  readonly meters = new PhonesMeters()
  readonly #options: PhonesOptions
  readonly #passphrase: string
  readonly #phones = new Map<string, Phone>()
  readonly #followers = new Set<(phone: Phone) => void>()
  /** Phones on their way up, so that two requests for one number make one phone. */
  readonly #starting = new Map<string, Promise<Phone>>()

  /** Throws TETHER_ERR_VAULT when there are phones but nothing to open them with. */
  constructor(options: PhonesOptions) {
    this.#options = options
    if (options.folder !== null) makeFolder(options.folder)
    this.#passphrase = options.passphrase ?? this.#makePassphrase()
  }

  /** Starts every phone that has a file. Those that fail are logged by code and left out. */
  async open(): Promise<void> {
    for (const number of this.stored()) {
      try {
        await this.#start(number, null)
      } catch (error) {
        this.#options.log?.error({ phone: number, code: codeOf(error) }, 'a phone could not be started')
      }
    }
  }

  /** Numbers with a file. */
  stored(): string[] {
    if (this.#options.folder === null) return []
    return readdirSync(this.#options.folder)
      .filter((file) => file.endsWith(FILE_END))
      .map((file) => file.slice(0, -FILE_END.length))
      .filter((number) => NUMBER.test(number))
      .sort()
  }

  /** All running phones, in the order of their numbers. */
  list(): Phone[] {
    return [...this.#phones.values()].sort((a, b) => (a.number < b.number ? -1 : 1))
  }

  find(number: string): Phone | null {
    return this.#phones.get(number) ?? null
  }

  /** The phone of this number: running, or registered now. Throws TETHER_ERR_NUMBER and what registration throws. */
  async create(number: string, name: string | null = null): Promise<Phone> {
    if (!NUMBER.test(number)) throw new TetherError('TETHER_ERR_NUMBER')
    return this.#phones.get(number) ?? this.#starting.get(number) ?? this.#start(number, name)
  }

  /** Events of all phones, those to come too. Gives the function that ends the subscription. */
  subscribe(listener: (event: PhonesEvent) => void): () => void {
    const follow = (phone: Phone): (() => void) =>
      phone.subscribe((event) => listener({ ...event, number: phone.number }))
    const ends = this.list().map(follow)
    const followNew = (phone: Phone): void => {
      ends.push(follow(phone))
      listener({ type: 'phone', number: phone.number, at: this.#options.clock.now() })
    }
    this.#followers.add(followNew)
    return () => {
      this.#followers.delete(followNew)
      for (const end of ends) end()
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#starting.values())
    await Promise.all(this.list().map((phone) => phone.stop()))
    this.#phones.clear()
  }

  #start(number: string, name: string | null): Promise<Phone> {
    const starting = this.#raise(number, name).finally(() => this.#starting.delete(number))
    this.#starting.set(number, starting)
    return starting
  }

  async #raise(number: string, name: string | null): Promise<Phone> {
    const { folder, clock, entropy, connect, server, log, trace, links, previews, batteryCosts } =
      this.#options
    const { meters } = this
    const path = folder === null ? ':memory:' : join(folder, number + FILE_END)
    const store = openPhoneStore(path, { clock, load: meters.commits })
    const phone = new Phone({
      number,
      name: name ?? `+${number}`,
      clock,
      entropy: entropy.fork(`phone:${number}`),
      store,
      vaultKey: deriveVaultKey(this.#passphrase, number),
      connect,
      server,
      meters,
      ...(log && { log }),
      ...(trace && { trace }),
      ...(links && { links }),
      previews,
      batteryCosts,
      receipts: this.#receiptRules(),
    })
    try {
      await phone.start()
    } catch (error) {
      await phone.stop()
      throw error
    }
    this.#phones.set(number, phone)
    for (const follow of this.#followers) follow(phone)
    return phone
  }

  #receiptRules(): ReceiptRules {
    const { receiptDelayMs = 0, receiptsTo = 'everyone' } = this.#options
    const isNeighbour = (number: string): boolean => this.#phones.has(number)
    const knows = { known: () => false, neighbours: isNeighbour, everyone: () => true }[receiptsTo]
    return { delayMs: receiptDelayMs, knows }
  }

  #makePassphrase(): string {
    const { folder, entropy } = this.#options
    if (folder === null) return Buffer.from(entropy.fork('vault').bytes(32)).toString('base64')
    return readVaultFile(folder, this.stored().length > 0, entropy.fork('vault'))
  }
}
