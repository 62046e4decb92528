/**
 * What the page keeps in a real Chromium: chats and drafts are there after a reload while the phone is off, in IndexedDB
 * or, for who does not stay signed in, in the window alone; after a log-out there is nothing.
 */
import t from 'tap'
import type { Page } from 'playwright-core'
import { launchChromium } from '../src/chromium.ts'
import { ready, start } from '../src/started.ts'

const ALICE = '15550001111'
const LAST_WORDS = 'Looking forward to it. Good night, Alice.'
const SEEN_MS = 20_000

t.test(
  'chats and drafts outlive a reload without a phone, and neither a log-out nor the window',
  async (t) => {
    const folder = t.testdir({})
    const { serverUrl, phonesUrl } = await ready(folder, start(t, folder))
    const browser = await launchChromium()
    t.teardown(() => browser.close())
    const context = await browser.newContext()
    const phone = async (method: string, path: string, body: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${phonesUrl}/phones/${ALICE}/${path}`, {
        ...{ method, headers, body: JSON.stringify(body) },
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    }
    const pair = async (page: Page, stay: boolean): Promise<void> => {
      await page.goto(serverUrl)
      if (!stay) await page.getByRole('checkbox').uncheck()
      await page.getByText('The code as text').click()
      const qr = await page.getByLabel('Text of the pairing code').inputValue()
      await phone('POST', 'scan', { qr, consent: { grant: true } })
      await page.getByRole('list', { name: 'Chats' }).getByText('Bob').click()
      await page.getByRole('log').getByText(LAST_WORDS).waitFor({ timeout: SEEN_MS })
    }
    const box = (page: Page) => page.getByRole('textbox', { name: 'Message to Bob' })
    const reloadWithoutPhone = async (page: Page): Promise<void> => {
      await box(page).fill('what I was about to say')
      await phone('PATCH', 'device', { network: 'none' })
      await page.reload()
      await page.getByRole('list', { name: 'Chats' }).getByText('Bob').click()
      await page.getByRole('log').getByText(LAST_WORDS).waitFor({ timeout: SEEN_MS })
      t.equal(await box(page).inputValue(), 'what I was about to say')
      await phone('PATCH', 'device', { network: 'wifi' })
    }

    const first = await context.newPage()
    await pair(first, true)
    await reloadWithoutPhone(first)
    t.ok((await cachedNames(first)).includes('owner'), 'in IndexedDB')
    await first.close()
    const again = await context.newPage()
    await again.goto(serverUrl)
    await again.getByRole('list', { name: 'Chats' }).getByText('Bob').click()
    t.equal(await box(again).inputValue(), 'what I was about to say')
    await again.getByRole('button', { name: 'Settings' }).click()
    await again.getByRole('button', { name: 'Log out' }).click()
    await again.getByRole('dialog').getByRole('button', { name: 'Log out' }).click()
    await again.getByText('You are logged out').waitFor({ timeout: SEEN_MS })
    t.same(await cachedNames(again), [], 'nothing is left')
    await again.close()

    const passing = await context.newPage()
    await pair(passing, false)
    await reloadWithoutPhone(passing)
    t.same(await cachedNames(passing), [], 'nothing that outlives the window')
    await passing.close()
    const closed = await context.newPage()
    await closed.goto(serverUrl)
    await closed.getByText('The code as text').waitFor({ timeout: SEEN_MS })
    t.same(await closed.evaluate(() => Object.keys(sessionStorage)), [])
  },
)

t.test('a reload at any instant shows what was on show, before the sync has settled too', async (t) => {
  const folder = t.testdir({})
  const { serverUrl, phonesUrl } = await ready(folder, start(t, folder))
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  for (const instant of ['Bob', LAST_WORDS.slice(0, 20)])
    for (const stay of [true, false]) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.addInitScript(reloadOnce, instant)
      await page.goto(serverUrl)
      if (!stay) await page.getByRole('checkbox').uncheck()
      await page.getByText('The code as text').click()
      const qr = await page.getByLabel('Text of the pairing code').inputValue()
      const scanned = await fetch(`${phonesUrl}/phones/${ALICE}/scan`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ qr, consent: { grant: true } }),
      })
      const { id } = (await scanned.json()) as { readonly id: string }
      const chats = page.getByRole('list', { name: 'Chats' })
      await page.waitForFunction(() => sessionStorage.getItem('was on show') !== null)
      await chats.getByText('Bob').waitFor({ timeout: SEEN_MS })
      const shown = (await page.evaluate(() => sessionStorage.getItem('was on show')))!
      const now = await chats.innerText()
      for (const line of shown.split('\n')) t.match(now, line, `${instant}, ${stay}: ${line}`)
      await context.close()
      await fetch(`${phonesUrl}/phones/${ALICE}/companions/${id}`, { method: 'DELETE' })
    }
})

/** In the page: reloads it the moment these words are in the list of chats; after that no server is to be had. */
function reloadOnce(words: string): void {
  if (sessionStorage.getItem('was on show') !== null) {
    const { WebSocket: Real } = window
    window.WebSocket = class extends Real {
      constructor() {
        super('ws://127.0.0.1:9/')
      }
    }
    return
  }
  new MutationObserver((_, observer) => {
    const shown = document.querySelector<HTMLElement>('[aria-label=Chats]')?.innerText ?? ''
    if (!shown.includes(words)) return
    observer.disconnect()
    sessionStorage.setItem('was on show', shown)
    location.reload()
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

/** Names in the store of the cache. */
function cachedNames(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('tether')
        opening.onerror = () => reject(new Error(String(opening.error)))
        opening.onsuccess = () => {
          const asking = opening.result.transaction('cached').objectStore('cached').getAllKeys()
          asking.onsuccess = () => {
            opening.result.close()
            resolve(asking.result.map(String))
          }
        }
      }),
  )
}
