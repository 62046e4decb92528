import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readTrace, STRACE, straceArguments, whyNoStrace } from '../src/strace.ts'

function read(t: Test, lines: readonly string[]) {
  const path = join(t.testdir(), 'trace')
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return readTrace(path)
}

t.test('it reads what was written where, and what the call returned', async (t) => {
  const [call, failed, byPath] = read(t, [
    '77 pwrite64(3</data/a.db-wal>, "a\\0b\\n\\"\\\\\\1772", 8, 4096) = 8',
    '77 write(9<socket:[41]>, "x", 1)        = -1 EAGAIN (Resource temporarily unavailable)',
    '78 rename("/data/a", "/data/b")          = 0',
  ])
  t.match(call, { name: 'pwrite64', fd: 3, file: '/data/a.db-wal', result: 8 })
  t.equal(call.bytes().toString('latin1'), 'a\0b\n"\\\x7f2')
  t.match(failed, { file: 'socket:[41]', result: -1 })
  t.match(byPath, { name: 'rename', fd: -1, file: '', result: 0 })
})

t.test(
  'it joins the parts of a call, of a write where it began and of all others where they ended',
  async (t) => {
    const calls = read(t, [
      '1 fsync(3</a> <unfinished ...>',
      '2 writev(4<socket:[5]>, [{iov_base="ab", iov_len=2}, {iov_base="cd", iov_len=2}], 2 <unfinished ...>',
      '3 read(6<socket:[7]>,  <unfinished ...>',
      '1 <... fsync resumed>)                   = 0',
      '3 <... read resumed>"heard", 100)        = 5',
      '2 <... writev resumed>)                  = 4',
      '4 write(8</b>, "cut off" <unfinished ...>',
      '1 +++ killed by SIGKILL +++',
    ])
    t.same(
      calls.map(({ name, result }) => [name, result]),
      [
        ['writev', 4],
        ['fsync', 0],
        ['read', 5],
        ['write', null],
      ],
    )
    t.equal(calls[0].bytes().toString(), 'abcd')
    t.equal(calls[2].bytes().toString(), 'heard')
  },
)

t.test('it does not take a text that strace cut short for the whole', async (t) => {
  const [call] = read(t, ['1 write(1</a>, "abc"..., 9) = 9'])
  t.throws(() => call.bytes(), /cut a text short/)
})

t.test('it reads what strace writes of a real process', { skip: whyNoStrace() ?? false }, async (t) => {
  const folder = t.testdir()
  const [log, file] = [join(folder, 'trace'), join(folder, 'file')]
  const every = Buffer.from(Array.from({ length: 512 }, (_, n) => n & 255))
  const code = `require('fs').writeFileSync(${JSON.stringify(file)}, Buffer.from('${every.toString('hex')}', 'hex'))`
  spawnSync(STRACE!, [...straceArguments(log, ['write', 'openat']), process.execPath, '-e', code])
  const written = readTrace(log).find((call) => call.name === 'write' && call.file === file)
  t.same(written?.bytes(), every)
  t.equal(written?.result, 512)
})
