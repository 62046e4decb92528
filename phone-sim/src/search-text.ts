/** How texts are compared when somebody looks for one: without regard to case, in every script, anywhere in a word. */

/** Characters of one entry of the index; SQLite's trigram tokenizer decides. */
const GRAM = 3
/** More of them would make no search narrower. */
const MOST_GRAMS = 32
/** The store spells U+0000 with this character, as two of them; here each must stay one. */
const UNSEARCHABLE = /[\0\u{10fffe}]/gu

/**
 * A text in the form in which it is stored for searching, and a searched text in the same form: lower case and
 * composed. Σ has two small letters, and İ becomes two characters of which nobody types the second.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('i\u0307', 'i')
    .replaceAll(UNSEARCHABLE, '\u{fffd}')
}

/** What an index of trigrams is asked for: texts that hold every part of a folded text. Null when it is too short. */
export function gramsOf(folded: string): string | null {
  const characters = Array.from(folded.slice(0, 2 * (MOST_GRAMS + GRAM)))
  const grams = new Set<string>()
  for (let at = 0; at + GRAM <= characters.length && grams.size < MOST_GRAMS; at++)
    grams.add(characters.slice(at, at + GRAM).join(''))
  if (grams.size === 0) return null
  return [...grams].map((gram) => `"${gram.replaceAll('"', '""')}"`).join(' AND ')
}
