import t from 'tap'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coverageOf, testOf } from '../src/evidence-file.ts'
import { createWorld } from '../src/world.ts'
import { faultyLinks } from '../src/faulty-links.ts'
import { traceRecorder } from '../src/trace-recorder.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

t.test('it knows the source of a compiled test, and no other program', (t) => {
  t.equal(testOf('/root/scenarios/dist/test/a.test.js', '/root'), 'scenarios/test/a.test.ts')
  t.equal(testOf('/root/scenarios/dist/clients/a.test.js', '/root'), 'scenarios/clients/a.test.ts')
  t.equal(
    testOf('/root/scenarios/dist/test/flows/text.test.js', '/root'),
    'scenarios/test/flows/text.test.ts',
  )
  for (const other of [
    '/root/scenarios/dist/src/long-day.js',
    '/root/scripts/start.mjs',
    '/elsewhere/a.test.js',
    '',
  ])
    t.equal(testOf(other, '/root'), null)
  t.end()
})

t.test('it looks at nothing without a folder', (t) => {
  const clock = new VirtualClock()
  t.equal(coverageOf(faultyLinks(clock), traceRecorder(clock), ''), null)
  t.end()
})

t.test('it leaves one file for each world that has stopped', async (t) => {
  const folder = t.testdir()
  const before = process.env.TETHER_COVERAGE_DIR
  process.env.TETHER_COVERAGE_DIR = folder
  t.teardown(() => {
    if (before === undefined) delete process.env.TETHER_COVERAGE_DIR
    else process.env.TETHER_COVERAGE_DIR = before
  })
  for (const record of [true, true, false]) {
    const world = await createWorld({ phones: [], record })
    const link = await world.dial()
    link.open({ frame: () => {}, close: () => {} })
    link.send('?,,')
    await world.pass(10)
    await world.stop()
  }
  const files = readdirSync(folder)
  t.equal(files.length, 2, 'none of the world that records nothing')
  t.strictSame(JSON.parse(readFileSync(join(folder, files[0]), 'utf8')), {
    test: 'harness/test/evidence-file.test.ts',
    evidence: [{ client: '', row: 'keepAlive', fits: true, answer: { fits: true, status: null } }],
  })
})
