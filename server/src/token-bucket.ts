/** A token bucket kept in memory; the remainder is a fraction, so frequent small takes refill exactly. */
export class TokenBucket {
  readonly #capacity: number
  readonly #refillMs: number
  #tokens: number
  #at: number

  /** Full at `now`; one token comes back every `refillMs`. */
  constructor(capacity: number, refillMs: number, now: number) {
    this.#capacity = capacity
    this.#refillMs = refillMs
    this.#tokens = capacity
    this.#at = now
  }

  /** Takes tokens. Gives 0, or the milliseconds until they are there (nothing is taken then). */
  take(now: number, tokens = 1): number {
    this.#refill(now)
    if (this.#tokens >= tokens) {
      this.#tokens -= tokens
      return 0
    }
    return Math.ceil((tokens - this.#tokens) * this.#refillMs)
  }

  /** Takes a token for what has happened already, if need be on credit. Gives 0, or the milliseconds until that is paid. */
  spend(now: number): number {
    this.#refill(now)
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens * this.#refillMs)
  }

  /** Puts back what was taken for something that did not happen. */
  giveBack(tokens = 1): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + tokens)
  }

  #refill(now: number): void {
    const passed = Math.max(0, now - this.#at)
    this.#tokens = Math.min(this.#capacity, this.#tokens + passed / this.#refillMs)
    this.#at = now
  }

  isEmpty(now: number): boolean {
    return this.#tokens + Math.max(0, now - this.#at) / this.#refillMs < 1
  }

  /** Whether the bucket is full again, so that it can be forgotten. */
  isFull(now: number): boolean {
    return this.#tokens + Math.max(0, now - this.#at) / this.#refillMs >= this.#capacity
  }
}

/** One bucket for each key; full buckets are forgotten, so memory follows activity. */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #capacity: number
  readonly #refillMs: number
  #sweepAt = 1024

  constructor(capacity: number, refillMs: number) {
    this.#capacity = capacity
    this.#refillMs = refillMs
  }

  take(key: string, now: number, tokens = 1): number {
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      if (this.#buckets.size >= this.#sweepAt) this.#sweep(now)
      bucket = new TokenBucket(this.#capacity, this.#refillMs, now)
      this.#buckets.set(key, bucket)
    }
    return bucket.take(now, tokens)
  }

  /** Puts back what was taken under this key for something that did not happen. */
  giveBack(key: string, tokens = 1): void {
    this.#buckets.get(key)?.giveBack(tokens)
  }

  /** Whether `take` would have to wait; takes nothing. */
  isEmpty(key: string, now: number): boolean {
    return this.#buckets.get(key)?.isEmpty(now) ?? false
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key)
    this.#sweepAt = Math.max(1024, this.#buckets.size * 2)
  }
}
