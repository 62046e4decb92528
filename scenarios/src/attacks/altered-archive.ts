/**
 * A frame of Baileys 3.5.3 in which it archives a chat, made one that deletes it, with no key: what the IV can change is
 * the first block alone, which is enough, as a reader stops at the end of the node. The chat is named in the blocks
 * behind, which stay as they are.
 */
import { createRequire } from 'node:module'
import type Encoders from '@adiwajshing/baileys/lib/Binary/Encoder.js'
import type { WA as Words } from '@adiwajshing/baileys/lib/Binary/Constants.js'

const require = createRequire(import.meta.url)
const { default: Encoder } = require('@adiwajshing/baileys/lib/Binary/Encoder.js') as typeof Encoders
const { WA } = require('@adiwajshing/baileys/lib/Binary/Constants.js') as { readonly WA: typeof Words }

const BLOCK = 16
const { LIST_8, LIST_16, JID_PAIR } = WA.Tags
const word = (text: string): number => WA.SingleByteTokens.indexOf(text)

/** `body` is IV and ciphertext; `count` the number in the tag of the frame, which it repeats inside as its epoch. */
export function deletionOf(body: Uint8Array, count: number, jid: string): Uint8Array {
  const attrs = { jid, type: 'archive', index: 'x', owner: 'x' }
  const action = ['action', { epoch: String(count), type: 'set' }, [['chat', attrs, null]]]
  const written = new Encoder().write(action).subarray(0, BLOCK)
  // the jid begins with the last byte of the block or with the first of the next
  const endsInJid = written[BLOCK - 1] === JID_PAIR
  const wanted = [
    ...[LIST_8, 6, word('action'), word('epoch'), word('true'), word('type'), word('set')],
    ...(endsInJid ? [LIST_8, 1] : [LIST_16, 0, 1]), // the same number in one byte more
    ...[LIST_8, 5, word('chat'), word('type'), word('delete'), word('jid')],
    ...(endsInJid ? [JID_PAIR] : []),
  ]
  if (wanted.length !== BLOCK) throw new Error(`${wanted.length} bytes are no block`)
  const altered = body.slice()
  for (let at = 0; at < BLOCK; at++) altered[at] ^= written[at] ^ wanted[at]
  return altered
}
