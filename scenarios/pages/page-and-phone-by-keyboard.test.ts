/** The whole story on both screens without a pointer: pair, chat, switch the phone off and on, revoke. */
import t from 'tap'
import type { Page } from 'playwright-core'
import { ALICE, BOB, openStage, qrText, SEEN_MS } from '../src/page/stage.ts'

const MOST_PRESSES = 60

/** What has the focus, in the words that a screen reader would say first; nothing for what is Bob's. */
function focused(page: Page): Promise<string> {
  return page.evaluate((bob) => {
    const element = document.activeElement
    if (element === document.body || element?.closest(`[data-phone="${bob}"]`)) return ''
    const label = element instanceof HTMLTextAreaElement ? element.labels[0]?.textContent : null
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
  }, BOB)
}

/** Presses a key until the focus is where it should be, then Enter. */
async function choose(page: Page, what: RegExp, key = 'Tab'): Promise<void> {
  await reach(page, what, key)
  await page.keyboard.press('Enter')
}

async function reach(page: Page, what: RegExp, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    if (what.test(await focused(page))) return
    await page.keyboard.press(key)
  }
  throw new Error(`${what} is not reached by ${key}; there is ${await focused(page)}`)
}

t.test('pair, chat, switch off and on, revoke: all by keyboard, on both screens', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  const phones = await stage.open()
  await phones.goto(stage.phonesUrl)
  const alice = phones.locator(`[data-phone="${ALICE}"]`)
  await alice.waitFor()

  await page.goto(stage.serverUrl)
  await page.getByRole('img', { name: /pairing code/i }).waitFor()
  await choose(page, /The code as text/)
  const qr = await qrText(page)
  await choose(phones, /^Browsers/)
  await choose(phones, /^Scan$/, 'Shift+Tab')
  await reach(phones, /Or paste/)
  await phones.keyboard.insertText(qr)
  await choose(phones, /Scan the text/)
  await alice.getByRole('dialog', { name: 'Link this browser?' }).waitFor()
  await alice.getByRole('button', { name: 'Deny' }).and(phones.locator(':focus')).waitFor()
  t.pass('refusing has the focus')
  await choose(phones, /^Allow$/)
  await alice.getByText('is linked').waitFor()
  await stage.chats().waitFor({ timeout: SEEN_MS })

  const { keyboard } = page
  const row = (text: string) => stage.log().getByRole('listitem').filter({ hasText: text })
  const write = async (text: string): Promise<void> => {
    await keyboard.type(text)
    await keyboard.press('Enter')
    await row(text).waitFor()
  }
  await keyboard.press('/')
  await keyboard.type('bob')
  await page.getByRole('list', { name: 'Chats and people found' }).getByText('Bob').waitFor()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Message to Bob' }).waitFor()
  await write('By keyboard')
  await row('By keyboard').getByText('Delivered').waitFor({ timeout: SEEN_MS })

  await choose(phones, /^Device$/)
  await choose(phones, /Power off/, 'Shift+Tab')
  await alice.getByRole('button', { name: 'Switch on' }).waitFor()
  await write('Into the dark')
  await row('Into the dark').getByText('At the relay').waitFor({ timeout: SEEN_MS })
  t.notOk((await stage.textsOf(BOB, ALICE)).includes('Into the dark'))
  await choose(phones, /Switch on/)
  await row('Into the dark')
    .getByText('Delivered')
    .waitFor({ timeout: 2 * SEEN_MS })
  t.equal((await stage.textsOf(BOB, ALICE)).filter((text) => text === 'Into the dark').length, 1, 'once')

  await choose(phones, /^Browsers/)
  await choose(phones, / on Linux/, 'Shift+Tab')
  const sheet = phones.getByRole('dialog', { name: 'on Linux' })
  await sheet.waitFor()
  await choose(phones, /^Revoke$/)
  await choose(phones, /^Revoke now$/)
  await page.getByText('The phone has ended this link').waitFor({ timeout: SEEN_MS })
  t.same(await stage.ask('GET', `${ALICE}/companions`), [])
  t.same(stage.troubles, [], 'nothing on the console')
})
