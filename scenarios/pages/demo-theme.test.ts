/** One theme for the whole demo: the browser client in it follows the switch outside, and keeps its own for when it is alone. */
import t from 'tap'
import { device, ALICE, screens } from '../src/screens.ts'

t.test('the framed browser client has the theme of the demo and no switch of its own', async (t) => {
  const { urls, open, troubles } = await screens(t)
  const page = await open(`${urls.phonesUrl}/demo`, { colorScheme: 'light' })
  const client = page.frameLocator('iframe')
  const theme = (name: string) => page.getByRole('radiogroup', { name: 'Theme' }).getByText(name).click()
  await client.getByRole('img', { name: /pairing code/i }).waitFor()
  await client.getByRole('radiogroup', { name: 'Theme' }).waitFor({ state: 'detached' })
  await theme('Dark')
  await client.locator('html[data-theme=dark]').waitFor()
  await page.reload()
  await client.locator('html[data-theme=dark]').waitFor()
  t.pass('after a reload too')
  await theme('System')
  await client.locator('html:not([data-theme])').waitFor()
  await theme('Dark')

  await page.getByRole('button', { name: 'Scan the code' }).click()
  await device(page, ALICE).getByRole('button', { name: 'Allow' }).click()
  await client.getByRole('button', { name: 'Settings' }).click()
  await client.getByRole('dialog', { name: 'Settings' }).waitFor()
  t.equal(await client.getByRole('heading', { name: 'Theme' }).count(), 0, 'nor in its settings')
  await page.getByRole('button', { name: 'Begin anew' }).click()
  await client.getByRole('img', { name: /pairing code/i }).waitFor()
  await client.locator('html[data-theme=dark]').waitFor()
  t.pass('nor is it lost when the demo begins anew')

  await page.goto(urls.serverUrl)
  await page.getByRole('radiogroup', { name: 'Theme' }).waitFor()
  t.equal(await page.locator('html').getAttribute('data-theme'), null, 'alone it is as it was')
  t.strictSame(troubles, [], 'nothing on the console')
})
