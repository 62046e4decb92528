/**
 * Runs one suite of suites.mjs, `npm test` when none is named: installs and builds when needed, then its checks and, each
 * in a process of its own, its test files. The last line is `N passed, N failed`, counting assertions and failed
 * steps. `npm test -- proto/test/node` runs only the test files whose path contains one of the words;
 * a word that picks none is an error.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare, root, run } from './prepare.mjs'
import { filesOf, strayWords, suiteOf } from './suites.mjs'

/** One more than there are cores: some stories wait in real time. */
const JOBS = Number(process.env.TETHER_TEST_JOBS ?? availableParallelism() + 1)

const started = performance.now()
const { name: suiteName, suite, words } = suiteOf(process.argv.slice(2))
const stray = strayWords({ suite, words })
for (const line of stray) console.error(line)
if (stray.length > 0) process.exit(1)
const KILL_MS = (suite.secondsPerFile + 30) * 1000
await prepare()
await suite.prepare?.()
const { Parser } = await import('tap-parser')

const total = { pass: 0, fail: 0, skip: 0 }
const evidence = evidenceFolder()
await Promise.all([words.length === 0 && checks(), suite.folders.length > 0 && tests(testFiles())])
if (words.length === 0 && suite.proves) await coverage()

const seconds = ((performance.now() - started) / 1000).toFixed(1)
if (total.skip > 0) console.log(`${total.skip} skipped, see above`)
console.log(`${seconds} s in all`)
console.log(`${total.pass} passed, ${total.fail} failed`)
process.exitCode = total.fail === 0 && total.pass + total.skip > 0 ? 0 : 1

/** Lint, format, documents: each counts as one. */
async function checks() {
  const steps = suite.checks.map(([name, command, args]) => run(name, command, args))
  for (const { code } of await Promise.all(steps)) total[code === 0 ? 'pass' : 'fail']++
}

/** Where the worlds of the tests say what they have seen: given, or fresh for a full run; else nowhere. */
function evidenceFolder() {
  if (words.length > 0 || !suite.proves) return process.env.TETHER_COVERAGE_DIR
  return mkdtempSync(join(tmpdir(), 'tether-coverage-'))
}

/** docs/legacy-coverage.md against the evidence of this run. */
async function coverage() {
  const program = join('scenarios', 'dist', 'src', 'coverage', 'write.js')
  const { code } = await run('coverage', process.execPath, [program, '--check', evidence, suiteName])
  total[code === 0 ? 'pass' : 'fail']++
  rmSync(evidence, { recursive: true })
}

/** A test that failed proves nothing: what its worlds have left is removed. */
function forgetEvidence(file) {
  if (!evidence) return
  const ofFile = (name) => name.startsWith(`${file.replaceAll('/', '_')}.`)
  for (const name of readdirSync(evidence).filter(ofFile)) rmSync(join(evidence, name))
}

/** The test files that the words pick; without words all of the suite. */
function testFiles() {
  return filesOf(suite).filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
}

async function tests(files) {
  if (files.length === 0) {
    console.log('no test file')
    total.fail++
  }
  const queue = [...files]
  const width = Math.max(...files.map((file) => file.length))
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) report(await runFile(file), width)
  }
  await Promise.all(Array.from({ length: Math.max(1, JOBS) }, worker))
}

function runFile(file) {
  const began = performance.now()
  const compiled = file.replace('/', '/dist/').replace(/\.tsx?$/, '.js')
  const result = { file, pass: 0, fail: 0, skip: 0, failures: [], skips: [], other: '' }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', compiled], {
      cwd: root,
      env: {
        ...process.env,
        TAP: '1',
        TAP_TIMEOUT: String(suite.secondsPerFile),
        ...(evidence && { TETHER_COVERAGE_DIR: evidence }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_MS)
    const parser = new Parser()
    listen(parser, [], result)
    let plan = null
    parser.on('complete', (results) => (plan = results))
    child.stdout.pipe(parser)
    child.stderr.on('data', (chunk) => (result.other += chunk))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const broken = code !== 0 || !plan?.ok || result.pass + result.fail + result.skip === 0
      if (broken && result.fail === 0) {
        result.fail++
        const why = plan?.failures.map((one) => one.tapError ?? one.name).filter(Boolean) ?? []
        result.failures.push([`${signal ?? `exit code ${code}`}`, why.join('; '), null])
      }
      if (result.fail > 0) forgetEvidence(file)
      result.seconds = ((performance.now() - began) / 1000).toFixed(1)
      resolve(result)
    })
  })
}

/** Counts the assertions of one parser and of the subtests below it. */
function listen(parser, path, result) {
  let children = 0
  parser.on('child', (child) => {
    children++
    listen(child, [...path, child.name], result)
  })
  parser.on('assert', (assert) => {
    const isSubtest = children > 0
    children = 0
    if (assert.skip || assert.todo) {
      result.skip++
      result.skips.push([...path, assert.name, assert.skip || assert.todo].join(' › '))
    } else if (!isSubtest) {
      result[assert.ok ? 'pass' : 'fail']++
      if (!assert.ok) result.failures.push([...path, assert.name, assert.diag])
    }
  })
}

function report(result, width) {
  for (const name of ['pass', 'fail', 'skip']) total[name] += result[name]
  const word = result.fail === 0 ? 'ok    ' : 'FAILED'
  const count = `${result.pass} passed${result.fail ? `, ${result.fail} failed` : ''}`
  console.log(`${word}  ${result.file.padEnd(width)}  ${result.seconds.padStart(5)} s  ${count}`)
  for (const skip of result.skips) console.log(`  skipped: ${skip}`)
  for (const failure of result.failures) {
    const diag = failure.at(-1)
    console.log(`  ${failure.slice(0, -1).filter(Boolean).join(' › ')}`)
    if (diag) console.log(JSON.stringify(diag, null, 2).replace(/^/gm, '    '))
  }
  if ((result.fail > 0 || suite.talks) && result.other) console.log(result.other.replace(/^/gm, '    '))
}
