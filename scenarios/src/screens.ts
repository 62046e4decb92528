/** The pages of the phones in a real Chromium, against the programs of `npm start`, as stories about them need it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchChromium } from './chromium.ts'
import { audit } from './page/audit.ts'
import { ready, start, type Urls } from './started.ts'

export const ALICE = '15550001111'
export const BOB = '15550002222'

const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots', import.meta.url))
const PATIENCE_MS = 15_000

export interface Screens {
  readonly urls: Urls
  /** When `npm start` was called, in ms of `performance.now`. */
  readonly startedAt: number
  /** A new window; what goes wrong in it is kept in `troubles`. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>
  readonly troubles: string[]
  /** A request to the phones' program. */
  ask<T>(method: string, path: string, body?: object): Promise<T>
}

export async function screens(t: Test, env: Record<string, string> = {}): Promise<Screens> {
  const folder = t.testdir({})
  const startedAt = performance.now()
  const started = start(t, folder, env)
  const [urls, browser] = await Promise.all([ready(folder, started), launchChromium()])
  t.teardown(() => browser.close())
  mkdirSync(SCREENSHOTS, { recursive: true })
  const troubles: string[] = []
  return {
    urls,
    startedAt,
    troubles,
    async open(url, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(PATIENCE_MS)
      page.on('pageerror', (error) => troubles.push(error.message))
      page.on('console', (line) => {
        if (line.type() === 'error') troubles.push(`${line.text()} ${line.location().url}`)
      })
      await page.goto(url)
      await page.locator('#app > *').first().waitFor()
      return page
    },
    async ask(method, path, body) {
      const response = await fetch(urls.phonesUrl + path, {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as never
    },
  }
}

/** One phone on the page. */
export function device(page: Page, number: string): Locator {
  return page.locator(`[data-phone="${number}"]`)
}

/** Whether the question of a scan is all in sight, with nothing under its buttons. */
export function isConsentInSight(page: Page): Promise<boolean> {
  return page.locator('.consent-body').evaluate((body) => body.scrollHeight <= body.clientHeight)
}

/** Looks at the page with axe and keeps a picture of it for people. */
export async function inspect(t: Test, page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  t.strictSame(await audit(page), [], `axe finds nothing: ${name}`)
}

/** The text under the code of the browser client, as a person without a camera copies it. */
export async function pairingText(page: Page): Promise<string> {
  await page.getByText('The code as text').click()
  return page.getByLabel('Text of the pairing code').inputValue()
}
