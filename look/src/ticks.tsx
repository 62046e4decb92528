/**
 * How far a message has come, hop by hop: out of this browser, at the relay, on the own phone, in the other phone's
 * mailbox, on the other phone, read. A dashed tick is on its way, a full one has arrived.
 */
import type { JSX } from 'preact'
import { Drawing } from './icons.tsx'

const ONE = 'm4.2 10.8 3.6 3.6 7.6-8'
const [FIRST, SECOND] = ['m1.2 10.8 3.6 3.6 7.2-8', 'm8.4 13 1.4 1.4 7.6-8']

// prettier-ignore
const rows = {
  failed:    { word: 'Not sent',                strokes: ['M10 3.2a6.8 6.8 0 1 0 .01 0Z', 'M10 6.6v4', '.solid M10 13.2v.1'] },
  waiting:   { word: 'Waiting in this browser', strokes: ['M10 3.4a6.6 6.6 0 1 0 .01 0Z', 'M10 6.6V10l2.3 1.5'] },
  relay:     { word: 'At the relay',            strokes: [`.dashed ${ONE}`] },
  phone:     { word: 'On your phone',           strokes: [ONE] },
  mailbox:   { word: 'Sent',                    strokes: [FIRST, `.dashed ${SECOND}`] },
  delivered: { word: 'Delivered',               strokes: [FIRST, SECOND] },
  read:      { word: 'Read',                    strokes: [FIRST, SECOND] },
  played:    { word: 'Played',                  strokes: [FIRST, SECOND] },
} as const satisfies Readonly<Record<string, { readonly word: string; readonly strokes: readonly string[] }>>

/** In the order in which a message passes them. */
export type Hop = keyof typeof rows

export function hopWord(hop: Hop): string {
  return rows[hop].word
}

/** The drawing with its word, which `quiet` leaves to those who listen. */
export function Ticks({ hop, quiet = false }: { readonly hop: Hop; readonly quiet?: boolean }): JSX.Element {
  const { word, strokes } = rows[hop]
  return (
    <span class={`ticks ${hop}`}>
      <span class={quiet ? 'unseen' : undefined}>{word}</span>
      <Drawing strokes={strokes} />
    </span>
  )
}
