/**
 * What a fault does and to which frames. A rule names one end of a hop and a direction there; frames are told apart by
 * kind, by the beginning of their message tag and by their number among the frames that fit.
 */
import type { Frame, Hop } from 'proto/link'

export type Fault =
  /** The frame and everything behind it wait until the rule's `release`. */
  | { readonly do: 'hold' }
  /** The frame arrives so much later; what is behind it waits, as on TCP. */
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'drop' }
  /** The frame arrives so many times in all (default 2). */
  | { readonly do: 'duplicate'; readonly times?: number }
  /** The frame arrives behind the next `behind` frames (default 1). */
  | { readonly do: 'reorder'; readonly behind?: number }
  /** Another frame arrives in its place; a copy is given. Never an empty one. */
  | { readonly do: 'alter'; readonly to: (frame: Frame) => Frame }

export interface FaultWhere {
  readonly hop?: Hop['kind']
  /** The party that holds the end where the rule works: `server`, `phone:<number>`, `browser:<id>`. */
  readonly at?: string
  /** The other party, as that end knows it. */
  readonly far?: string
  /** Leaving that end, or arriving there. */
  readonly way: 'out' | 'in'
  readonly frame?: 'text' | 'binary'
  /** Beginning of the text before the first comma, in text and binary frames; of the whole text where there is no comma. */
  readonly tag?: string
  /** Looks at the frame itself, for what the members above cannot say. */
  readonly where?: (frame: Frame) => boolean
  /** Which of the fitting frames, counted from 1; all of them by default. */
  readonly ordinal?: number | 'always'
}

/** A rule at work, as the lanes see it. */
export interface ActiveRule {
  readonly where: FaultWhere
  readonly fault: Fault
  active: boolean
  /** Fitting frames so far. */
  seen: number
  /** Frames that the fault was done to. */
  worked: number
  /** Continuations of lanes that wait for a release. */
  held: (() => void)[]
}

const COMMA = 0x2c
const MAX_TAG_BYTES = 128

/** The message tag of a frame: what stands before its first comma, or the whole text without one; '' when there is none. */
export function tagOf(frame: Frame): string {
  if (typeof frame === 'string') return frame.split(',', 1)[0] ?? ''
  const end = frame.subarray(0, MAX_TAG_BYTES).indexOf(COMMA)
  return end < 0 ? '' : String.fromCharCode(...frame.subarray(0, end))
}

/** Whether a rule works on this frame, its ordinal apart. */
export function fitsRule(rule: FaultWhere, hop: Hop, way: 'in' | 'out', frame: Frame): boolean {
  return (
    rule.way === way &&
    (rule.hop === undefined || rule.hop === hop.kind) &&
    (rule.at === undefined || rule.at === hop.near) &&
    (rule.far === undefined || rule.far === hop.far) &&
    (rule.frame === undefined || (rule.frame === 'text') === (typeof frame === 'string')) &&
    (rule.tag === undefined || tagOf(frame).startsWith(rule.tag)) &&
    (rule.where === undefined || rule.where(frame))
  )
}
