/** The page that is served against the sources it was made of. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const PAGE = fileURLToPath(new URL('../../../web-client/dist/page', import.meta.url))

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
