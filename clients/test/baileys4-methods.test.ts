import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { baileys4Methods } from '../src/baileys4-methods.ts'
import { baileys4Story } from '../src/baileys4-story.ts'

t.test('every method of the socket has a row, and no other', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()
  const methods = Object.entries(socket).flatMap(([name, value]) => (typeof value === 'function' ? name : []))

  t.strictSame(Object.keys(baileys4Methods).sort(), methods.sort())
})

for (const [method, row] of Object.entries(baileys4Methods)) {
  if (!('story' in row)) continue
  t.test(`${method} is called in ${row.story}`, async (t) => {
    const file = fileURLToPath(new URL(`../../test/${row.story}.test.ts`, import.meta.url))
    t.ok(readFileSync(file, 'utf8').includes(`.${method}(`))
  })
}
