import t from 'tap'
import { limit } from 'proto/limits'
import type { Frame } from 'proto/link'
import { FrameQueue } from '../src/frame-queue.ts'

t.test('gives back what was put in, in order, once', async (t) => {
  const queue = new FrameQueue<Frame>('HELD_FRAMES', 'HELD_BYTES')
  const bytes = Uint8Array.of(1, 2)
  for (const [at, frame] of ['a', bytes, 'b'].entries()) t.equal(queue.put(frame, at), null)
  bytes.fill(9)
  t.equal(queue.length, 3)
  const taken = queue.takeAll()
  t.same(
    taken.map(({ frame }) => frame),
    ['a', Uint8Array.of(1, 2), 'b'],
    'as they were then',
  )
  t.same(
    taken.map(({ since }) => since),
    [0, 1, 2],
  )
  t.same(queue.takeAll(), [])
  t.equal(queue.length, 0)
})

t.test('names the limit that is in the way, frames or bytes, and starts anew when emptied', async (t) => {
  const queue = new FrameQueue<Frame>('AWAY_QUEUE_FRAMES', 'AWAY_QUEUE_BYTES')
  for (let n = 0; n < limit('AWAY_QUEUE_FRAMES'); n++) t.equal(queue.put('x', 0), null)
  t.equal(queue.put('x', 0), 'AWAY_QUEUE_FRAMES')
  t.equal(queue.takeAll().length, limit('AWAY_QUEUE_FRAMES'))
  t.equal(queue.put(new Uint8Array(limit('AWAY_QUEUE_BYTES') - 1), 0), null)
  t.equal(queue.put('xx', 0), 'AWAY_QUEUE_BYTES')
  t.equal(queue.put('x', 0), null, 'the refused one took no room')
  t.equal(queue.put('x', 0), 'AWAY_QUEUE_BYTES')
})
