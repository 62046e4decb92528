/** A full mailbox goes to a phone that reads slowly: what the relay needs meanwhile, and whether all of it arrives. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { sleep } from 'proto/clock'
import { realClock } from 'proto/system'
import { attachRaw, tell } from '../sockets/raw-pair.ts'
import type { RawSocket } from '../sockets/raw-socket.ts'
import { ATTACKER, type Assailed } from './pressure.ts'
import { forgetPeak, peakBytes, residentBytes } from './process-memory.ts'

export interface Drain {
  readonly before: number
  readonly peak: number
  /** Mails that came, in the order of the mailbox. */
  readonly seqs: readonly number[]
  readonly ms: number
}

const SENDERS = 6
/** It takes what has come, then rests so long: some 5 MB a second. */
const REST_MS = 10
/** So many mails are taken at once. */
const TAKEN = 50

/** Fills the mailbox of the victim, which is away, with so many mails, then lets it come back. */
export async function slowDrain({ relay, port, victim, entropy }: Assailed, mails: number): Promise<Drain> {
  const senders = fork(ATTACKER, ['stuffing', String(port), String(SENDERS)])
  await once(senders, 'message')
  for (let stored = 0; stored < mails;) {
    await sleep(realClock, 100)
    senders.send('done')
    const [{ done }] = (await once(senders, 'message')) as [{ done: Record<string, number | undefined> }]
    if (done['refused'] !== undefined && stored === done['stored']) throw new Error(`refused after ${stored}`)
    stored = done['stored'] ?? 0
  }
  const gone = once(senders, 'exit')
  senders.disconnect()
  await gone
  await relay.memory()
  const before = residentBytes(relay.pid)
  forgetPeak(relay.pid)
  const from = performance.now()
  const { socket } = await attachRaw(port, victim, entropy)
  const seqs: number[] = []
  while (seqs.length < mails && socket.ended === null) {
    socket.socket.pause()
    for (const seq of deliveries(socket)) {
      seqs.push(seq)
      if (seqs.length % TAKEN === 0) tell(socket, { type: 'taken', seq })
    }
    await sleep(realClock, REST_MS)
    socket.socket.resume()
    await Promise.race([once(socket.socket, 'data'), sleep(realClock, 1_000)])
  }
  socket.destroy()
  return { before, peak: peakBytes(relay.pid), seqs: seqs.slice(0, mails), ms: performance.now() - from }
}

/** Takes them off what has come. */
function deliveries(socket: RawSocket): number[] {
  const said = socket.texts.map((text) => JSON.parse(text) as { type: string; seq?: number })
  socket.frames = []
  return said.filter(({ type }) => type === 'delivery').map(({ seq }) => seq!)
}
