/**
 * Where a flow is played: a seeded world in virtual time, Alice and Bob with a past, browsers on the wire. What happens
 * is kept moment by moment as the browsers and phones see it, from `begin` on.
 */
import {
  ALICE,
  BOB,
  createWorld,
  type TranscriptEntry,
  VIRTUAL_START_MS,
  type World,
  type WorldOptions,
} from 'harness'
import type { Frame } from 'proto/link'
import type { Phone } from 'phone-sim/phone'
import { giveBackstory } from '../backstory.ts'
import { RawBrowser, type RawCredentials } from '../raw-browser.ts'

export interface FlowStage {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  /** A new connection of a browser; `name` is what the document calls it. */
  connect(name: string, kept?: RawCredentials | null): Promise<RawBrowser>
  /** What happens from now on is part of the flow. */
  begin(): void
  /** Says what a person does, at its place in the document. */
  say(text: string): void
}

/** A flow of section 18: its document and its script. */
export interface Flow {
  /** Section of the wire specification; the seed of the world too. */
  readonly spec: string
  /** Name of the document without its end. */
  readonly file: string
  readonly title: string
  /** One or two sentences, Markdown. */
  readonly about: string
  /** `messages`: how many Alice and Bob have written each other before (default 3). */
  readonly options?: Omit<WorldOptions, 'clock' | 'seed'> & { readonly messages?: number }
  readonly play: (stage: FlowStage) => Promise<void>
}

/** One thing that happened. `atMs` counts from the beginning of the flow, at the browser's or the phone's end. */
export type Moment =
  | {
      readonly kind: 'frame'
      readonly atMs: number
      /** The browser or phone, as the document calls it. */
      readonly party: string
      readonly hop: 'browser' | 'phone'
      readonly toServer: boolean
      readonly frame: Frame
    }
  | {
      readonly kind: 'opened'
      readonly atMs: number
      readonly party: string
      readonly hop: 'browser' | 'phone'
    }
  | {
      readonly kind: 'closed'
      readonly atMs: number
      readonly party: string
      /** Code and reason. */
      readonly why: string
    }
  | { readonly kind: 'said'; readonly atMs: number; readonly text: string }

export interface Played {
  readonly moments: readonly Moment[]
  /** The connections by name, with the keys that open their frames. */
  readonly browsers: ReadonlyMap<string, RawBrowser>
}

/** Plays a flow to its end. */
export async function playFlow({ spec, options = {}, play }: Flow): Promise<Played> {
  const { messages = 3, ...rest } = options
  const world = await createWorld({ ...rest, seed: `flow ${spec}` })
  try {
    await giveBackstory(world, messages)
    await world.pass(100) // the server has answered the address books
    const { entries } = world.transcript
    const browsers = new Map<string, RawBrowser>()
    const said: { readonly before: number; readonly moment: Moment }[] = []
    let begin = 0
    let beginMs = 0
    const nowMs = () => world.clock.now() - VIRTUAL_START_MS
    await play({
      world,
      alice: world.phone(ALICE.number),
      bob: world.phone(BOB.number),
      async connect(name, kept = null) {
        const browser = await RawBrowser.connect(world, name, kept)
        browsers.set(name, browser)
        return browser
      },
      begin() {
        begin = entries.length
        beginMs = nowMs()
      },
      say(text) {
        said.push({ before: entries.length, moment: { kind: 'said', atMs: nowMs() - beginMs, text } })
      },
    })
    const saidBefore = (index: number) => said.filter(({ before }) => before === index)
    const moments: Moment[] = []
    for (let index = begin; index <= entries.length; index++) {
      moments.push(...saidBefore(index).map(({ moment }) => moment))
      const moment = index < entries.length ? momentOf(entries[index], beginMs, world) : null
      if (moment) moments.push(moment)
    }
    return { moments, browsers }
  } finally {
    await world.stop()
  }
}

/** Null for what the server's end saw, as the other end saw it too, and for mail apart from the links it goes over. */
function momentOf({ atMs, hop, way, frame }: TranscriptEntry, beginMs: number, world: World): Moment | null {
  if (hop.kind !== 'browser-server' && hop.kind !== 'phone-server') return null
  const [kind, name = ''] = hop.near.split(/:(.*)/s)
  if (kind !== 'browser' && kind !== 'phone') return null
  const party = kind === 'browser' ? name : `${world.phone(name).status().name}'s phone`
  const at = { atMs: atMs - beginMs, party }
  if (way === 'open') return { ...at, kind: 'opened', hop: kind }
  if (way === 'close') return { ...at, kind: 'closed', why: String(frame).trim() }
  return { ...at, kind: 'frame', hop: kind, toServer: way === 'out', frame }
}
