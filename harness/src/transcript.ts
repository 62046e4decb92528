/**
 * The record of a run: every frame at every end it passed, with time, hop, direction and ordinal. Two runs are the same
 * when their hashes are; `text` is for reading and for finding the first line that differs.
 */
import { createHash } from 'node:crypto'
import type { Clock } from 'proto/clock'
import type { Frame, Hop } from 'proto/link'
import type { FaultyLinks } from './faulty-links.ts'

export interface TranscriptEntry {
  /** Milliseconds since the recording began. */
  readonly atMs: number
  readonly hop: Hop
  /** Connections count from 1 in the order in which they were joined; 0 is mail between phones. */
  readonly link: number
  readonly way: 'in' | 'out' | 'open' | 'close'
  /** Counts the passages of one link and direction from 1. */
  readonly ordinal: number
  readonly frame: Frame
}

export interface Transcript {
  readonly entries: readonly TranscriptEntry[]
  /** SHA-256 in hex over every entry so far, frames included. */
  hash(): string
  /** One line per entry; binary frames as hex; frames cut at `maxBytes` (default: whole). */
  text(maxBytes?: number): string
  stop(): void
}

const ARROW = { in: '<-', out: '->', open: '++', close: '--' } as const

/** Records what passes `links` from now on. */
export function recordTranscript(clock: Clock, links: FaultyLinks): Transcript {
  const startedAt = clock.now()
  const entries: TranscriptEntry[] = []
  const ordinals = new Map<string, number>()
  const running = createHash('sha256')
  let hashed = 0

  const stop = links.observe(({ hop, link, way, frame, close }) => {
    const lane = `${link} ${hop.near} ${way}`
    const ordinal = (ordinals.get(lane) ?? 0) + 1
    ordinals.set(lane, ordinal)
    const kept =
      frame === undefined ? closeText(close) : typeof frame === 'string' ? frame : new Uint8Array(frame)
    entries.push({ atMs: clock.now() - startedAt, hop, link, way, ordinal, frame: kept })
  })

  return {
    entries,
    hash() {
      for (; hashed < entries.length; hashed++) running.update(lineOf(entries[hashed])).update('\n')
      return running.copy().digest('hex')
    },
    text: (maxBytes) => entries.map((entry) => lineOf(entry, maxBytes)).join('\n'),
    stop,
  }
}

function closeText(close: { code: number; reason: string } | undefined): string {
  return close ? `${close.code} ${close.reason}` : ''
}

function lineOf(entry: TranscriptEntry, maxBytes = Infinity): string {
  const { atMs, hop, link, way, ordinal, frame } = entry
  return `${atMs} ${hop.kind} #${link} ${hop.near} ${ARROW[way]} ${hop.far} ${ordinal} ${frameText(frame, maxBytes)}`
}

function frameText(frame: Frame, maxBytes: number): string {
  if (typeof frame === 'string') {
    const cut = frame.length > maxBytes ? `${frame.slice(0, maxBytes)}...` : frame
    return `text ${JSON.stringify(cut)}`
  }
  const shown = Buffer.from(frame.buffer, frame.byteOffset, Math.min(frame.length, maxBytes)).toString('hex')
  return frame.length > maxBytes ? `${frame.length} bytes ${shown}...` : `${frame.length} bytes ${shown}`
}
