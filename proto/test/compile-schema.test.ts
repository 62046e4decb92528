import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { describeSchema, generatedFiles } from '../compile-schema.ts'

t.test('it finds src/gen up to date with the schema (else: npm run generate -w proto)', (t) => {
  const files = generatedFiles()
  t.equal(files.size, 1)
  for (const [url, content] of files)
    t.ok(readFileSync(fileURLToPath(url), 'utf8') === content, fileURLToPath(url))
  t.end()
})

t.test('it refuses a field type it cannot describe', (t) => {
  const text = 'syntax = "proto2"; package p; message M { map<string, string> a = 1; }'
  t.throws(() => describeSchema('m.proto', text), /M\.a/)
  t.end()
})

t.test('it describes labels, nested enums and references with full names', (t) => {
  const text =
    'syntax = "proto2"; package p; message M { required N n = 1; repeated E e = 2; enum E { A = 1; } } message N {}'
  const [m] = describeSchema('m.proto', text).messageType
  t.same(
    m.field.map(({ name, number, label, typeName }) => ({ name, number, label, typeName })),
    [
      { name: 'n', number: 1, label: 2, typeName: '.p.N' },
      { name: 'e', number: 2, label: 3, typeName: '.p.M.E' },
    ],
  )
  t.same(
    m.enumType[0]?.value.map(({ name, number }) => ({ name, number })),
    [{ name: 'A', number: 1 }],
  )
  t.end()
})
