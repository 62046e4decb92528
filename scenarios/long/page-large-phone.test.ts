/**
 * The page with a phone of 500 chats and 100,000 messages, in Chromium: how long until the first list, whether a
 * conversation can be scrolled without holes, how much of it is in the page, and what memory that takes.
 */
import t from 'tap'
import { LARGE_HISTORY, largeHistory } from 'harness/large-history'
import { realClock } from 'proto/system'
import { launchChromium } from '../src/chromium.ts'
import { makePhoneFile, PASSPHRASE, scanWithPhone } from '../src/phone-file.ts'
import { startPhones, startServer } from '../src/programs.ts'
import { qrText } from '../src/page/stage.ts'

const MOST_ROWS = 80
const FIRST_LIST_MS = 5_000
const HEAP_BYTES = 120_000_000
const WHEELS = 150

t.test('a large phone is as light to scroll as a small one', async (t) => {
  const folder = t.testdir({})
  const history = largeHistory('page', LARGE_HISTORY, realClock.now())
  const server = await startServer(folder)
  t.teardown(() => server.stop())
  await makePhoneFile(folder, server.url, history)
  const phones = await startPhones(folder, server.url, PASSPHRASE)
  t.teardown(() => phones.stop())
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })

  await page.goto(server.url)
  const qr = await qrText(page)
  const from = realClock.now()
  await scanWithPhone(phones.url, qr)
  const chats = page.getByRole('list', { name: 'Chats', exact: true })
  await chats.getByRole('listitem').first().waitFor({ timeout: 30_000 })
  const listMs = realClock.now() - from
  t.comment(`first list ${listMs} ms after the scan`)
  t.ok(listMs < FIRST_LIST_MS, 'the list is there soon')
  const listed = Number(await chats.getByRole('listitem').first().getAttribute('aria-setsize'))
  t.ok(listed > 400, `${listed} chats in the list`)
  t.ok((await chats.getByRole('listitem').count()) < MOST_ROWS, 'and few of them in the page')
  await chats.getByRole('button').first().focus()
  await page.keyboard.press('End')
  await page.waitForFunction(
    (count) => document.activeElement?.closest('li')?.ariaPosInSet === String(count),
    listed,
  )

  await page.getByRole('searchbox').fill(history.partners[0] ?? '')
  await page.getByRole('list', { name: 'Chats and people found' }).getByRole('button').first().click()
  const log = page.getByRole('log')
  await log.getByRole('listitem').first().waitFor()
  await log.hover()
  await page.evaluate(() => {
    const facts = { frames: 0, blank: 0 }
    Object.assign(window, { facts })
    const box = document.querySelector('.messages')!
    const look = (): void => {
      const { left, top, width, height } = box.getBoundingClientRect()
      const rows = Array.from(box.querySelectorAll('li.row')).map((row) => row.getBoundingClientRect())
      const middle = top + height / 2
      facts.frames++
      if (
        !rows.some(
          (row) => row.top - 24 <= middle && middle <= row.bottom + 24 && row.width > 0 && left + width > 0,
        )
      )
        facts.blank++
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  let most = 0
  for (let wheel = 0; wheel < WHEELS; wheel++) {
    await page.mouse.wheel(0, -700)
    await page.waitForTimeout(30)
    if (wheel % 10 === 0) most = Math.max(most, await log.getByRole('listitem').count())
  }
  const loaded = Number(await log.getByRole('listitem').first().getAttribute('aria-setsize'))
  const facts = await page.evaluate(
    () => (window as unknown as { facts: { frames: number; blank: number } }).facts,
  )
  t.comment(
    `${loaded} messages loaded, ${most} rows at most, ${facts.blank} of ${facts.frames} frames with a hole`,
  )
  t.ok(loaded > 500, 'older messages came while scrolling')
  t.ok(most < MOST_ROWS, 'and few of them are in the page')
  t.ok(facts.blank < facts.frames / 50, 'scrolling shows messages, not holes')
  await page.getByRole('button', { name: 'To the newest message' }).click()
  await page.waitForFunction(() => {
    const box = document.querySelector('.messages')!
    return box.scrollHeight - box.scrollTop - box.clientHeight < 4
  })

  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Infinity
  t.comment(`${Math.round(heap / 1e6)} MB of heap`)
  t.ok(heap < HEAP_BYTES, 'it fits into a small machine')
})
