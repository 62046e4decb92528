/**
 * `npm run docs:coverage`: runs the tests that say what they have seen and writes docs/legacy-coverage.md from it.
 * `npm run docs:coverage -- clients` runs one suite and leaves the columns of the others as they are. What is wrong is
 * said and is the exit code; a test that fails proves nothing.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './prepare.mjs'
import { provingSuites } from './suites.mjs'

const wanted = process.argv.slice(2)
const suites = provingSuites().filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const folder = mkdtempSync(join(tmpdir(), 'tether-coverage-'))
const codes = []
for (const { name, proves } of suites)
  codes.push(await node(['scripts/test.mjs', '--suite', name, ...proves]))
const program = join('scenarios', 'dist', 'src', 'coverage', 'write.js')
codes.push(await node([program, folder, ...suites.map(({ name }) => name)]))
rmSync(folder, { recursive: true })
process.exitCode = codes.some((code) => code !== 0) ? 1 : 0

function node(args) {
  const env = { ...process.env, TETHER_COVERAGE_DIR: folder }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
  return new Promise((resolve) => child.on('close', resolve))
}
