/** What the stories over raw sockets stand on: a WebSocket spoken by hand, and a clock that leaps. */
import t from 'tap'
import { LeapingClock } from '../src/sockets/leaping-clock.ts'
import { rawPair, roundTrip } from '../src/sockets/raw-pair.ts'
import { rawRelay } from '../src/sockets/raw-relay.ts'
import { rawFrame, takeFrames, text } from '../src/sockets/raw-frame.ts'

t.test(
  'a phone and a browser without a client library pair, and frames of any size get through',
  async (t) => {
    const { server, port, entropy } = await rawRelay()
    const pair = await rawPair(port, '15550000001', entropy)
    for (const bytes of [30, 125, 126, 65_535, 65_536, 200_000]) await roundTrip(pair, `t${bytes}`, bytes)
    t.equal(server.counters.value('frames', 'browserToPhone'), 8, 'with the one that ends the hold')
    t.equal(server.counters.value('frames', 'phoneToBrowser'), 7)
    await server.close()
    await pair.browser.until(() => pair.browser.closed !== null)
    t.match(pair.browser.closed, { code: 1001 })
  },
)

t.test('a frame is written as it is told to be, and read whatever pieces it comes in', async (t) => {
  t.strictSame(text('ab'), Buffer.of(0x81, 0x82, 0x37, 0xfa, 0x21, 0x3d, 0x61 ^ 0x37, 0x62 ^ 0xfa))
  const odd = rawFrame({
    opcode: 11,
    payload: 'x',
    fin: false,
    rsv: 5,
    mask: null,
    lengthBits: 64,
    announced: 2n ** 63n,
  })
  t.strictSame(odd, Buffer.of(0x5b, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x78))
  const two = Buffer.concat(
    [0, 70_000].map((length) => rawFrame({ opcode: 2, payload: 'x'.repeat(length), mask: null })),
  )
  for (const cut of [1, 2, 3, 11, 12, two.length - 1]) {
    const first = takeFrames(two.subarray(0, cut))
    const then = takeFrames(Buffer.concat([first.rest, two.subarray(cut)]))
    t.strictSame(
      [...first.frames, ...then.frames].map(({ payload }) => payload.length),
      [0, 70_000],
    )
  }
})

t.test(
  'a clock that leaps runs what is due by then, in the order of its times, and nothing else',
  async (t) => {
    const clock = new LeapingClock()
    const from = clock.now()
    const seen: [string, number][] = []
    const note = (name: string) => () => seen.push([name, Math.round((clock.now() - from) / 10_000)])
    clock.after(60_000, note('last'))
    clock.after(20_000, () => {
      note('first')()
      clock.after(10_000, note('of the first'))
    })
    clock.after(25_000, note('cancelled')).cancel()
    const late = clock.after(61_000, note('too late'))
    clock.leap(60_500)
    t.strictSame(seen, [
      ['first', 2],
      ['of the first', 3],
      ['last', 6],
    ])
    late.cancel()
  },
)
