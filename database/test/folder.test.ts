import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { makeFolder } from '../src/folder.ts'
import { readTrace, STRACE, straceArguments, whyNoStrace } from '../src/strace.ts'

t.test('it makes what is missing, for its owner only, and leaves what is there', async (t) => {
  const root = t.testdir()
  makeFolder(join(root, 'a', 'b'))
  t.equal(statSync(join(root, 'a', 'b')).mode & 0o077, 0)
  mkdirSync(join(root, 'open'), { mode: 0o755 })
  makeFolder(join(root, 'open'))
  t.equal(statSync(join(root, 'open')).mode & 0o755, 0o755)
})

t.test('it syncs the parent of each folder it made', { skip: whyNoStrace() ?? false }, async (t) => {
  const root = t.testdir()
  const log = join(root, 'trace')
  const module = new URL('../src/folder.js', import.meta.url).href
  const code = `import { makeFolder } from '${module}'; makeFolder('${join(root, 'a', 'b')}')`
  const node = [process.execPath, '--input-type=module', '-e', code]
  execFileSync(STRACE!, [...straceArguments(log, ['mkdir', 'fsync']), ...node])
  const synced = readTrace(log).flatMap((call) => (call.name === 'fsync' ? [call.file] : []))
  t.same(synced, [join(root, 'a'), root])
})
