import t from 'tap'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  findMark,
  findMarkInFolder,
  findMarkInMemory,
  spellingsOf,
  spellingsOfBytes,
} from '../src/mark-search.ts'

const MARK = 'gooseberry?>>~77'
const spellings = spellingsOf(MARK)

t.test('it finds a mark however it is written and wherever it stands', async (t) => {
  for (let before = 0; before < 6; before++) {
    for (let after = 0; after < 4; after++) {
      const text = `${'x'.repeat(before)}${MARK}${'y'.repeat(after)}`
      const bytes = Buffer.from(text)
      const place = `${before} before, ${after} after`
      t.ok(findMark(spellings, bytes).includes('raw'), `raw, ${place}`)
      t.ok(findMark(spellings, Buffer.from(text, 'utf16le')).includes('utf16le'), `utf16, ${place}`)
      for (const coding of ['hex', 'base64', 'base64url'] as const) {
        const coded = bytes.toString(coding)
        t.ok(findMark(spellings, Buffer.from(coded)).length > 0, `${coding}, ${place}`)
        t.ok(findMark(spellings, Buffer.from(coded, 'utf16le')).length > 0, `${coding} in utf16, ${place}`)
      }
      t.ok(findMark(spellings, Buffer.from(bytes.toString('hex').toUpperCase())).length > 0, `HEX, ${place}`)
    }
  }
})

t.test('it finds nothing where there is nothing', async (t) => {
  t.strictSame(findMark(spellings, Buffer.from('gooseberry?>>~7 gooseberry?>>~78'.slice(0, 16))), [])
  t.strictSame(findMark(spellings, Buffer.alloc(100_000, 'gooseberry')), [])
})

t.test('it finds bytes that are not text', async (t) => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => (index * 37) % 256)
  const found = (text: string | Buffer) => findMark(spellingsOfBytes(key), Buffer.from(text)).length > 0
  t.ok(found(Buffer.from(key)))
  t.ok(found(Buffer.from(key).toString('base64')))
  t.ok(found(Buffer.concat([Buffer.from('a'), key]).toString('base64')))
  t.notOk(found(Buffer.from(key.slice(1))))
})

t.test('it names the file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mark-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'a.bin'), Buffer.from(`..${MARK}..`))
  writeFileSync(join(folder, 'b.bin'), 'nothing')
  t.strictSame(findMarkInFolder(spellings, folder), ['a.bin: raw'])
})

t.test('it finds a mark in the buffers of a process', async (t) => {
  const buffer = Buffer.alloc(1 << 20)
  buffer.write(`planted ${MARK}`, 5000)
  const found = findMarkInMemory(spellings, process.pid)
  if (found === null) t.not(process.platform, 'linux', 'only Linux shows the memory of a process')
  else t.ok(found.hits.some((hit) => hit.endsWith('raw')))
  t.equal(buffer[5000], 'p'.charCodeAt(0))
})
