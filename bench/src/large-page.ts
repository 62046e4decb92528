/**
 * The page in Chromium at a phone with 100,000 messages in 500 chats and 2,000 contacts: how long a person waits for
 * the first chat list, whether scrolling keeps up and loses nothing, and what memory it takes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { LARGE_HISTORY, type LargeHistory, largeHistory } from 'harness/large-history'
import { realClock } from 'proto/system'
import { launchChromium } from 'scenarios/chromium'
import { makePhoneFile, PASSPHRASE, scanWithPhone } from 'scenarios/phone-file'
import { type Program, startPhones, startServer } from 'scenarios/programs'
import { type Row, Samples } from './samples.ts'

const PAIRINGS = 5
const RELOADS = 5
/** A screen refreshes 60 times a second; a frame that takes three of these is seen as a stutter. */
const STUTTER_MS = 50
const WHEEL_PX = 600
const MB = 1_048_576
/** Which partner's chat is pinned last, so that it is the first of the list. */
const PINNED = 1
const MOST_TURNS = 3_000
const WITHIN_MS = 60_000

export async function benchLargePage(): Promise<{ rows: Row[] }> {
  const history = largeHistory('bench', LARGE_HISTORY, realClock.now())
  const folder = await mkdtemp(join(tmpdir(), 'tether-bench-'))
  const server = await startServer(folder)
  const browser = await launchChromium()
  try {
    await makePhoneFile(folder, server.url, history)
    const phones = await startPhones(folder, server.url, PASSPHRASE)
    try {
      return { rows: await measure(browser, server, phones, history) }
    } finally {
      await phones.stop()
    }
  } finally {
    await browser.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(
  browser: Browser,
  server: Program,
  phones: Program,
  history: LargeHistory,
): Promise<Row[]> {
  const samples = new Samples(() => phones.cpuMs(), 0)
  for (let turn = 1; turn < PAIRINGS; turn++) {
    const page = await pair(browser, server, phones, samples)
    await logOut(page)
    await page.context().close()
  }
  const page = await pair(browser, server, phones, samples)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  const paired = await heap(cdp)
  for (let turn = 0; turn < RELOADS; turn++) {
    await samples.time('page: reload to chat list', async () => {
      await page.reload()
      await firstChat(page).waitFor({ timeout: WITHIN_MS })
    })
  }
  const chat = await scrollHistory(page, history) // before the list moves: it is the first
  const list = await scroll(page, '.chat-list', 1, 60)
  const after = await heap(cdp)
  return [
    ...samples.rows('phones'),
    { name: 'page: chat list scrolled, longest frame', ours: list.longestMs, unit: 'ms' },
    { name: 'page: chat list scrolled, frames that stutter', ours: list.stutter * 100, unit: '%' },
    { name: 'page: history scrolled, messages', ours: chat.known, unit: '' },
    { name: 'page: history scrolled, messages that are missing', ours: chat.missing, unit: '' },
    { name: 'page: history scrolled, longest frame', ours: chat.longestMs, unit: 'ms' },
    { name: 'page: history scrolled, frames that stutter', ours: chat.stutter * 100, unit: '%' },
    { name: 'page: heap after pairing', ours: paired.bytes / MB, unit: 'MB' },
    { name: 'page: heap after everything', ours: after.bytes / MB, unit: 'MB' },
    { name: 'page: elements after everything', ours: after.elements, unit: '' },
  ]
}

const firstChat = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('listitem').first()

/** A page of its own, paired; takes the time from the scan to the first chat on the screen. */
async function pair(browser: Browser, server: Program, phones: Program, samples: Samples): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByText('The code as text').click()
  const qr = await page.getByLabel('Text of the pairing code').inputValue()
  await samples.time('page: scan to first chat list', async () => {
    await scanWithPhone(phones.url, qr)
    await firstChat(page).waitFor({ timeout: WITHIN_MS })
  })
  return page
}

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: 'Log out' }).click()
  await page.getByText('You are logged out').waitFor({ timeout: WITHIN_MS })
}

interface Scrolled {
  readonly longestMs: number
  /** Share of frames that took STUTTER_MS or more. */
  readonly stutter: number
}

/** Turns the wheel `times` over what `selector` names, as fast as the page draws. */
async function scroll(page: Page, selector: string, direction: 1 | -1, times: number): Promise<Scrolled> {
  const box = (await page.locator(selector).boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.evaluate(() => {
    const frames: number[] = []
    let last = performance.now()
    const look = (now: number): void => {
      frames.push(now - last)
      last = now
      if (Reflect.get(window, 'frames_watched') === frames) requestAnimationFrame(look)
    }
    Reflect.set(window, 'frames_watched', frames)
    requestAnimationFrame(look)
  })
  for (let turn = 0; turn < times; turn++) {
    await page.mouse.wheel(0, direction * WHEEL_PX)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  const frames = await page.evaluate(() => {
    const watched = Reflect.get(window, 'frames_watched') as number[]
    Reflect.set(window, 'frames_watched', null)
    return watched
  })
  const slow = frames.filter((ms) => ms >= STUTTER_MS).length
  return { longestMs: Math.max(...frames), stutter: slow / frames.length }
}

/** The pinned chat, one of the largest, from its end to its beginning: the page must know every message of the phone. */
async function scrollHistory(
  page: Page,
  { partners, messages }: LargeHistory,
): Promise<Scrolled & { readonly known: number; readonly missing: number }> {
  const expected = [...messages()].filter((row) => row.with === partners[PINNED]).length
  await firstChat(page).getByRole('button').first().click()
  await page.getByRole('log').waitFor()
  const parts: Scrolled[] = []
  const beginning = page.getByText('The beginning of this conversation')
  while ((await beginning.count()) === 0 && parts.length < MOST_TURNS) {
    parts.push(await scroll(page, '.messages', -1, 5))
  }
  const known = Number(await page.locator('.messages li').first().getAttribute('aria-setsize'))
  return {
    longestMs: Math.max(...parts.map(({ longestMs }) => longestMs)),
    stutter: parts.reduce((sum, { stutter }) => sum + stutter, 0) / parts.length,
    known,
    missing: expected - known,
  }
}

async function heap(cdp: CDPSession): Promise<{ readonly bytes: number; readonly elements: number }> {
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  return { bytes: of('JSHeapUsedSize'), elements: of('Nodes') }
}
