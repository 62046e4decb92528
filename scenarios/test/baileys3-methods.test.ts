import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { baileys3Methods } from '../src/baileys3-methods.ts'

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@adiwajshing/baileys/package.json')),
  'lib/WAConnection',
)

/** Names of the methods that the declarations call neither private nor protected. */
function declared(): string[] {
  const lines = readdirSync(folder)
    .filter((file) => /^\d.*\.d\.ts$/.test(file))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
  const names = lines.flatMap((line) => /^ {4}([a-zA-Z0-9]+)(?:<.*>)?(?:\(|: \()/.exec(line)?.[1] ?? [])
  return [...new Set(names)].filter((name) => name !== 'constructor').sort()
}

t.test('every public method has a row, and no other', async (t) => {
  t.strictSame(Object.keys(baileys3Methods).sort(), declared())
})

for (const [method, row] of Object.entries(baileys3Methods)) {
  if (!('story' in row)) continue
  t.test(`${method} is called in ${row.story}`, async (t) => {
    const file = fileURLToPath(new URL(`../../${row.story}.test.ts`, import.meta.url))
    t.ok(readFileSync(file, 'utf8').includes(`.${method}(`))
  })
}
