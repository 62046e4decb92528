import t from 'tap'
import { limit } from 'proto/limits'
import { Counters } from '../src/counters.ts'
import { ReadGap } from '../src/read-gap.ts'
import { ManualClock } from './manual-clock.ts'
import { ScriptedLink } from './world.ts'

const LEAST_MS = 50

/** A gap that has begun; `overAt` has the times at which it was over, in ms from its beginning. */
function begun({ pings }: { pings: boolean }) {
  const clock = new ManualClock()
  const counters = new Counters()
  const pongs: (() => void)[] = []
  const link = new ScriptedLink(clock)
  if (pings) Object.assign(link, { ping: (heard: () => void) => void pongs.push(heard) })
  const gap = new ReadGap({ clock, counters }, link)
  t.ok(gap.isOver, 'before it begins')
  gap.begin(LEAST_MS)
  const from = clock.now()
  const overAt: number[] = []
  gap.whenOver(() => void overAt.push(clock.now() - from))
  return { clock, counters, gap, pongs, overAt, met: () => counters.value('limits', 'PONG_MS') }
}

t.test('lasts its least time, however fast the pong', async (t) => {
  const { clock, pongs, overAt } = begun({ pings: true })
  pongs[0]()
  await clock.pass(LEAST_MS - 1)
  t.strictSame(overAt, [])
  await clock.pass(1)
  t.strictSame(overAt, [LEAST_MS])
})

t.test('lasts until the pong when that is later', async (t) => {
  const { clock, gap, pongs, overAt, met } = begun({ pings: true })
  await clock.pass(LEAST_MS + 700)
  t.strictSame([overAt, gap.isOver], [[], false])
  pongs[0]()
  t.strictSame([overAt, gap.isOver], [[LEAST_MS + 700], true])
  await clock.pass(limit('PONG_MS'))
  t.strictSame([overAt.length, met()], [1, 0])
})

t.test('waits PONG_MS for a pong that never comes, and counts it', async (t) => {
  const { clock, gap, overAt, met } = begun({ pings: true })
  await clock.pass(limit('PONG_MS') - 1)
  t.strictSame(overAt, [])
  await clock.pass(1)
  t.strictSame([overAt, gap.isOver, met()], [[limit('PONG_MS')], true, 1])
})

t.test('where nothing can be pinged only time counts', async (t) => {
  const { clock, overAt, met } = begun({ pings: false })
  await clock.pass(LEAST_MS)
  t.strictSame([overAt, met()], [[LEAST_MS], 0])
})

t.test('a pong of the gap before does not end the next one', async (t) => {
  const { clock, gap, pongs } = begun({ pings: true })
  gap.begin(LEAST_MS)
  await clock.pass(LEAST_MS)
  pongs[0]()
  t.notOk(gap.isOver)
  pongs[1]()
  t.ok(gap.isOver)
})

t.test('a cancelled one calls nobody', async (t) => {
  const { clock, gap, pongs, overAt } = begun({ pings: true })
  gap.cancel()
  pongs[0]()
  await clock.pass(limit('PONG_MS'))
  t.strictSame(overAt, [])
})
