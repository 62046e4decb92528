import t from 'tap'
import { type RelayEvent, RelayFeed } from '../../../src/page/demo/relay-feed.ts'

const frame = (more: Partial<RelayEvent> = {}): RelayEvent => ({
  ...{
    type: 'frame',
    at: 1,
    leg: 'browser',
    peer: 1,
    address: '127.0.0.1',
    way: 'in',
    label: 'sealed message',
  },
  ...{ bytes: 100, sealedBytes: 60 },
  ...more,
})

t.test('it keeps the newest frames, sums all, and leaves out what says nothing', (t) => {
  const feed = new RelayFeed()
  for (let at = 0; at < 150; at++) feed.hear(frame({ at }))
  feed.hear(frame({ label: 'keep-alive' }))
  feed.hear(frame({ label: 'heartbeat' }))
  feed.hear({ type: 'closed', at: 9, leg: 'phone', peer: 2, address: '' })
  t.equal(feed.seen.value.length, 120)
  t.match(feed.seen.value.at(-1), { type: 'closed', order: 151 })
  t.strictSame(feed.sums.value, { frames: 150, bytes: 15_000, sealedBytes: 9_000 })
  feed.clear()
  t.strictSame([feed.seen.value, feed.sums.value.frames], [[], 0])
  t.end()
})
