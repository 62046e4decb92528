/**
 * The suites that test.mjs runs; `.ci/run` runs every script of package.json whose name begins with `test`.
 *
 *   folders         where the test files are, compiled below `dist` of the first folder of the path; maybe none
 *   checks          [name, command, arguments] of what must hold besides; not run when test files are picked
 *   secondsPerFile  how long one test file may take
 *   prepare         what it needs besides the packages and the build of the root
 *   talks           whether what test files write to stderr is shown when they pass too
 *   proves          words for the test files that leave evidence for docs/legacy-coverage.md, which a full run checks
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareApart, root } from './prepare.mjs'

/** Workspaces, the longest stories first. */
const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces.reverse()

const node = process.execPath
const eslint = join('node_modules', 'eslint', 'bin', 'eslint.js')
const prettier = join('node_modules', 'prettier', 'bin', 'prettier.cjs')
const PRETTIER_ARGS = ['--check', '--log-level=warn', '--cache', '--cache-strategy=content', '.']
/** Two halves of about the same work. */
const HALF = ['proto', 'phone-sim']
const others = ['.', ...HALF.flatMap((name) => ['--ignore-pattern', `${name}/`])]

const suites = {
  test: {
    folders: packages.map((name) => `${name}/test`),
    secondsPerFile: 120,
    checks: [['documents', 'npm', ['run', '--silent', 'docs:check']]],
    proves: ['scenarios/test/', 'harness/test/'],
  },
  // what a minute shows of kills, power cuts, full disks and races
  faults: {
    folders: ['scenarios/faults'],
    secondsPerFile: 180,
    checks: [],
  },
  // each weakness of the design at work, and what holds here: docs/attacks.md
  attacks: {
    folders: ['scenarios/attacks'],
    secondsPerFile: 120,
    checks: [],
  },
  // the faults in large, for by hand and for nights
  'faults-long': {
    folders: ['scenarios/faults-long'],
    secondsPerFile: 1_800,
    checks: [],
    talks: true,
  },
  // minutes each, with new seeds, which they tell
  long: {
    folders: packages.map((name) => `${name}/long`),
    secondsPerFile: 900,
    checks: [],
    talks: true,
  },
  // legacy clients, unmodified
  clients: {
    folders: ['scenarios/clients', 'clients/test'],
    secondsPerFile: 120,
    checks: [],
    prepare: () => prepareApart('clients'),
    proves: ['scenarios/clients/', 'clients/test/'],
  },
  // the pages in Chromium; `test` has the shortest of these stories
  pages: {
    folders: ['scenarios/pages'],
    secondsPerFile: 180,
    checks: [],
  },
  // docker-compose.yml, where there is a Docker Engine
  containers: {
    folders: ['scenarios/containers'],
    secondsPerFile: 900,
    checks: [],
  },
  style: {
    folders: [],
    checks: [
      [`lint ${HALF.join(' and ')}`, node, [eslint, ...HALF]],
      ['lint the rest', node, [eslint, ...others]],
      ['format', node, [prettier, ...PRETTIER_ARGS]],
    ],
    prepare: () => prepareApart('clients'),
  },
}

/** `--suite NAME` first, or the suite `test`; the rest are words. Ends the process when there is no such suite. */
export function suiteOf(args) {
  const [name, words] = args[0] === '--suite' ? [args[1], args.slice(2)] : ['test', args]
  if (Object.hasOwn(suites, name)) return { name, suite: suites[name], words }
  console.error(`no suite ${name}; there are ${Object.keys(suites).join(', ')}`)
  process.exit(1)
}

/** Test files of a suite, by their sources so that what was deleted does not run; the longest stories first. */
export function filesOf({ folders }) {
  return folders.flatMap((name) => {
    const folder = join(root, name)
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.test\.tsx?$/.test(file))
      .map((file) => `${name}/${file}`)
      .sort()
  })
}

/** One line for each word that picks no file of a suite: it is of another one, or of none. */
export function strayWords({ suite, words }) {
  const picks = (other, word) => filesOf(other).some((file) => file.includes(word))
  return words
    .filter((word) => !picks(suite, word))
    .map((word) => {
      const name = Object.keys(suites).find((other) => picks(suites[other], word))
      if (!name) return `no test file has ${word} in its path`
      const command = name === 'test' ? 'npm test' : `npm run ${scriptOf(name)}`
      return `${word} is in the suite "${name}": ${command} -- ${word}`
    })
}

/** What package.json calls a suite; what does not begin with `test` is not run by `.ci/run`. */
function scriptOf(name) {
  return name === 'faults-long' ? 'faults:long' : `test:${name}`
}

/** Names and words of the suites that leave evidence. */
export function provingSuites() {
  return Object.entries(suites).flatMap(([name, { proves }]) => (proves ? [{ name, proves }] : []))
}
