import t from 'tap'
import { TokenBucket, TokenBuckets } from '../src/token-bucket.ts'

t.test('gives exactly its capacity at once, then says how long to wait', async (t) => {
  const bucket = new TokenBucket(3, 1000, 0)
  t.same([bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 0])
  t.equal(bucket.take(0), 1000)
  t.equal(bucket.take(400), 600, 'a refused take costs nothing')
  t.equal(bucket.take(1000), 0)
})

t.test('keeps fractions, so frequent small takes refill exactly', async (t) => {
  const bucket = new TokenBucket(1, 1000, 0)
  t.equal(bucket.take(0), 0)
  for (let now = 1; now < 1000; now++) if (bucket.take(now) === 0) t.fail(`a token came back after ${now} ms`)
  t.equal(bucket.take(1000), 0)
})

t.test('never holds more than its capacity, and a clock going back never refills', async (t) => {
  const bucket = new TokenBucket(2, 10, 1000)
  bucket.take(1000)
  bucket.take(1000)
  t.equal(bucket.take(1_000_000), 0)
  t.equal(bucket.take(1_000_000), 0)
  t.equal(bucket.take(1_000_000), 10)
  t.not(bucket.take(0), 0)
})

t.test('spends what it does not have, and says how long until that is paid', async (t) => {
  const bucket = new TokenBucket(2, 10, 0)
  t.same(
    [1, 2, 3, 4, 5].map(() => bucket.spend(0)),
    [0, 0, 10, 20, 30],
  )
  t.equal(bucket.spend(30), 10, 'paid, and one more on credit')
  t.not(bucket.take(35), 0)
  t.equal(bucket.spend(1_000), 0)
})

t.test('isolates keys, and forgets full buckets', async (t) => {
  const buckets = new TokenBuckets(1, 1000)
  t.equal(buckets.take('a', 0), 0)
  t.equal(buckets.take('a', 0), 1000)
  t.equal(buckets.take('b', 0), 0)
  t.equal(buckets.isEmpty('a', 0), true)
  t.equal(buckets.isEmpty('a', 1000), false)
  t.equal(buckets.isEmpty('never seen', 0), false)
  for (let i = 0; i < 5000; i++) buckets.take(`key ${i}`, 5000 + i * 10)
  t.equal(buckets.take('key 4999', 5000 + 4999 * 10), 1000, 'an empty bucket is kept through sweeps')
})
