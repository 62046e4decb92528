/** A phone that reads slowly has a browser that sends fast: the browser waits, and the phone loses nothing. */
import t from 'tap'
import { rawPair } from '../src/sockets/raw-pair.ts'
import { binary } from '../src/sockets/raw-frame.ts'
import { rawRelay } from '../src/sockets/raw-relay.ts'

const FRAMES = 64
const FRAME_BYTES = 250_000

t.test('a browser cannot have its phone cut off by sending more than the phone takes', async (t) => {
  const { server, port, entropy } = await rawRelay()
  t.teardown(() => server.close())
  const { browser, socket: phone } = await rawPair(port, '15550001111', entropy)
  t.teardown(() => [browser, phone].forEach((socket) => socket.destroy()))
  phone.socket.pause()
  const message = Buffer.alloc(FRAME_BYTES, 0x61)
  for (let n = 0; n < FRAMES; n++) {
    message.write(`${String(n).padStart(3, '0')},`)
    browser.write(binary(message))
  }
  while (server.counters.value('limits', 'PHONE_QUEUE_BYTES') === 0)
    await new Promise((resolve) => setTimeout(resolve, 10))
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.ok(server.counters.value('frames', 'browserToPhone') < FRAMES, 'it is not read to its end')
  phone.socket.resume()
  // behind the header, or as a fragment of its own
  const messages = () => phone.frames.filter(({ payload }) => payload.length >= FRAME_BYTES)
  await phone.until(() => messages().length === FRAMES || phone.ended !== null)
  const tags = messages().map(({ payload }) => Number(payload.subarray(-FRAME_BYTES).toString('utf8', 0, 3)))
  t.strictSame(
    tags,
    Array.from({ length: FRAMES }, (_, n) => n),
    'all of it, in order',
  )
  t.equal(phone.ended, null)
  t.equal(server.counters.value('drops', 'slowReader'), 0)
})
