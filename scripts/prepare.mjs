/**
 * Makes a fresh clone ready to run: checks Node, installs when the lock file asks for it, builds when sources
 * changed. Says in one line each what it does and how long it took. Plain Node, no package: it runs before install.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled } from './installed.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

const OLDEST_NODE = [20, 19]
const BUILD_STAMP = join(root, 'node_modules', '.tether-build')
const TSC = join('node_modules', 'typescript', 'bin', 'tsc')
const CLEAN_INSTALL = ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error']
/** Workspaces with pages of their own. */
const PAGES = ['web-client', 'phone-sim']
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Node checked, packages installed, everything compiled. Ends the process with a message when a step fails. */
export async function prepare() {
  checkNode()
  if (!isInstalled(root)) await step('install packages', npm, CLEAN_INSTALL)
  if (!existsSync(BUILD_STAMP) || readFileSync(BUILD_STAMP, 'utf8') !== fingerprint()) {
    await step('compile', process.execPath, [TSC, '--build'])
    await step('bundle the pages', npm, [
      'run',
      'build',
      '--silent',
      ...PAGES.flatMap((name) => ['--workspace', name]),
    ])
    writeFileSync(BUILD_STAMP, fingerprint()) // of the built tree: what a build makes is part of it
  }
}

/** A folder that is no workspace, because its packages must not mix with the others: installed and compiled by itself. */
export async function prepareApart(name) {
  const folder = join(root, name)
  if (!isInstalled(folder)) await step(`install packages of ${name}`, npm, CLEAN_INSTALL, { cwd: folder })
  await step(`compile ${name}`, process.execPath, [TSC, '--build', name])
}

/** Says what it does, runs one command, says how long it took; its output only when it fails, and then the process ends. */
export async function step(name, command, args, options) {
  console.log(`...   ${name}`)
  const result = await run(name, command, args, options)
  if (result.code !== 0) process.exit(1)
  return result
}

/** Like step, but leaves a failure to the caller. */
export function run(name, command, args, { cwd = root, env = process.env } = {}) {
  const started = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => finish(1, String(error)))
    child.on('close', (code) => finish(code ?? 1, output))
    function finish(code, text) {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'done' : 'FAILED'}  ${name}  ${seconds} s`)
      if (code !== 0) console.log(text)
      resolve({ code, output: text })
    }
  })
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantMajor, wantMinor] = OLDEST_NODE
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return
  console.error(`Tether needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Changes when any file changes that a build reads. */
function fingerprint() {
  const hash = createHash('sha256')
  const look = (path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (entry.isFile()) look(path)
    }
  }
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces
  for (const name of [...packages].sort()) {
    walk(name)
    hash.update(`${name} built: ${existsSync(join(root, name, 'dist'))}\n`)
  }
  for (const file of ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json']) look(file)
  return hash.digest('hex')
}
