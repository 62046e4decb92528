/** A browser that is not in the phone's network is asked about twice, on the phone's screen: by mouse and by keyboard. */
import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { ALICE, device, inspect, pairingText, screens, type Screens } from '../src/screens.ts'

const MOST_PRESSES = 40

interface Asked extends Screens {
  /** The browser that wants in, and the phones. */
  readonly client: Page
  readonly page: Page
}

/** Alice's phone is on mobile data, so no browser is in its network; it has scanned the code of one. */
async function asked(t: Test): Promise<Asked> {
  const stage = await screens(t)
  await stage.ask('PATCH', `/phones/${ALICE}/device`, { network: 'cell' })
  const client = await stage.open(stage.urls.serverUrl)
  const page = await stage.open(stage.urls.phonesUrl)
  await scan(client, page)
  return { ...stage, client, page }
}

async function scan(client: Page, page: Page): Promise<void> {
  const alice = device(page, ALICE)
  await alice.getByRole('button', { name: 'Browsers' }).click()
  await alice.getByRole('button', { name: 'Scan' }).click()
  await page.getByLabel(/Or paste/).fill(await pairingText(client))
  await page.getByRole('button', { name: 'Scan the text' }).click()
  await alice.getByRole('dialog', { name: 'Link this browser?' }).waitFor()
}

/** The button that has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')

async function reach(page: Page, button: string): Promise<void> {
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    if ((await focused(page)) === button) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${button} is not reached; there is ${await focused(page)}`)
}

t.test(
  'by mouse: a tap or two in haste link nobody, the warning says why, a tap after it links',
  async (t) => {
    const { client, page, ask, troubles } = await asked(t)
    const alice = device(page, ALICE)
    const sheet = alice.getByRole('dialog', { name: 'Link this browser?' })
    await sheet.getByText('not this phone’s').waitFor()
    t.equal(await sheet.getByRole('alert').count(), 0, 'no warning before an answer')
    await sheet.getByRole('button', { name: 'Allow', exact: true }).dblclick()
    await sheet.getByRole('alert').getByText('This browser is not in your network').waitFor()
    t.equal(await sheet.getByRole('button', { name: 'Allow', exact: true }).count(), 0)
    t.ok(await sheet.evaluate((each) => each.contains(document.activeElement)), 'Escape would refuse')
    t.strictSame(
      await ask('GET', `/phones/${ALICE}/companions`),
      [],
      'nobody is linked, by a double click either',
    )
    t.equal(await client.getByRole('list', { name: 'Chats' }).count(), 0)
    await inspect(t, page, 'phones-consent-warned')
    await page.setViewportSize({ width: 390, height: 844 })
    await inspect(t, page, 'phones-consent-warned-narrow')

    await sheet.getByRole('button', { name: 'It is mine: allow' }).click()
    await alice.getByText('is linked').waitFor()
    await client.getByRole('list', { name: 'Chats' }).waitFor()
    await alice.getByRole('button', { name: 'Record' }).click()
    await alice.getByText('Browser linked').waitFor()
    t.ok(await alice.getByText('another network').count(), 'the record says so')
    t.strictSame(troubles, [])
  },
)

t.test('by keyboard: Enter twice refuses, Escape too, and the second button is to be sought', async (t) => {
  const { client, page, ask, troubles } = await asked(t)
  const alice = device(page, ALICE)
  const again = async (): Promise<void> => {
    await alice.getByText('Denied. The browser got nothing.').waitFor()
    t.strictSame(await ask('GET', `/phones/${ALICE}/companions`), [])
    await client.reload()
    await client.getByRole('img', { name: /pairing code/i }).waitFor()
    await scan(client, page)
  }
  const { keyboard } = page
  await reach(page, 'Allow')
  await keyboard.press('Enter')
  await alice.getByRole('alert').waitFor()
  t.equal(await focused(page), 'Deny', 'refusing has the focus again')
  await keyboard.press('Enter')
  t.pass('who presses Enter twice without reading')
  await again()

  await reach(page, 'Allow')
  await keyboard.press('Enter')
  await alice.getByRole('alert').waitFor()
  await keyboard.press('Escape')
  await again()

  await reach(page, 'Allow')
  await keyboard.press('Enter')
  await alice.getByRole('alert').waitFor()
  await alice.locator('button:enabled', { hasText: 'It is mine: allow' }).waitFor() // it can have been read by then
  await reach(page, 'It is mine: allow')
  await keyboard.press('Enter')
  await alice.getByText('is linked').waitFor()
  await client.getByRole('list', { name: 'Chats' }).waitFor()
  t.equal(troubles.filter((line) => !/status of 403/.test(line)).length, 0, 'nothing else on the console')
})
