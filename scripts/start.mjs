/**
 * `npm start`: the server and the phones on this machine, as two processes, because the server must never share a
 * process with a key. Waits until both answer, writes the ready file, prints the links, stops both cleanly.
 * `--legacy-tls` is passed on to the server.
 */
import { fork } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { prepare, root } from './prepare.mjs'

const STOP_MS = 10_000
const READY_MS = 60_000

const OPTIONS = ['--help', '-h', '--legacy-tls']

const unknown = process.argv.slice(2).find((argument) => !OPTIONS.includes(argument))
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}; npm start -- --help lists all`)
  process.exit(1)
}
const wantsLegacyTls = process.argv.includes('--legacy-tls')

await prepare()

/** Name → what it is, of this script and of both programs. */
const settings = new Map([
  [
    'TETHER_READY_FILE',
    {
      about:
        'file that receives {"serverUrl", "phonesUrl"}, with --legacy-tls also "legacyTls", once both answer',
    },
  ],
])
for (const name of ['server', 'phone-sim']) {
  const config = await import(`../${name}/dist/src/config.js`)
  for (const setting of Object.values(config.settings)) settings.set(setting.env, setting)
}
// at a terminal a person wants to see the links, not the log
const logLevel = 'warn'
settings.set('TETHER_LOG_LEVEL', { ...settings.get('TETHER_LOG_LEVEL'), fallback: logLevel })
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log('npm start: server, phones and pages on one machine.\n')
  console.log(
    '  --legacy-tls   also a TLS door and a CONNECT proxy on loopback, under a throw-away test CA, for',
  )
  console.log('                 legacy clients with a built-in address (docs/operations.md)\n')
  console.log('Settings, from the environment:\n')
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
const { url: serverUrl, legacyTls } = await launch(
  'server',
  'server/dist/src/main.js',
  { TETHER_DEMO: 'on', ...serverEnv },
  wantsLegacyTls ? ['--legacy-tls'] : [],
)
const { url: phonesUrl } = await launch('phones', 'phone-sim/dist/src/main.js', {
  ...env,
  TETHER_SERVER_URL: serverUrl,
})
await Promise.all([serverUrl, phonesUrl].map(answers))
await allowDemo(phonesUrl)
if (readyFile) {
  const unfinished = `${readyFile}.${process.pid}`
  writeFileSync(unfinished, `${JSON.stringify({ serverUrl, phonesUrl, legacyTls })}\n`)
  renameSync(unfinished, readyFile)
}
console.log(
  `\n  demo            ${phonesUrl}/demo\n  browser client  ${serverUrl}\n  phones          ${phonesUrl}`,
)
if (legacyTls) console.log(legacyLines(legacyTls))
console.log('\nCtrl+C stops both.')

/** What a legacy client with a built-in address has to be told; the CA goes by another name in each language. */
function legacyLines({ caFile, tlsPort, proxyUrl }) {
  return `
  legacy clients  wss://web.whatsapp.com/ws, once these two are set, for the client's process alone:
                    https_proxy=${proxyUrl}
                    NODE_EXTRA_CA_CERTS=${caFile}
                  In Go the second is SSL_CERT_FILE, in Python WEBSOCKET_CLIENT_CA_BUNDLE, with the same file.
                  Without the proxy: https://127.0.0.1:${tlsPort}. docs/operations.md explains it for each client.
                  The file is a test CA: never add it to a system or browser store.`
}

/** Starts one program; resolves with what it says when it is ready: its address, and more. */
function launch(name, program, childEnv, args = []) {
  const child = fork(join(root, program), args, { cwd: root, env: childEnv })
  const exit = new Promise((resolve) => child.once('exit', resolve))
  children.set(name, { child, exit })
  return new Promise((resolve) => {
    const timer = setTimeout(() => fail(`${name} was not ready after ${READY_MS / 1000} s`), READY_MS)
    child.on('message', (message) => {
      if (message?.type !== 'ready') return
      clearTimeout(timer)
      resolve(message)
    })
    child.once('error', (error) => fail(`${name} did not start: ${error.message}`))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (!stopping) fail(`${name} ended unexpectedly (${signal ?? `exit code ${code}`})`)
    })
  })
}

/** The demo is a page of the phones, under either name of this machine; the server learns here where that is. */
async function allowDemo(url) {
  if (process.env.TETHER_DEMO_ORIGINS) return
  const { child } = children.get('server')
  const done = new Promise((resolve) =>
    child.on('message', (message) => message?.type === 'demo' && resolve()),
  )
  const { origin, port } = new URL(url)
  child.send({
    type: 'demo',
    origins: [...new Set([origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`])],
  })
  await done
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
