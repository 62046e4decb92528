/** One engine, measured in a process of its own; the parent names it and reads the figures. See signal.ts. */
import { engines, type EngineName } from './signal-engines.ts'

/** Rates per second, of one processor. */
export interface SignalRates {
  readonly pingPong: number
  readonly oneWay: number
  readonly firstMessages: number
  readonly keySets: number
}

const WARM_UP_MS = 600
const ROUND_MS = 250
const ROUNDS = 5

const engine = await engines[process.argv[2] as EngineName]()
const pair = await engine.meet()
const carry = async (from: 0 | 1): Promise<void> => {
  if ((await pair.carry(from, 'how are you?')) !== 'how are you?') throw new Error('not what was said')
}
let turn: 0 | 1 = 0
await carry(0)
await carry(1)

process.send!({
  pingPong: await rate(() => carry((turn = turn === 0 ? 1 : 0))),
  oneWay: await rate(() => carry(0)),
  firstMessages: await rate(async () => {
    await (await engine.meet()).carry(0, 'hello')
  }),
  keySets: await rate(async () => {
    await engine.makeKeys()
  }),
} satisfies SignalRates)
process.disconnect()

/** The median of some rounds, after a warm-up. */
async function rate(task: () => Promise<void>): Promise<number> {
  await round(task, WARM_UP_MS)
  const rates: number[] = []
  for (let i = 0; i < ROUNDS; i++) rates.push(await round(task, ROUND_MS))
  return rates.sort((a, b) => a - b)[ROUNDS >> 1]
}

async function round(task: () => Promise<void>, ms: number): Promise<number> {
  const start = performance.now()
  let count = 0
  do {
    await task()
    count++
  } while (performance.now() - start < ms)
  return (count * 1_000) / (performance.now() - start)
}
