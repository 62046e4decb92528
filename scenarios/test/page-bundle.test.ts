/** What a browser has to load before the first page is there, as the build made it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const PAGE = fileURLToPath(new URL('../../../web-client/dist/page', import.meta.url))
const MOST_BYTES = 200_000

t.test('the first page is small enough for a slow line', async (t) => {
  const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(html|js|css|svg)$/.test(file),
  )
  t.ok(
    files.some((file) => file.endsWith('.js')),
    'it was built',
  )
  const sizes = files.map((file) => gzipSync(readFileSync(join(PAGE, file))).length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.comment(`${total} bytes gzipped`)
  t.ok(total < MOST_BYTES, `${total} of ${MOST_BYTES} bytes, gzipped`)
})
