/** An audit of the page by axe-core, for those who cannot see, hear or point: what it finds, in one line each. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Every animation that ends has ended. */
async function settled(): Promise<void> {
  const ends = document
    .getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    .map(({ finished }) => finished)
  await Promise.allSettled(ends)
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

/** Every rule of axe-core, best practices among them. */
export async function audit(page: Page): Promise<string[]> {
  const has = await page.evaluate('"axe" in window')
  if (has !== true) await page.evaluate(source)
  await page.evaluate(settled) // what fades in is pale on its way
  const { violations } = await page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })')
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}
