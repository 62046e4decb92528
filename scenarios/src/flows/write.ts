/** Plays the flows and writes their pages to docs/flows. With --check it writes nothing and says what is stale. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { flowPage, indexPage } from './document.ts'
import { flows } from './flows.ts'
import { playFlow } from './stage.ts'
import { stepsOf } from './steps.ts'

// compiled to scenarios/dist/src/flows, four folders below the root
const folder = new URL('../../../../docs/flows/', import.meta.url)

/** Text of each page by file name. */
export async function flowPages(): Promise<ReadonlyMap<string, string>> {
  const played = await Promise.all(
    flows.map(async (flow) => ({ flow, steps: stepsOf(await playFlow(flow)) })),
  )
  const raw = [
    ['README.md', indexPage(played)],
    ...played.map(({ flow, steps }) => [`${flow.file}.md`, flowPage(flow, steps)]),
  ] as const
  return new Map(
    await Promise.all(
      raw.map(async ([name, text]) => [name, await format(text, { parser: 'markdown' })] as const),
    ),
  )
}

/** One line for each page that is missing, stale or left over, with the first line that differs. */
export function staleFlowPages(pages: ReadonlyMap<string, string>): string[] {
  const there = pagesThere()
  const stale = [...pages].flatMap(([name, text]) => {
    const written = there.get(name)
    if (written === undefined) return [`docs/flows/${name} is missing`]
    const difference = firstDifference(written, text)
    return difference === null ? [] : [`docs/flows/${name} is stale, ${difference}`]
  })
  const left = [...there.keys()]
    .filter((name) => !pages.has(name))
    .map((name) => `docs/flows/${name} is of no flow`)
  return [...stale, ...left]
}

/** The first line in which two texts differ, as both have it; null when they are the same. */
export function firstDifference(written: string, fresh: string): string | null {
  if (written === fresh) return null
  const [left, right] = [written.split('\n'), fresh.split('\n')]
  const at = left.findIndex((line, index) => line !== right[index])
  const line = at < 0 ? left.length : at
  return `line ${line + 1}:\n  written: ${left[line] ?? '(end)'}\n  now:     ${right[line] ?? '(end)'}`
}

function pagesThere(): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true })
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
  return new Map(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = await flowPages()
  const stale = staleFlowPages(pages)
  if (process.argv.includes('--check')) {
    for (const line of stale) console.error(line)
    if (stale.length > 0) console.error('npm run docs')
    process.exitCode = stale.length > 0 ? 1 : 0
  } else if (stale.length > 0) {
    for (const name of pagesThere().keys()) if (!pages.has(name)) rmSync(new URL(name, folder))
    for (const [name, text] of pages) writeFileSync(new URL(name, folder), text)
  }
}
