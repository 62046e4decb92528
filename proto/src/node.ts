/**
 * A node: the unit of encrypted traffic between browser and phone (spec 17). Encoder and decoder are in
 * node-encoder.ts and node-decoder.ts; the markers of the format, which both read, are here.
 */

export interface Node {
  tag: string
  /** Order is kept, except that JavaScript lists integer-like names such as "404" first. */
  attrs: Record<string, string>
  /** Text survives only as a token, JID or packed text; any other text comes back as its UTF-8 bytes (spec 17.2). */
  content: NodeContent
}

export type NodeContent = null | string | Uint8Array | Node[]

/** Bytes that are not tokens (spec 17.2). */
export const marker = {
  LIST_EMPTY: 0,
  STREAM_END: 2,
  DICTIONARY_0: 236,
  DICTIONARY_3: 239,
  AD_JID: 247,
  LIST_8: 248,
  LIST_16: 249,
  JID_PAIR: 250,
  HEX_8: 251,
  BINARY_8: 252,
  BINARY_20: 253,
  BINARY_32: 254,
  NIBBLE_8: 255,
} as const

/** The server part that token 80 and AD_JID stand for. */
export const USER_SERVER = 's.whatsapp.net'
