import t from 'tap'
import { TimeLeft } from '../src/time-left.ts'
import { TestClock } from './test-clock.ts'

function stage() {
  const clock = new TestClock()
  const kept = new Map<string, string>()
  const facts = {
    find: (name: string) => kept.get(name) ?? null,
    put: (name: string, value: string) => void kept.set(name, value),
    remove: (name: string) => void kept.delete(name),
  }
  return { clock, kept, left: new TimeLeft(facts, clock), again: () => new TimeLeft(facts, clock) }
}

t.test('it counts what has passed, whatever the clock shows', async (t) => {
  const { clock, left } = stage()
  left.begin('a', 1_000)
  left.begin('b', null)
  clock.aheadMs = -86_400_000
  await clock.advance(999)
  t.equal(left.of('a'), 1)
  await clock.advance(1)
  t.strictSame([left.of('a'), left.of('b'), left.of('unknown')], [0, Infinity, Infinity])
})

t.test('after a start no more is left than was written, nor than the clock allows', async (t) => {
  const { clock, left, again } = stage()
  const expiresAt = clock.now() + 1_000
  left.begin('a', 1_000)
  await clock.advance(400)
  left.write()
  await clock.advance(100)
  const later = (aheadMs: number): number => {
    clock.aheadMs = aheadMs
    const restored = again()
    restored.restore('a', expiresAt)
    return restored.of('a')
  }
  t.strictSame([later(0), later(-5_000), later(450), later(5_000)], [500, 600, 50, -4_500])
  clock.aheadMs = 0
  const older = again()
  older.restore('of a phone that wrote nothing', expiresAt)
  t.equal(older.of('of a phone that wrote nothing'), 500)
  older.restore('for ever', null)
  t.equal(older.of('for ever'), Infinity)
})

t.test('what is forgotten, or has no end any more, leaves nothing behind', (t) => {
  const { kept, left } = stage()
  left.begin('a', 1_000)
  left.begin('b', 1_000)
  t.equal(kept.size, 2)
  left.forget('a')
  left.begin('b', null)
  t.equal(kept.size, 0)
  t.ok(left.isEmpty)
  t.end()
})
