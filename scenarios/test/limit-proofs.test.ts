import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isTest, limitProofs } from 'proto/limit-proofs'
import { compiledOf } from '../src/limits/walk.ts'

const root = process.cwd()
const sources = new Map<string, string>()

/** A test file with the contracts that it runs. */
function sourceOf(file: string): string {
  const known = sources.get(file)
  if (known !== undefined) return known
  const text = readFileSync(join(root, file), 'utf8')
  sources.set(file, text) // contracts may name one another
  const parts = [...text.matchAll(/from '(\.\/[a-z-]*contract[a-z-]*\.ts)'/g)].map(([, path]) =>
    sourceOf(join(file, '..', path)),
  )
  sources.set(file, [text, ...parts].join('\n'))
  return sources.get(file)!
}

/** The titles of tests in a source; of one that is put together, what may stand in it. */
function titlesOf(source: string): RegExp[] {
  return [...source.matchAll(/\btest\(\s*(['`])(.+?)\1,/gs)].map(([, , title]) => {
    const parts = title.replaceAll("\\'", "'").split(/\$\{[^}]*\}/)
    return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)
  })
}

t.test('every test that proves a limit is there, under its name', (t) => {
  for (const [name, proof] of Object.entries(limitProofs)) {
    if (!isTest(proof)) continue
    for (const { file, test } of [proof, ...(typeof proof.counted === 'object' ? [proof.counted] : [])]) {
      t.match(compiledOf(file), /^[a-z-]+\/dist\/test\/[a-z-]+\.test\.js$/)
      const title = test.at(-1)!
      t.ok(
        titlesOf(sourceOf(file)).some((pattern) => pattern.test(title)),
        `${name}: ${title}`,
      )
    }
  }
  t.end()
})
