/** The phone's screen sees the code of a browser through a camera. */
import { join } from 'node:path'
import t from 'tap'
import { chromiumWithCamera } from '../src/fake-camera.ts'
import { ALICE, device, pairingText, screens } from '../src/screens.ts'

t.test('it scans the code that the camera sees', async (t) => {
  const { urls, open, ask } = await screens(t)
  const client = await open(urls.serverUrl)
  const browser = await chromiumWithCamera(await pairingText(client), join(t.testdirName, 'code.y4m'))
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(urls.phonesUrl)
  const alice = device(page, ALICE)
  await alice.getByRole('button', { name: 'Browsers' }).click()
  await alice.getByRole('button', { name: 'Scan' }).click()
  await page.getByRole('button', { name: 'Use the camera' }).click()
  await alice
    .getByRole('dialog', { name: 'Link this browser?' })
    .getByRole('button', { name: 'Allow' })
    .click()
  await alice.getByText('is linked').waitFor()
  await client.getByText('Bob').first().waitFor()
  t.equal((await ask<unknown[]>('GET', `/phones/${ALICE}/companions`)).length, 1)
})
