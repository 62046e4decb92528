/**
 * `node image.mjs WORKSPACE FOLDER`: puts into FOLDER what the program of one workspace needs to run, out of a built
 * tree: its compiled sources and pages, those of the workspaces it names, and the packages of others. For Dockerfile.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

const [program, folder] = process.argv.slice(2)
/** Pages that a program serves without importing their workspace. */
const PAGES = { server: ['web-client'], 'phone-sim': ['phone-sim'] }
/** The Signal library calls its code generator a need; nothing imports it when it runs. */
const GENERATORS = ['dprint-node', 'ts-poet', 'ts-proto', 'ts-proto-descriptors', '@types']
const RUNTIME_INSTALL = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-progress']

const manifest = (name) => JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'))
const workspaces = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces

function neededBy(name) {
  const direct = Object.keys(manifest(name).dependencies ?? {}).filter((other) => workspaces.includes(other))
  return [...new Set([name, ...direct.flatMap(neededBy)])]
}

execFileSync('npm', [...RUNTIME_INSTALL, '--workspace', program], { cwd: root, stdio: 'inherit' })
mkdirSync(folder, { recursive: true })
const take = (...path) => {
  const from = join(root, ...path)
  if (existsSync(from)) cpSync(from, join(folder, ...path), { recursive: true, verbatimSymlinks: true })
}
for (const name of GENERATORS) rmSync(join(root, 'node_modules', name), { recursive: true, force: true })
take('node_modules')
for (const name of neededBy(program)) {
  for (const part of ['package.json', 'node_modules', 'dist/src']) take(name, part)
}
for (const name of PAGES[program]) take(name, 'dist', 'page')
cpSync(join(root, 'scripts', 'healthy.mjs'), join(folder, 'healthy.mjs'))
