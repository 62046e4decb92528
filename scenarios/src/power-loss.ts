/**
 * Replays the trace of a program: was anything said while the disk still owed it, and what would be left if the power
 * failed at a call? (research: reliability 4.2, T4 and T5)
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTrace, STRACE, straceArguments, type SystemCall } from 'database/strace'
import { fraction, type Entropy } from 'proto/entropy'
import { DISK_CALLS, DiskModel } from './disk-model.ts'
import { isSaying, TracedSockets, type Utterance } from './traced-sockets.ts'
import type { Traced } from './traced-run.ts'

/** What a program says it has done; the two of them know what that means. */
export interface Promises {
  readonly kinds: Readonly<Record<string, number>>
  /** Listens; the kind of the durable thing that was named, if one was. */
  take(spoken: Utterance): string | null
  /** What an image of the disk does not keep, in words. Rejects when it does not open. */
  broken(folder: string): Promise<string[]>
}

export interface Audit {
  readonly calls: number
  readonly syncs: number
  /** Writes to sockets. */
  readonly said: number
  /** Writes to sockets that named something durable. */
  readonly answers: number
  /** Writes to sockets while a database had bytes that were not synced. */
  readonly early: number
  readonly kinds: Readonly<Record<string, number>>
  readonly images: number
  /** Of power cuts while a program recovers from an earlier one. */
  readonly second: number
  /** What images did not keep, or why they did not open: one line each. */
  readonly broken: readonly string[]
}

const DATABASE = /\.db(-wal|-journal)?$/

export interface AuditOptions {
  readonly promises: Promises
  readonly images: number
  /** Every image at its worst, that is without anything that was not synced. */
  readonly onlySynced?: boolean
  /** Of every so many images one is opened under strace, and the power fails again while that goes on. */
  readonly recoverEvery?: number
  /** A folder for the images. */
  readonly into: string
  readonly chance: Entropy
}

/** Replays the calls of a program against what it promises. */
export async function audit(
  calls: readonly SystemCall[],
  { root, data }: Traced,
  { promises, images, onlySynced = false, recoverEvery = Infinity, into, chance }: AuditOptions,
): Promise<Audit> {
  const disk = new DiskModel(root)
  const sockets = new TracedSockets()
  const cuts = cutsOf(calls, root, images, chance.fork('cuts'))
  const broken: string[] = []
  const counts = { calls: calls.length, syncs: 0, said: 0, answers: 0, early: 0, images: 0, second: 0 }
  for (const [place, call] of calls.entries()) {
    if (disk.take(call) && call.name.endsWith('sync')) counts.syncs++
    if (isSaying(call)) {
      counts.said++
      if (disk.isUnsynced((path) => DATABASE.test(path))) counts.early++
    }
    const named = sockets.take(call).map((spoken) => promises.take(spoken))
    if (named.some((kind) => kind !== null)) counts.answers++
    const drawn = Array.from({ length: cuts.get(place) ?? 0 }, () => onlySynced)
    // files come over several threads, so that order alone proves nothing: each upload is looked at, at its worst
    for (const atWorst of [...drawn, ...named.filter((kind) => kind === 'uploaded').map(() => true)]) {
      const number = ++counts.images
      const folder = join(into, `image ${number}`)
      mkdirSync(folder)
      disk.image(folder, chance.fork(`image ${number}`), atWorst)
      const inside = relative(root, data)
      if (number % recoverEvery === 0) {
        const again = await cutAgain(folder, inside, {
          promises,
          into,
          chance: chance.fork(`again ${number}`),
        })
        counts.second += again.images
        broken.push(...again.broken.map((text) => `image ${number}, while it was opened: ${text}`))
      }
      const found = await brokenIn(promises, join(folder, inside))
      broken.push(...found.map((text) => `image ${number}, after call ${place} (${call.name}): ${text}`))
      rmSync(folder, { recursive: true })
    }
  }
  return { ...counts, kinds: promises.kinds, broken }
}

const OPENER = fileURLToPath(new URL('./database-opener.js', import.meta.url))
const CUTS_OF_A_RECOVERY = 10

/** Opens a copy of an image in a process of its own and looks at the images that a power cut in the midst of it leaves. */
async function cutAgain(
  image: string,
  inside: string,
  { promises, into, chance }: Pick<AuditOptions, 'promises' | 'into' | 'chance'>,
): Promise<{ readonly images: number; readonly broken: string[] }> {
  const root = join(into, 'opened')
  cpSync(image, root, { recursive: true })
  const disk = new DiskModel(root)
  const trace = join(into, 'opened.trace')
  const command = [process.execPath, OPENER, join(root, inside)]
  const { status } = spawnSync(STRACE ?? '', [...straceArguments(trace, DISK_CALLS), ...command])
  const calls = readTrace(trace)
  const writes = calls.flatMap((call, place) => (isBelow(call, root) ? [place] : []))
  const cuts = new Set(
    Array.from({ length: CUTS_OF_A_RECOVERY }, () => writes[Math.floor(fraction(chance) * writes.length)]),
  )
  const broken = status === 0 ? [] : ['it does not open']
  let images = 0
  for (const [place, call] of calls.entries()) {
    disk.take(call)
    if (!cuts.has(place)) continue
    const folder = join(into, `opened ${++images}`)
    mkdirSync(folder)
    disk.image(folder, chance.fork(`${images}`))
    broken.push(...(await brokenIn(promises, join(folder, inside))))
    rmSync(folder, { recursive: true })
  }
  rmSync(root, { recursive: true })
  return { images, broken }
}

function brokenIn(promises: Promises, folder: string): Promise<string[]> {
  return promises.broken(folder).catch((error: unknown) => [`does not open: ${String(error)}`])
}

function isBelow(call: SystemCall, root: string): boolean {
  return call.file.startsWith(root) || (call.file === '' && call.text().includes(root))
}

/** Calls at each end of a trace that are looked at more closely: files begin and end there. */
const EDGE = 150

/** How many images after which calls: half of them directly after something was said, a quarter near the ends. */
function cutsOf(
  calls: readonly SystemCall[],
  root: string,
  images: number,
  chance: Entropy,
): Map<number, number> {
  const writing: number[] = []
  const saying: number[] = []
  for (const [place, call] of calls.entries()) {
    if (isSaying(call)) saying.push(place)
    else if (isBelow(call, root)) writing.push(place)
  }
  const cuts = new Map<number, number>()
  const edges = [...writing.slice(0, EDGE), ...writing.slice(-EDGE)]
  for (let n = 0; n < images; n++) {
    const among = n % 2 === 0 ? saying : n % 4 === 1 ? edges : writing
    const place = among[Math.floor(fraction(chance) * among.length)]
    cuts.set(place, (cuts.get(place) ?? 0) + 1)
  }
  return cuts
}

/** The calls of a program. */
export function callsOf({ trace }: Traced): SystemCall[] {
  return readTrace(trace)
}

/** As if the program had answered first and synced afterwards: every sync of a log goes behind what was said next. */
export function answeredEarly(calls: readonly SystemCall[]): SystemCall[] {
  const doctored: SystemCall[] = []
  let held: SystemCall[] = []
  for (const call of calls) {
    if (call.name.endsWith('sync') && call.file.endsWith('.db-wal')) held.push(call)
    else {
      const writes = call.name === 'pwrite64' && call.file.endsWith('.db-wal')
      if (writes && held.length > 0) {
        doctored.push(...held)
        held = []
      }
      doctored.push(call)
    }
  }
  return [...doctored, ...held]
}
