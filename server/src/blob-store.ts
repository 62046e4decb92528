/**
 * Where the bytes of media blobs are, as a port: named by the SHA-256 of what was uploaded, which is ciphertext. Whom a
 * blob belongs to and how long it is kept are rows of MediaStore (stores.ts). Every driver passes
 * test/blob-store-contract.ts. One process owns the place.
 */
import type { Readable } from 'node:stream'

/** Bytes that have arrived and have no name yet. Exactly one of `keep` and `drop` is called. */
export interface Draft {
  /** SHA-256 of all of them. */
  readonly hash: Uint8Array
  readonly bytes: number
  /** Gives them their name; resolves when they are durable. The same bytes may be there already. */
  keep(): Promise<void>
  drop(): Promise<void>
}

/** First and last byte, both included. */
export interface Part {
  readonly first: number
  readonly last: number
}

export interface BlobStore {
  /**
   * Takes bytes as they come. Rejects with TETHER_ERR_TOO_LARGE beyond `most` bytes, with TETHER_ERR_STORE_WRITE when the
   * disk fails, and with the error of `body`; then nothing is left of them.
   */
  receive(body: AsyncIterable<Uint8Array>, most: number): Promise<Draft>
  /** The bytes, or a part of them; null when there are none under this name. */
  read(hash: Uint8Array, part: Part | null): Promise<Readable | null>
  /** Removing what is not there is allowed. */
  remove(hash: Uint8Array): Promise<void>
  /** The names of all blobs, in any order. */
  names(): AsyncIterable<Uint8Array>
  /** Removes what a crash has left half written. Called once, before anything else. */
  clean(): Promise<void>
}
