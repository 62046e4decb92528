import t from 'tap'
import { MOST_PREKEY_IDS, prekeyIdAt } from '../src/prekey-ids.ts'

const key = new Uint8Array(32).fill(1)
const other = new Uint8Array(32).fill(2)
const COUNT = 20_000
const idsOf = (of: Uint8Array): number[] => Array.from({ length: COUNT }, (_, at) => prekeyIdAt(of, at + 1))

t.test('it gives each place another id of 24 bits, never 0, the same each time', async (t) => {
  const ids = idsOf(key)
  t.equal(new Set(ids).size, COUNT)
  t.ok(ids.every((id) => id >= 1 && id <= MOST_PREKEY_IDS))
  t.strictSame(idsOf(key).slice(0, 100), ids.slice(0, 100))
  t.not(prekeyIdAt(other, 1), ids[0])
})

t.test('its ids say nothing of their places', async (t) => {
  const ids = idsOf(key)
  // sixteen equal ranges of 1,250 expected: beyond 6 standard deviations (34) something is wrong
  const ranges = new Array<number>(16).fill(0)
  for (const id of ids) ranges[Math.floor(id / 2 ** 20)]++
  for (const count of ranges) t.ok(Math.abs(count - COUNT / 16) < 6 * 34.2, `${count} in a range`)
  const rising = ids.filter((id, at) => at > 0 && id > ids[at - 1]).length
  t.ok(Math.abs(rising - COUNT / 2) < 6 * Math.sqrt(COUNT / 12), `${rising} are larger than the one before`)
})

t.test('it counts from 1 to as many as there are', async (t) => {
  t.ok(prekeyIdAt(key, MOST_PREKEY_IDS) >= 1)
  for (const place of [0, -1, 1.5, MOST_PREKEY_IDS + 1])
    t.throws(() => prekeyIdAt(key, place), { code: 'TETHER_ERR_INTERNAL' })
})
