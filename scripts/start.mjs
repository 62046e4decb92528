/**
 * `npm start`: the server and the phones on this machine, as two processes, because the server must never share a
 * process with a key. Waits until both answer, writes the ready file, prints the links, stops both cleanly.
 */
import { fork } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { prepare, root } from './prepare.mjs'

const STOP_MS = 10_000
const READY_MS = 60_000

await prepare()

/** Name → what it is, of this script and of both programs. */
const settings = new Map([
  ['TETHER_READY_FILE', { about: 'file that receives {"serverUrl", "phonesUrl"} once both answer' }],
])
for (const name of ['server', 'phone-sim']) {
  const config = await import(`../${name}/dist/src/config.js`)
  for (const setting of Object.values(config.settings)) settings.set(setting.env, setting)
}
// at a terminal a person wants to see the links, not the log
const logLevel = 'warn'
settings.set('TETHER_LOG_LEVEL', { ...settings.get('TETHER_LOG_LEVEL'), fallback: logLevel })
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log('npm start: server, phones and pages on one machine. Settings, from the environment:\n')
  for (const [name, { about, fallback }] of settings) {
    console.log(`  ${name.padEnd(24)} ${about}${fallback ? ` (${fallback})` : ''}`)
  }
  process.exit(0)
}
for (const name of Object.keys(process.env)) {
  if (name.startsWith('TETHER_') && !settings.has(name))
    console.error(`unknown setting ${name}; npm start -- --help lists all`)
}

const dataDir = process.env.TETHER_DATA_DIR ?? '.tether'
const env = {
  TETHER_LOG_LEVEL: logLevel,
  ...process.env,
  TETHER_DATA_DIR: dataDir === ':memory:' ? dataDir : resolve(root, dataDir),
}
const readyFile = process.env.TETHER_READY_FILE
const children = new Map()
let stopping = false

process.on('SIGINT', () => stop(0))
process.on('SIGTERM', () => stop(0))

if (readyFile) rmSync(readyFile, { force: true })
const serverEnv = { ...env }
delete serverEnv.TETHER_VAULT_PASSPHRASE // opens keys; the server must never see it
const serverUrl = await launch('server', 'server/dist/src/main.js', serverEnv)
const phonesUrl = await launch('phones', 'phone-sim/dist/src/main.js', {
  ...env,
  TETHER_SERVER_URL: serverUrl,
})
await Promise.all([serverUrl, phonesUrl].map(answers))
if (readyFile) {
  const unfinished = `${readyFile}.${process.pid}`
  writeFileSync(unfinished, `${JSON.stringify({ serverUrl, phonesUrl })}\n`)
  renameSync(unfinished, readyFile)
}
console.log(`\n  browser client  ${serverUrl}\n  phones          ${phonesUrl}\n\nCtrl+C stops both.`)

/** Starts one program; resolves with its address when it says that it is ready. */
function launch(name, program, childEnv) {
  const child = fork(join(root, program), { cwd: root, env: childEnv })
  const exit = new Promise((resolve) => child.once('exit', resolve))
  children.set(name, { child, exit })
  return new Promise((resolve) => {
    const timer = setTimeout(() => fail(`${name} was not ready after ${READY_MS / 1000} s`), READY_MS)
    child.on('message', (message) => {
      if (message?.type !== 'ready') return
      clearTimeout(timer)
      resolve(message.url)
    })
    child.once('error', (error) => fail(`${name} did not start: ${error.message}`))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (!stopping) fail(`${name} ended unexpectedly (${signal ?? `exit code ${code}`})`)
    })
  })
}

async function answers(url) {
  const problem = await fetch(`${url}/healthz`).then(
    (response) => (response.ok ? null : `status ${response.status}`),
    (error) => error.message,
  )
  if (!problem) return
  fail(`${url}/healthz does not answer: ${problem}`)
  await new Promise(() => {}) // stop() ends the process
}

function fail(why) {
  if (stopping) return
  console.error(why)
  stop(1)
}

/** The phones first, so that they can still say goodbye to the server. */
async function stop(code) {
  if (stopping) return
  stopping = true
  let clean = true
  for (const name of ['phones', 'server']) {
    const running = children.get(name)
    if (!running || running.child.exitCode !== null || running.child.signalCode !== null) continue
    const timer = setTimeout(() => running.child.kill('SIGKILL'), STOP_MS)
    running.child.kill('SIGTERM')
    await running.exit
    clearTimeout(timer)
    if (running.child.exitCode !== 0) {
      clean = false
      console.error(
        `${name} did not stop cleanly (${running.child.signalCode ?? `exit code ${running.child.exitCode}`})`,
      )
    }
  }
  if (readyFile) rmSync(readyFile, { force: true })
  process.exit(code || (clean ? 0 : 1))
}
