import t from 'tap'
import { documentFiles } from '../write-docs.ts'

t.test('it finds docs/ up to date with the tables (else: npm run docs)', async (t) => {
  const files = await documentFiles()
  t.equal(files.length, 6)
  for (const { name, isStale } of files) t.notOk(isStale, name)
})
