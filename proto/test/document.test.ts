import t from 'tap'
import { browserMessages } from '../src/browser-messages.ts'
import { documents } from '../src/document.ts'
import { errors } from '../src/errors.ts'
import { limits } from '../src/limits.ts'
import { linkMessages } from '../src/phone-link.ts'
import { type StateTable, stateTables } from '../src/states.ts'

const pages = documents()
const page = (name: string) => pages.get(name) ?? ''
const rowsOf = (text: string) => [...text.matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name)

t.test('it prints every message once, with its shape', (t) => {
  t.same(
    rowsOf(page('messages.md')).sort(),
    [...Object.keys(browserMessages), ...Object.keys(linkMessages)].sort(),
  )
  for (const name of Object.keys(browserMessages))
    t.match(page('messages.md'), new RegExp(`^${name}\\n    \\S`, 'm'))
  t.notMatch(page('messages.md'), /undefined|\[object/)
  t.end()
})

t.test('it prints every error and every limit, with its number', (t) => {
  t.same(rowsOf(page('errors.md')), Object.keys(errors))
  t.same(rowsOf(page('limits.md')), Object.keys(limits))
  t.match(page('limits.md'), '| 262 144 | bytes |')
  t.end()
})

t.test('it draws every arrow of every state table, and no other', (t) => {
  const diagrams = [...page('states.md').matchAll(/```mermaid\n(.*?)```/gs)].map(([, body]) => body)
  t.equal(diagrams.length, Object.keys(stateTables).length)
  const tables: StateTable<string, string>[] = Object.values(stateTables)
  tables.forEach((table, index) => {
    const drawn = [...diagrams[index].matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].flatMap(
      ([, from, to, inputs]) => inputs.split(', ').map((input) => `${from} ${input} ${to}`),
    )
    const written = Object.entries(table.arrows).flatMap(([from, targets]) =>
      Object.entries(targets).map(([input, to]) => `${from} ${input} ${String(to)}`),
    )
    t.same(drawn.sort(), written.sort())
    t.match(diagrams[index], `[*] --> ${table.initial}\n`)
  })
  t.end()
})

t.test('it keeps tables whole when a text holds a bar', (t) => {
  for (const [name, text] of pages) {
    const lines = text.split('\n').filter((line) => line.startsWith('|'))
    for (const line of lines) t.ok(line.endsWith('|'), `${name}: ${line}`)
  }
  t.end()
})
