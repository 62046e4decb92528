/** What a browser has to load before the first page is there, as the build made it. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const PAGE = fileURLToPath(new URL('../../../web-client/dist/page', import.meta.url))
const MOST_BYTES = 200_000

t.test('the first page is small enough for a slow line', async (t) => {
  const files = filesOf(PAGE).filter((file) => /\.(html|js|css|svg)$/.test(file))
  t.ok(
    files.some((file) => file.endsWith('.js')),
    'it was built',
  )
  const sizes = files.map((file) => gzipSync(readFileSync(join(PAGE, file))).length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.comment(`${total} bytes gzipped`)
  t.ok(total < MOST_BYTES, `${total} of ${MOST_BYTES} bytes, gzipped`)
})

t.test('whoever builds the same sources has the same page, byte for byte', async (t) => {
  const again = t.testdir()
  execFileSync('npx', ['vite', 'build', '--outDir', again, '--emptyOutDir', '--logLevel', 'error'], {
    cwd: join(PAGE, '..', '..'),
  })
  t.ok(filesOf(again).length > 0)
  t.strictSame(hashesOf(again), hashesOf(PAGE))
})

function filesOf(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // maps name the way from the folder to the sources
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      .sort()
  )
}

function hashesOf(folder: string): Record<string, string> {
  const hash = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex')
  return Object.fromEntries(filesOf(folder).map((file) => [file, hash(file)]))
}
