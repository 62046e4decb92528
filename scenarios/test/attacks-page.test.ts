/** docs/attacks.md against the files of scenarios/attacks: a row for each file, and the sub-tests that it promises. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = join(root, 'scenarios', 'attacks')
const page = readFileSync(join(root, 'docs', 'attacks.md'), 'utf8')
const files = readdirSync(folder)

/** A row names a file of scenarios/attacks, or a test elsewhere by its path from the root. */
interface Row {
  readonly id: string
  readonly extendedOnly: string
  readonly file: string
}

const rows: readonly Row[] = page.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim())
  const file = /^`([^`]+\.test\.ts)`$/.exec(cells[6] ?? '')?.[1]
  return file === undefined ? [] : [{ id: cells[1], extendedOnly: cells[5], file }]
})
const isHere = ({ file }: Row): boolean => !file.includes('/')

t.test('it has a row for every demonstration, and a demonstration for every row', async (t) => {
  t.ok(files.length > 0)
  for (const file of files)
    t.match(file, /\.test\.ts$/, `${file}: what several need is in scenarios/src/attacks`)
  t.strictSame([...new Set(rows.filter(isHere).map(({ file }) => file))].sort(), [...files].sort())
  for (const { id, file } of rows.filter((row) => !isHere(row))) {
    t.ok(existsSync(join(root, file)), `${id}: ${file}`)
  }
})

t.test('it has a section for every id, and each id once', async (t) => {
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
  for (const { id } of rows) t.ok(page.includes(`\n## ${id}`) || page.includes(`, ${id}:`), id)
})

t.test('it leaves no attack of the list out', async (t) => {
  const named = new Set([
    'W2', // F1 to F4 are its attacks
    ...page.split('\n').flatMap((line) => /^\| ([A-Z0-9, ]+?) +\|/.exec(line)?.[1].split(', ') ?? []),
  ])
  for (const [letter, most] of Object.entries({ P: 9, S: 9, F: 8, E: 8, D: 11, W: 8 }))
    for (let n = 1; n <= most; n++) t.ok(named.has(`${letter}${n}`), `${letter}${n}`)
  const others = page.slice(page.indexOf('## The other ids'))
  for (const [, path] of others.matchAll(/`([^`]+\.test\.ts)`/g)) t.ok(existsSync(join(root, path)), path)
})

t.test('the demonstrations show what their rows promise', async (t) => {
  for (const file of files) {
    const source = readFileSync(join(folder, file), 'utf8')
    const shows = (kind: string) => new RegExp(`t\\.test\\(\\s*['"\`]${kind}: `).test(source)
    t.ok(shows('unhardened'), `${file} shows the attack succeed`)
    t.ok(shows('ours'), `${file} shows what holds here`)
    const isPromised = rows.some((row) => row.file === file && row.extendedOnly !== '')
    t.equal(shows('extended profile only'), isPromised, `${file} and its column "extended profile only"`)
  }
})
