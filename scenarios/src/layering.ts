/**
 * Reads the import lines of every package and names each pair that breaks the layering (docs/decisions.md): who may
 * import whom, the relay's distance from content keys, the one module with the Signal library, no cycles.
 * A type from the wrong place is a dependency too, so `import type` counts as an import.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

/** Package → the packages its src may import. */
export const mayImport: Readonly<Partial<Record<string, readonly string[]>>> = {
  proto: [],
  database: ['proto'],
  server: ['proto', 'database'],
  'phone-sim': ['proto', 'database', 'look'],
  look: ['proto'],
  'web-client': ['proto', 'look'],
  harness: ['proto', 'database', 'server', 'phone-sim'],
  fuzz: ['proto', 'server', 'phone-sim', 'web-client'],
  scenarios: ['proto', 'database', 'server', 'phone-sim', 'web-client', 'harness', 'fuzz'],
  bench: ['proto', 'database', 'server', 'phone-sim', 'web-client', 'harness', 'scenarios'],
  clients: ['proto', 'database', 'server', 'phone-sim', 'web-client', 'harness', 'scenarios'],
}

/** Modules of proto that handle content keys; the server must not reach them, directly or through others. */
const KEY_MODULES = ['secret', 'seal', 'media', 'media-part', 'challenge']
/** The whole Crypto interface holds private-key functions, so the server does not take it by hand either. */
const CRYPTO_MODULES = ['crypto-node', 'crypto-browser']
/** These packages run in browsers: only the Node side of Crypto may import from Node. */
const BROWSER_PACKAGES = ['proto', 'look', 'web-client']
const NODE_SIDE = ['proto/src/crypto-node.ts']
const SIGNAL_LIBRARY = /^@privacyresearch\//
const SIGNAL_PACKAGE = 'phone-sim'

export interface Offence {
  readonly rule: 'package' | 'path' | 'blindness' | 'browser' | 'signal' | 'cycle'
  /** Path of the importing file, from the root. */
  readonly from: string
  /** What it imports, as written; for cycles the files along it. */
  readonly to: string
}

/** What each file imports, as written; by its path from the root. */
type Imports = ReadonlyMap<string, readonly string[]>

/** All offences in `<root>/<package>/src`, in the order of the file names. */
export function findOffences(root: string): Offence[] {
  const imports = readImports(root)
  return [
    ...packageOffences(imports),
    ...blindnessOffences(imports),
    ...signalOffences(imports),
    ...cycleOffences(imports),
  ]
}

export function describeOffence(offence: Offence): string {
  return `${offence.rule}: ${offence.from} → ${offence.to}`
}

function readImports(root: string): Imports {
  const imports = new Map<string, readonly string[]>()
  for (const name of Object.keys(mayImport)) {
    const src = join(root, name, 'src')
    if (!existsSync(src)) continue
    for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.tsx?$/.test(file)) continue
      const path = join(src, file)
      imports.set(relative(root, path), importedIn(readFileSync(path, 'utf8')))
    }
  }
  return imports
}

function importedIn(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((one) => one.fileName)
}

function packageOffences(imports: Imports): Offence[] {
  return each(imports, (from, to) => {
    const own = packageOf(from)
    const target = to.split('/', 1)[0] ?? ''
    if (target in mayImport && target !== own && !mayImport[own]?.includes(target)) return 'package'
    if (to.startsWith('.') && !resolve('/', dirname(from), to).startsWith(`/${own}/`)) return 'path'
    const inBrowser = BROWSER_PACKAGES.includes(own) && !NODE_SIDE.includes(from)
    return inBrowser && to.startsWith('node:') ? 'browser' : null
  })
}

/** The server names modules of proto one by one, and none of them leads to a key module. */
function blindnessOffences(imports: Imports): Offence[] {
  return each(imports, (from, to) => {
    if (packageOf(from) !== 'server' || !/^proto(\/|$)/.test(to)) return null
    const module = to.slice('proto/'.length)
    const sees = CRYPTO_MODULES.includes(module) || to === 'proto' || reachesKeys(imports, module)
    return sees ? 'blindness' : null
  })
}

function reachesKeys(imports: Imports, module: string): boolean {
  const start = `proto/src/${module}.ts`
  const seen = new Set([start])
  for (const file of seen) for (const next of ownImports(imports, file)) seen.add(next)
  return KEY_MODULES.some((key) => seen.has(`proto/src/${key}.ts`))
}

function signalOffences(imports: Imports): Offence[] {
  const users = each(imports, (from, to) =>
    SIGNAL_LIBRARY.test(to) && packageOf(from) !== 'bench' ? 'signal' : null,
  )
  const home = users.find((use) => packageOf(use.from) === SIGNAL_PACKAGE)?.from
  return users.filter((use) => use.from !== home)
}

/** One offence for each cycle, found by walking depth first and meeting a file of the walk again. */
function cycleOffences(imports: Imports): Offence[] {
  const offences: Offence[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      offences.push({ rule: 'cycle', from: file, to: [...path.slice(at + 1), file].join(' → ') })
      return
    }
    if (done.has(file)) return
    for (const next of ownImports(imports, file)) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of imports.keys()) walk(file, [])
  return offences
}

/** The files of the same package that `file` imports. */
function ownImports(imports: Imports, file: string): string[] {
  return (imports.get(file) ?? [])
    .filter((to) => to.startsWith('.'))
    .map((to) => join(dirname(file), to))
    .filter((to) => imports.has(to))
}

function packageOf(file: string): string {
  return file.split('/', 1)[0] ?? ''
}

function each(imports: Imports, judge: (from: string, to: string) => Offence['rule'] | null): Offence[] {
  const offences: Offence[] = []
  for (const [from, all] of imports) {
    for (const to of all) {
      const rule = judge(from, to)
      if (rule) offences.push({ rule, from, to })
    }
  }
  return offences
}
