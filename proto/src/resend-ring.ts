/**
 * What was sent lately over a link that may break, so that what was lost with it can be sent again (phone-link.ts,
 * `resume`). Both sides count; the ring keeps the newest few, bounded in number and in bytes.
 */
export class ResendRing<T> {
  /** Grows to `maxItems` with the first items: most connections send few or none. */
  readonly #slots: ({ readonly item: T; readonly bytes: number } | undefined)[] = []
  readonly #maxItems: number
  readonly #maxBytes: number
  /** Index of the oldest item that is kept, and how many were pushed in all. */
  #first = 0
  #sent = 0
  #bytes = 0

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems
    this.#maxBytes = maxBytes
  }

  /** How many items were pushed in all. */
  get sent(): number {
    return this.#sent
  }

  /** Keeps an item; the oldest are forgotten when there is no room for it. */
  push(item: T, bytes: number): void {
    if (this.#sent - this.#first === this.#maxItems) this.#forget()
    this.#slots[this.#sent % this.#maxItems] = { item, bytes }
    this.#sent += 1
    this.#bytes += bytes
    while (this.#bytes > this.#maxBytes) this.#forget()
  }

  /** The other side has handled items up to a count of which these are the lowest 16 bits: they are kept no longer. */
  confirm(low16: number): void {
    const handled = this.#sent - ((this.#sent - low16) & 0xffff)
    while (this.#first < handled) this.#forget()
  }

  /** The items from number `from` on, counted from 0; null when some of them are forgotten or were never sent. */
  since(from: number): readonly T[] | null {
    if (from < this.#first || from > this.#sent) return null
    const items: T[] = []
    for (let at = from; at < this.#sent; at++) items.push(this.#slots[at % this.#maxItems]!.item)
    return items
  }

  #forget(): void {
    const at = this.#first % this.#maxItems
    this.#bytes -= this.#slots[at]!.bytes
    this.#slots[at] = undefined
    this.#first += 1
  }
}
