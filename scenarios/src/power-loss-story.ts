/** The story of a power cut: a day under strace, the audit of its syncs, the images, and controls that must be caught. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { answeredEarly, audit, callsOf, type Audit, type Promises } from './power-loss.ts'
import { PhonesPromises } from './phones-promises.ts'
import { ServerPromises } from './server-promises.ts'
import { tracedRun, tracesIn } from './traced-run.ts'

/** In memory, so that the syncs of opening an image cost nothing. */
const SHARED_MEMORY = '/dev/shm'
const RELAXED = fileURLToPath(new URL('./relaxed-database.js', import.meta.url))

const promisesOf: Readonly<Record<string, () => Promises>> = {
  server: () => new ServerPromises(),
  phones: () => new PhonesPromises(),
}

export interface PowerLoss {
  /** Of the day. */
  readonly messages: number
  /** Of both programs together. */
  readonly images: number
  /** Of each program, for the control. */
  readonly controlImages: number
  /** Of every so many images one is cut again while it is opened. */
  readonly recoverEvery: number
  /** The command that runs it again. */
  readonly again: string
}

/**
 * The day of the programs as they are. `TETHER_TRACES` names the folder of an earlier day instead of a new one; that
 * of a day that failed is kept.
 */
export async function powerLossStory(
  t: Test,
  seed: string,
  { messages, images, controlImages, recoverEvery, again }: PowerLoss,
) {
  const kept = process.env['TETHER_TRACES']
  const folder = kept ?? dayFolder()
  const run = kept === undefined ? await tracedRun(folder, messages) : tracesIn(folder)
  for (const [name, traced] of Object.entries(run)) {
    const chance = seededEntropy(seed).fork(name)
    const calls = callsOf(traced)
    const given = () => ({ promises: promisesOf[name](), into: folder, chance })
    const found = await audit(calls, traced, { ...given(), images: images / 2, recoverEvery })
    t.comment(inShort(name, found))
    t.equal(found.early, 0, `${name}: nothing was said while a database was not synced`)
    t.ok(found.answers > messages, `${name}: ${found.answers} answers named something durable`)
    t.strictSame(
      found.broken.slice(0, 5),
      [],
      `${name}: ${found.images} images keep all of it, and ${found.second} of a second cut`,
    )

    const worst = { ...given(), images: controlImages, onlySynced: true }
    const control = await audit(answeredEarly(calls), traced, worst)
    t.ok(
      control.early > messages,
      `${name}: ${control.early} answers are caught when the syncs come after them`,
    )
    t.ok(
      control.broken.length > 0,
      `${name}: and ${control.broken.length} losses in ${control.images} images`,
    )
  }
  if (t.passing() || kept !== undefined) {
    if (kept === undefined) rmSync(folder, { recursive: true })
  } else t.comment(`to look again: TETHER_TRACES='${folder}' ${again}`)
}

/** The day of programs whose databases do not sync: the audit must find it out. */
export async function relaxedStory(
  t: Test,
  seed: string,
  { messages, controlImages }: Pick<PowerLoss, 'messages' | 'controlImages'>,
) {
  const folder = dayFolder()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, traced] of Object.entries(await tracedRun(folder, messages, RELAXED))) {
    const given = { promises: promisesOf[name](), images: controlImages, into: folder }
    const found = await audit(callsOf(traced), traced, { ...given, chance: seededEntropy(seed).fork(name) })
    t.comment(inShort(name, found))
    t.ok(found.early > messages, `${name}: ${found.early} of ${found.said} answers were not on the disk`)
    t.ok(found.broken.length > 0, `${name}: ${found.broken.length} losses in ${found.images} images`)
  }
}

function dayFolder(): string {
  return mkdtempSync(join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'power-'))
}

function inShort(name: string, { broken, ...counts }: Audit): string {
  return `${name}: ${JSON.stringify({ ...counts, broken: broken.length })}`
}
