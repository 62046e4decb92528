/** Which emoji a person uses most, counted from what they wrote lately (spec 13.2, `emoji`). */
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { node } from './lists.ts'
import type { PhoneStore } from './store.ts'

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** `item` nodes {code, value}: the emoji and how often it was written; most used first, then in order of code. */
export function emojiItems(store: PhoneStore): Node[] {
  const uses = new Map<string, number>()
  for (const text of store.messages.ownTexts(limit('EMOJI_MESSAGES'))) {
    if (!EMOJI.test(text)) continue
    // no emoji spans a space, and taking a long text apart costs more than all the rest
    for (const word of text.split(/\s+/)) {
      if (!EMOJI.test(word)) continue
      for (const { segment } of graphemes.segment(word))
        if (EMOJI.test(segment)) uses.set(segment, (uses.get(segment) ?? 0) + 1)
    }
  }
  return [...uses]
    .sort(([codeA, a], [codeB, b]) => b - a || (codeA < codeB ? -1 : 1))
    .slice(0, limit('EMOJI_ITEMS'))
    .map(([code, count]) => node('item', { code, value: String(count) }))
}
