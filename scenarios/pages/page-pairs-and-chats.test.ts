/**
 * The page in a real Chromium, against the programs of `npm start`: everything that a person sees is really caused.
 * Screenshots go to `screenshots/`, for people to look at.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { launchChromium } from '../src/chromium.ts'
import { ready, start } from '../src/started.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots', import.meta.url))
const SEEN_MS = 20_000

t.test('it pairs, sends, receives, survives a reload and an absent phone, and logs out', async (t) => {
  const folder = t.testdir({})
  const { serverUrl, phonesUrl } = await ready(folder, start(t, folder))
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (line) => line.type() === 'error' && troubles.push(line.text()))
  mkdirSync(SCREENSHOTS, { recursive: true })
  const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })

  const phones = async (method: string, path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${phonesUrl}/phones/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const textsOf = async (number: string, other: string): Promise<string[]> => {
    const response = await fetch(`${phonesUrl}/phones/${number}/chats/${other}@s.whatsapp.net/messages`)
    return ((await response.json()) as { text: string }[]).map(({ text }) => text)
  }

  await page.goto(serverUrl)
  await page.getByRole('img', { name: /pairing code/i }).waitFor()
  await shot('pairing')
  await phones('POST', `${ALICE}/scan`, { qr: await qrText(page), consent: { grant: true } })

  const chats = page.getByRole('list', { name: 'Chats' })
  await chats.getByText('Bob').click()
  const log = page.getByRole('log')
  await log.getByText('Looking forward to it. Good night, Alice.').waitFor()
  await shot('conversation')

  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Typed in a browser')
  await page.keyboard.press('Enter')
  const typed = log.locator('li', { hasText: 'Typed in a browser' }).last()
  await typed.getByText('Delivered').waitFor({ timeout: SEEN_MS })
  t.equal((await textsOf(BOB, ALICE)).at(-1), 'Typed in a browser', "it arrived in Bob's phone")

  await phones('POST', `${BOB}/messages`, { to: ALICE, text: 'Said on a phone' })
  await log.getByText('Said on a phone').waitFor({ timeout: SEEN_MS })

  await page.reload()
  await chats.getByText('Bob').click()
  await log.getByText('Said on a phone').waitFor({ timeout: SEEN_MS })
  t.equal(await log.getByText('Typed in a browser').count(), 1, 'once, after the reload too')
  t.equal(await log.getByText('Said on a phone').count(), 1)
  await shot('after-reload')

  await phones('PATCH', `${ALICE}/device`, { network: 'none' })
  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Into the silence')
  await page.keyboard.press('Enter')
  const banner = page.getByRole('status').filter({ hasText: /phone/i })
  await banner.first().waitFor({ timeout: 40_000 })
  await shot('phone-unreachable')
  t.notOk((await textsOf(BOB, ALICE)).includes('Into the silence'))
  await phones('PATCH', `${ALICE}/device`, { network: 'wifi' })
  await log
    .locator('li', { hasText: 'Into the silence' })
    .last()
    .getByText('Delivered')
    .waitFor({ timeout: SEEN_MS })
  const silent = (await textsOf(BOB, ALICE)).filter((text) => text === 'Into the silence')
  t.equal(silent.length, 1, 'it went out once when the phone was back')

  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page
    .getByRole('dialog', { name: 'Log out of this browser?' })
    .getByRole('button', { name: 'Log out' })
    .click()
  await page.getByText('You are logged out').waitFor({ timeout: SEEN_MS })
  await shot('logged-out')
  const companions = await fetch(`${phonesUrl}/phones/${ALICE}/companions`)
  t.same(await companions.json(), [], 'the phone has forgotten it')
  t.same(troubles, [], 'nothing on the console')
})

/** The text under the code, as a person without a camera copies it. */
async function qrText(page: Page): Promise<string> {
  await page.getByText('The code as text').click()
  return page.getByLabel('Text of the pairing code').inputValue()
}
