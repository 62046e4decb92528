import t from 'tap'
import { ResendRing } from '../src/resend-ring.ts'

t.test('gives what came after a number, in order', async (t) => {
  const ring = new ResendRing<string>(4, 100)
  for (const item of ['a', 'b', 'c']) ring.push(item, 1)
  t.equal(ring.sent, 3)
  t.same(
    [0, 1, 2, 3].map((from) => ring.since(from)),
    [['a', 'b', 'c'], ['b', 'c'], ['c'], []],
  )
})

t.test('gives null for what was forgotten and for what was never sent', async (t) => {
  const ring = new ResendRing<number>(3, 100)
  for (let item = 0; item < 10; item++) ring.push(item, 1)
  t.same(ring.since(7), [7, 8, 9])
  t.equal(ring.since(6), null)
  t.equal(ring.since(11), null)
  t.same(ring.since(10), [])
})

t.test(
  'forgets the oldest when it holds too many bytes, the newest too when it alone is too large',
  async (t) => {
    const ring = new ResendRing<string>(10, 10)
    ring.push('a', 6)
    ring.push('b', 4)
    t.same(ring.since(0), ['a', 'b'])
    ring.push('c', 1)
    t.equal(ring.since(0), null)
    t.same(ring.since(1), ['b', 'c'])
    ring.push('large', 11)
    t.equal(ring.since(3), null)
    t.same(ring.since(4), [])
    ring.push('d', 10)
    t.same(ring.since(4), ['d'])
  },
)

t.test('keeps no longer what the lowest 16 bits of a count confirm, whatever else they are', async (t) => {
  const ring = new ResendRing<number>(4, 100)
  const count = 2 ** 17 + 3
  for (let item = 0; item < count; item++) ring.push(item, 1)
  ring.confirm((count - 2) & 0xffff)
  t.same(ring.since(count - 2), [count - 2, count - 1])
  t.equal(ring.since(count - 3), null)
  for (const unheard of [count - 4, count - 100, count + 1]) ring.confirm(unheard & 0xffff)
  t.same(ring.since(count - 2), [count - 2, count - 1])
  ring.confirm(count & 0xffff)
  t.same(ring.since(count), [])
  t.equal(ring.since(count - 1), null)
  for (let item = 0; item < 4; item++) ring.push(item, 25)
  t.equal(ring.since(count)?.length, 4, 'all of its room is free again')
})
