/**
 * Random numbers for fuzzing: seeded, so that every run can be repeated, and fast, since each input takes dozens.
 * The generator is sfc32; keys and ids never come from here.
 */
import { seededEntropy } from 'proto/entropy'

const STATE_BYTES = 12
const WARM_UP = 12

export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: string) {
    const state = new DataView(seededEntropy(`fuzz ${seed}`).bytes(STATE_BYTES).buffer)
    this.#a = state.getInt32(0)
    this.#b = state.getInt32(4)
    this.#c = state.getInt32(8)
    for (let round = 0; round < WARM_UP; round++) this.word()
  }

  /** 32 random bits as a whole number from 0. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A whole number from 0 to `count` - 1; 0 when there is none. */
  below(count: number): number {
    return Math.floor((this.word() / 2 ** 32) * count)
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1)
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  /** One of them; the list is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word() & 0xff)
  }
}
