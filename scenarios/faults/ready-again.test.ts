/** The relay's disk is full and is cleared while nobody writes: it says so by itself, asked by nothing but `/readyz`. */
import t from 'tap'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '../src/programs.ts'
import { onSmallDisk, SmallDisk, whyNoSmallDisk } from '../src/small-disk.ts'

/** More than a log ever takes. */
const DISK_BYTES = 12_000_000
const ROUNDS = 3

t.test(
  'a relay to which nobody writes is ready as soon as there is room',
  { skip: whyNoSmallDisk() ?? false },
  async (t) => {
    const at = join(t.testdir(), 'relay')
    mkdirSync(at)
    const relay = await startServer(at, { TETHER_LOG_LEVEL: 'silent' }, { wrap: onSmallDisk(at, DISK_BYTES) })
    t.teardown(() => relay.kill())
    const disk = new SmallDisk(relay.pid, at)
    const ready = async () => (await fetch(`${relay.url}/readyz`)).status
    for (let round = 1; round <= ROUNDS; round++) {
      t.equal(await ready(), 200, `round ${round}`)
      disk.fill()
      for (const time of ['once', 'again']) t.equal(await ready(), 503, `the disk is full, asked ${time}`)
      disk.clear()
      t.equal(await ready(), 200, 'the first time it is asked')
    }
  },
)
