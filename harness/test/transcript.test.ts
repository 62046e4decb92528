import t from 'tap'
import type { Frame, Hop } from 'proto/link'
import { faultyLinks } from '../src/faulty-links.ts'
import { memoryLinks } from '../src/memory-link.ts'
import { recordTranscript } from '../src/transcript.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

const hop: Hop = { kind: 'browser-server', near: 'server', far: 'browser:1' }

async function record(...frames: Frame[]) {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const transcript = recordTranscript(clock, links)
  const { caller, called } = memoryLinks(clock)
  const server = links.join(hop, called)
  server.open({ frame: () => undefined, close: () => undefined })
  caller.open({ frame: () => undefined, close: () => undefined })
  for (const frame of frames) server.send(frame)
  caller.send('?,,')
  await clock.runFor(5)
  caller.close(1000, 'bye')
  await clock.runFor(5)
  return transcript
}

t.test('it writes one readable line for every passage', async (t) => {
  const transcript = await record('s1,[]', Uint8Array.of(0xf8, 1, 2, 3, 4, 5, 6))
  t.equal(
    transcript.text(6),
    [
      '0 browser-server #1 server ++ browser:1 1 text ""',
      '0 browser-server #1 server -> browser:1 1 text "s1,[]"',
      '0 browser-server #1 server -> browser:1 2 7 bytes f80102030405...',
      '1 browser-server #1 server <- browser:1 1 text "?,,"',
      '6 browser-server #1 server -- browser:1 1 text "1000 b..."',
    ].join('\n'),
  )
})

t.test('it has the same hash for the same run and another for any other', async (t) => {
  const hashes = await Promise.all([record('a'), record('a'), record('b'), record(Uint8Array.of(97))])
  const [first, again, other, binary] = hashes.map((transcript) => transcript.hash())
  t.equal(first, again)
  t.not(first, other)
  t.not(first, binary)
})

t.test('it goes on hashing where it stopped', async (t) => {
  const transcript = await record('a', 'b')
  const whole = transcript.hash()
  t.equal(transcript.hash(), whole)
  t.equal(transcript.entries.length, 5)
})
