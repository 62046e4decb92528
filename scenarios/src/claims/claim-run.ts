/**
 * Many prekeys claimed by many at once, in processes of their own, while the server is killed again and again; then
 * every key that anybody was given is looked up (research 4.2, T6, on one node).
 */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { openDatabase } from 'database'
import { sleep } from 'proto/clock'
import { fraction, type Entropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import { serverSchema } from 'server/store-sqlite-schema'

/** Phones whose keys are wanted. */
export const TARGETS = Array.from({ length: 8 }, (_, i) => `1555000${1000 + i}`)
/** Ids that one number publishes in one life of the server. */
export const IDS_PER_LIFE = 100_000
/** Ends an answer. */
export const WHOLE = 'ok'
/** Claims that one worker has open. */
export const AT_ONCE = 16
const WORKERS = 2

/** `store` is ours; the other shows that this test would notice. */
export type Way = 'store' | 'select then delete'

export interface ClaimRun {
  readonly claims: number
  readonly kills: number
  /** Keys that more than one claim was answered with. */
  readonly doubles: number
  /** Keys that were given out and are still in stock, or were never marked as given out, after the last death. */
  readonly undone: number
  /** Given out on the disk, but the answer died with the server: allowed. */
  readonly burnt: number
  readonly seconds: number
}

interface Options {
  readonly path: string
  readonly claims: number
  readonly way: Way
  /** Chooses the instants of death. */
  readonly chance: Entropy
  /** Between two deaths, in ms; 0 for none but the last. */
  readonly killEveryMs: number
}

export async function runClaims({ path, claims, way, chance, killEveryMs }: Options): Promise<ClaimRun> {
  const began = realClock.now()
  const given: string[] = []
  const read: Promise<unknown>[] = []
  const workers = Array.from({ length: WORKERS }, (_, name) => {
    const worker = fork(programOf('claim-worker'), [String(name)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const lines = createInterface({ input: worker.stdout! }).on('line', (line) => given.push(line))
    read.push(once(lines, 'close'))
    return worker
  })
  let kills = 0
  while (given.length < claims) {
    const server = spawn(process.execPath, [programOf('claim-server'), path, String(kills + 1), way], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const port = await portOf(server)
    for (const worker of workers) worker.send(port)
    const end = realClock.now() + killEveryMs * (0.5 + fraction(chance))
    while (given.length < claims && (killEveryMs === 0 || realClock.now() < end)) await sleep(realClock, 5)
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
    kills += 1
  }
  for (const worker of workers) worker.disconnect()
  await Promise.all(read)
  return { ...check(path, given, way), kills, seconds: (realClock.now() - began) / 1000 }
}

function check(path: string, given: readonly string[], way: Way): Omit<ClaimRun, 'kills' | 'seconds'> {
  const once = new Set(given)
  const db = openDatabase(path, serverSchema)
  const keys = (table: string) =>
    new Set(
      db
        .all<{ number: string; id: number }>(`SELECT number, id FROM ${table}`)
        .map((row) => `${row.number} ${row.id}`),
    )
  const [stock, marks] = [keys('prekeys'), keys('prekeyMarks')]
  db.close()
  const isUndone = (key: string) => stock.has(key) || (way === 'store' && !marks.has(key))
  return {
    claims: given.length,
    doubles: given.length - once.size,
    undone: [...once].filter(isUndone).length,
    burnt: way === 'store' ? [...marks].filter((key) => !once.has(key)).length : 0,
  }
}

async function portOf(server: ChildProcess): Promise<number> {
  const lines = createInterface({ input: server.stdout! })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(server, 'exit').then(() => Promise.reject(new Error('the server of the claims did not start'))),
  ])) as [string]
  return Number(line)
}

function programOf(name: string): string {
  return new URL(`./${name}.js`, import.meta.url).pathname
}
