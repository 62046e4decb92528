import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { describeOffence, findOffences, mayImport } from '../src/layering.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A copy of every package's src, with more text at the end of `file`. */
function plant(t: Test, file: string, text: string): string {
  const copy = t.testdir({})
  for (const name of Object.keys(mayImport)) {
    const src = join(root, name, 'src')
    if (existsSync(src)) cpSync(src, join(copy, name, 'src'), { recursive: true })
    else mkdirSync(join(copy, name, 'src'), { recursive: true })
  }
  const path = join(copy, file)
  writeFileSync(path, (existsSync(path) ? readFileSync(path, 'utf8') : '') + `\n${text}\n`)
  return copy
}

t.test('it finds no offending import in any package', (t) => {
  t.strictSame(findOffences(root).map(describeOffence), [])
  t.end()
})

const planted: readonly (readonly [file: string, line: string, caught: string])[] = [
  [
    'server/src/planted.ts',
    `import { Phone } from 'phone-sim'`,
    'package: server/src/planted.ts → phone-sim',
  ],
  [
    'phone-sim/src/planted.ts',
    `export type { Config } from 'server/config'`,
    'package: phone-sim/src/planted.ts → server/config',
  ],
  [
    'web-client/src/planted.ts',
    `const phone = await import('phone-sim/phone')`,
    'package: web-client/src/planted.ts → phone-sim/phone',
  ],
  ['proto/src/planted.ts', `import 'server'`, 'package: proto/src/planted.ts → server'],
  ['server/src/planted.ts', `import 'look/dates'`, 'package: server/src/planted.ts → look/dates'],
  ['look/src/planted.tsx', `import 'web-client'`, 'package: look/src/planted.tsx → web-client'],
  [
    'server/src/planted.ts',
    `import x from '../../phone-sim/src/phone.ts'`,
    'path: server/src/planted.ts → ../../phone-sim/src/phone.ts',
  ],
  [
    'proto/src/planted.ts',
    `import { readFileSync } from 'node:fs'`,
    'browser: proto/src/planted.ts → node:fs',
  ],
  [
    'server/src/planted.ts',
    `import { sealFrame } from 'proto/seal'`,
    'blindness: server/src/planted.ts → proto/seal',
  ],
  ['server/src/planted.ts', `import { sealFrame } from 'proto'`, 'blindness: server/src/planted.ts → proto'],
  [
    'server/src/planted.ts',
    `import { x25519 } from 'proto/crypto-node'`,
    'blindness: server/src/planted.ts → proto/crypto-node',
  ],
]

for (const [file, line, caught] of planted) {
  t.test(`it catches ${caught}`, (t) => {
    t.ok(
      findOffences(plant(t, file, line))
        .map(describeOffence)
        .includes(caught),
    )
    t.end()
  })
}

t.test('it sees a key module behind another module of proto', (t) => {
  const copy = plant(t, 'server/src/planted.ts', `import 'proto/planted-way'`)
  writeFileSync(join(copy, 'proto/src/planted-way.ts'), `export * from './planted-step.ts'\n`)
  writeFileSync(join(copy, 'proto/src/planted-step.ts'), `export * from './seal.ts'\n`)
  writeFileSync(join(copy, 'proto/src/seal.ts'), '')
  t.ok(
    findOffences(copy).map(describeOffence).includes('blindness: server/src/planted.ts → proto/planted-way'),
  )
  t.end()
})

t.test('it allows the Signal library in one module only', (t) => {
  const library = `import '@privacyresearch/libsignal-protocol-typescript'`
  const copy = plant(t, 'phone-sim/src/zz-planted.ts', library)
  writeFileSync(join(copy, 'phone-sim/src/aa-planted.ts'), `${library}\n`)
  const offences = findOffences(copy).filter((one) => one.rule === 'signal')
  t.ok(offences.some((one) => one.from === 'phone-sim/src/zz-planted.ts'))
  t.notOk(offences.some((one) => one.from === 'phone-sim/src/aa-planted.ts'))
  t.end()
})

t.test('it names the files along a cycle, whether it is closed by a value or by a type', (t) => {
  const copy = plant(t, 'proto/src/planted-a.ts', `import './planted-b.ts'`)
  writeFileSync(join(copy, 'proto/src/planted-b.ts'), `import { c } from './planted-c.ts'\n`)
  for (const last of [`export * from './planted-a.ts'\n`, `import type { A } from './planted-a.ts'\n`]) {
    writeFileSync(join(copy, 'proto/src/planted-c.ts'), last)
    t.ok(
      findOffences(copy)
        .map(describeOffence)
        .includes(
          'cycle: proto/src/planted-a.ts → proto/src/planted-b.ts → proto/src/planted-c.ts → proto/src/planted-a.ts',
        ),
      last,
    )
  }
  t.end()
})
