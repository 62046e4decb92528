/**
 * Our Signal adapter against the library it wraps, as that comes, and against the official client library, which
 * does more (a post-quantum handshake and ratchet) and is the mark to reach for. Each in a process of its own, one
 * after the other, twice; the better run counts.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineName } from './signal-engines.ts'
import type { SignalRates } from './signal-run.ts'

/** Operations per second of both, and how many times ours is faster. */
export interface SignalRow {
  readonly name: string
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
  readonly unit: string
}

const peers: readonly { readonly engine: EngineName; readonly name: string }[] = [
  { engine: 'library', name: 'libsignal-protocol-typescript 0.0.16' },
  { engine: 'official', name: 'libsignal-client 0.103.0' },
]
const rows: readonly { readonly rate: keyof SignalRates; readonly name: string; readonly unit: string }[] = [
  { rate: 'pingPong', name: 'Signal ping-pong', unit: 'messages/s' },
  { rate: 'oneWay', name: 'Signal one way', unit: 'messages/s' },
  { rate: 'firstMessages', name: 'Signal keys of two, session, first message', unit: 'per s' },
  { rate: 'keySets', name: 'Signal identity and 101 prekeys', unit: 'per s' },
]
const RUNS = 2

export async function benchSignal(): Promise<{ rows: SignalRow[] }> {
  const best = new Map<EngineName, SignalRates>()
  for (let run = 0; run < RUNS; run++) {
    for (const engine of ['ours', 'library', 'official'] as const) {
      best.set(engine, better(await measure(engine), best.get(engine)))
    }
  }
  const ours = best.get('ours')!
  return {
    rows: peers.flatMap((peer) => {
      const theirs = best.get(peer.engine)!
      return rows.map(({ rate, name, unit }) => ({
        name: `${name}, ${peer.name}`,
        ours: ours[rate],
        theirs: theirs[rate],
        ratio: ours[rate] / theirs[rate],
        unit,
      }))
    }),
  }
}

function better(rates: SignalRates, than: SignalRates | undefined): SignalRates {
  if (!than) return rates
  const { pingPong, oneWay, firstMessages, keySets } = rates
  return {
    pingPong: Math.max(pingPong, than.pingPong),
    oneWay: Math.max(oneWay, than.oneWay),
    firstMessages: Math.max(firstMessages, than.firstMessages),
    keySets: Math.max(keySets, than.keySets),
  }
}

function measure(engine: EngineName): Promise<SignalRates> {
  const child = fork(fileURLToPath(new URL('./signal-run.js', import.meta.url)), [engine])
  return new Promise((resolve, reject) => {
    let rates: SignalRates | undefined
    child.once('message', (message) => (rates = message as SignalRates))
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0 && rates) resolve(rates)
      else reject(new Error(`the measurement of ${engine} ended with ${code}`))
    })
  })
}
