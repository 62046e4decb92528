/**
 * A relay in a process of its own, with pairs that behave, and an attack on it: how much memory it takes beyond what it
 * had, and what those pairs feel.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sleep } from 'proto/clock'
import { seededEntropy, type Entropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import { startServer, type Program } from '../programs.ts'
import { rawPhone, type RawPhone } from '../sockets/raw-pair.ts'
import { VICTIM, type AttackName } from './attacks.ts'
import { HealthyPairs, type Latency } from './healthy-pairs.ts'
import { forgetPeak, peakBytes, residentBytes } from './process-memory.ts'

export const ATTACKER = fileURLToPath(new URL('./attacker.js', import.meta.url))
const HEALTHY = 10
/** Without an attack: so that code is compiled, buffers are there, and the pairs' own memory is not counted. */
const WARM_MS = 1_500

export interface Assailed {
  readonly relay: Program
  readonly port: number
  readonly healthy: HealthyPairs
  /** Registered, and away: whose mailbox is stuffed. */
  readonly victim: RawPhone
  readonly entropy: Entropy
  /** Ends the relay and everybody who talks to it. */
  close(): Promise<void>
}

export interface Pressure {
  /** Bytes of the relay before, at the most during the attack, and a moment after it, as the kernel counts them. */
  readonly before: number
  readonly peak: number
  readonly after: number
  /** Of a frame to the phone and one back. */
  readonly calm: Latency
  readonly attacked: Latency
  /** What the attackers did. */
  readonly done: Readonly<Record<string, number>>
}

/** A fresh relay with ten pairs that are warm. */
export async function startAssailed(settings: Readonly<Record<string, string>> = {}): Promise<Assailed> {
  const folder = mkdtempSync(join(tmpdir(), 'pressure-'))
  const relay = await startServer(folder, settings)
  const port = Number(new URL(relay.url).port)
  const entropy = seededEntropy('pressure')
  const healthy = await HealthyPairs.open(port, HEALTHY, entropy)
  const victim = await rawPhone(port, VICTIM, entropy)
  victim.socket.destroy()
  await healthy.measure(WARM_MS)
  return {
    ...{ relay, port, healthy, victim, entropy },
    async close() {
      healthy.close()
      await relay.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** So many attackers at once, for so many ms; before it the same time, or `calmMs`, is calm. */
export async function press(
  { relay, port, healthy }: Assailed,
  name: AttackName,
  { count, ms, calmMs = ms }: { readonly count: number; readonly ms: number; readonly calmMs?: number },
): Promise<Pressure> {
  const calm = await healthy.measure(calmMs)
  await relay.memory() // collects first
  const before = residentBytes(relay.pid)
  forgetPeak(relay.pid)
  const attacker = fork(ATTACKER, [name, String(port), String(count)])
  const ended = once(attacker, 'exit')
  const begun = once(attacker, 'message')
  await Promise.race([begun, ended.then(() => Promise.reject(new Error(`${name} ended by itself`)))])
  const attacked = await healthy.measure(ms)
  attacker.send('done')
  const [{ done }] = (await once(attacker, 'message')) as [{ done: Record<string, number> }]
  const peak = peakBytes(relay.pid)
  attacker.disconnect()
  await ended
  await sleep(realClock, Math.min(ms, 2_000))
  await relay.memory()
  return { before, peak, after: residentBytes(relay.pid), calm, attacked, done }
}
