/** The judge of the power cuts is judged: what was synced is in every image, and what was not may be there, torn or gone. */
import t, { type Test } from 'tap'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTrace } from 'database/strace'
import { seededEntropy } from 'proto/entropy'
import { DiskModel } from '../src/disk-model.ts'

const WRITTEN = 2048

/** What the file `name` was in 60 images after these calls: its text in short, or that it is not there. */
function images(t: Test, name: string, calls: readonly string[], onlySynced = false): Set<string> {
  const folder = t.testdir()
  writeFileSync(join(folder, 'trace'), calls.map((call) => `1 ${call}\n`).join(''))
  const disk = new DiskModel('/d')
  for (const call of readTrace(join(folder, 'trace'))) disk.take(call)
  const seen = new Set<string>()
  for (let n = 0; n < 60; n++) {
    const to = join(folder, String(n))
    disk.image(to, seededEntropy(`${n}`), onlySynced)
    const path = join(to, name)
    seen.add(existsSync(path) ? readFileSync(path, 'latin1').replaceAll(/(.)\1*/gs, '$1') : 'absent')
  }
  return seen
}

const open = (name: string, fd = 3) =>
  `openat(AT_FDCWD</>, "/d/${name}", O_RDWR|O_CREAT, 0600) = ${fd}</d/${name}>`
const write = (text: string, at: number) =>
  `pwrite64(3</d/a>, "${text.repeat(WRITTEN)}", ${WRITTEN}, ${at}) = ${WRITTEN}`
const sync = 'fdatasync(3</d/a>) = 0'
const syncFolder = 'fsync(4</d>) = 0'

t.test('what was synced, with its name, is in every image', async (t) => {
  t.same([...images(t, 'a', [open('a'), write('x', 0), sync, syncFolder])], ['x'])
})

t.test('a name that was not synced may be missing', async (t) => {
  t.same([...images(t, 'a', [open('a'), write('x', 0), sync])].sort(), ['absent', 'x'])
  t.same([...images(t, 'a', [open('a'), write('x', 0), sync], true)], ['absent'])
})

t.test('a write that was not synced may be there, in sectors, or not at all', async (t) => {
  const calls = [open('a'), write('x', 0), sync, syncFolder, write('y', 0), write('z', WRITTEN)]
  const seen = images(t, 'a', calls)
  for (const one of ['x', 'xz', 'y', 'yz', 'x\0z']) t.ok(seen.has(one), JSON.stringify([one, ...seen]))
  t.ok(
    [...seen].some((text) => /^(xy|yx)/.test(text)),
    'torn',
  )
  t.same([...images(t, 'a', calls, true)], ['x'])
})

t.test('a file is cut, renamed and removed for sure only after the sync', async (t) => {
  const there = [open('a'), write('x', 0), sync, syncFolder]
  t.same([...images(t, 'a', [...there, 'ftruncate(3</d/a>, 0) = 0'])].sort(), ['', 'x'])
  t.same([...images(t, 'a', [...there, 'unlink("/d/a") = 0'])].sort(), ['absent', 'x'])
  t.same([...images(t, 'a', [...there, 'unlink("/d/a") = 0', syncFolder])], ['absent'])
  const moved = [...there, 'mkdir("/d/e", 0700) = 0', 'rename("/d/a", "/d/e/b") = 0']
  t.same([...images(t, 'e/b', moved)].sort(), ['absent', 'x'])
  t.same([...images(t, 'e/b', [...moved, 'fsync(4</d/e>) = 0', syncFolder])], ['x'])
})

t.test('a failed call and a file elsewhere change nothing', async (t) => {
  const there = [open('a'), write('x', 0), sync, syncFolder]
  const failed = 'pwrite64(3</d/a>, "yyyy", 4, 0) = -1 EIO (Input/output error)'
  t.same([...images(t, 'a', [...there, failed, 'write(5</elsewhere>, "y", 1) = 1'])], ['x'])
})
