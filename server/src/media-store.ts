/** The port for what is known of media blobs; see stores.ts for what all ports have in common. */

/** A blob whose bytes are durable in the BlobStore. */
export interface StoredBlob {
  readonly hash: Uint8Array
  readonly bytes: number
  /** The number in whose quota it is: who uploaded it first. */
  readonly owner: string
  readonly at: number
  readonly expiresAt: number
  /** False once its time was over and its bytes were given up. */
  readonly present: boolean
}

export type KeepBlobResult =
  | { readonly kind: 'kept' }
  /** It was there: only its time begins anew. */
  | { readonly kind: 'renewed' }
  /** MEDIA_QUOTA_BYTES of its owner; nothing changed. */
  | { readonly kind: 'full' }

/** What is known of media blobs; their bytes are in the BlobStore. */
export interface MediaStore {
  /** The bytes of this blob are durable; it lives for MEDIA_LIFE_MS. */
  keep(blob: { hash: Uint8Array; bytes: number; owner: string; at: number }): Promise<KeepBlobResult>
  find(hash: Uint8Array): Promise<StoredBlob | null>
  /** Bytes of the blobs of this number that are present. */
  bytesOf(owner: string): Promise<number>
  /** Gives up blobs whose time is over, at most `count`: their bytes are to be removed now. */
  expire(at: number, count: number): Promise<readonly Uint8Array[]>
}
