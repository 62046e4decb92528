/**
 * What a decoder can say about the bytes it reads: one annotation for each run of bytes with one meaning. A decoder
 * that is given an `annotate` callback describes every byte exactly once; without the callback it does no extra work.
 */

export interface Annotation {
  /** Place in the bytes given to the decoder of this layer. */
  readonly offset: number
  readonly length: number
  readonly layer: 'frame' | 'node' | 'protobuf'
  /** What the format calls these bytes: `LIST_8`, `length`, `hmac`. */
  readonly name: string
  /** What they say here, for people. */
  readonly meaning: string
}

export type Annotate = (annotation: Annotation) => void
