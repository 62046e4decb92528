/** What the tour waits for may be done by hand too: it minds what happens, not who did it. */
import t from 'tap'
import { ALICE, device, inspect, isConsentInSight, screens } from '../src/screens.ts'

t.test(
  'it notices what is done on the phone by keyboard, and shows one lane at a time where there is little room',
  async (t) => {
    const { urls, open, ask, troubles } = await screens(t)
    const page = await open(`${urls.phonesUrl}/demo`, {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    })
    const tour = page.getByRole('region', { name: 'Tour' })
    await tour.getByRole('button', { name: 'Scan the code' }).click()
    const alice = device(page, ALICE)
    await alice.getByRole('dialog').waitFor()
    t.ok(await isConsentInSight(page), 'all of the question is in sight')
    t.equal(await alice.getByRole('button', { name: 'Deny' }).evaluate((button) => button === document.activeElement), true, 'refusing has the focus') // prettier-ignore
    await page.keyboard.press('Enter')
    await alice.getByRole('dialog').waitFor({ state: 'detached' })
    const hasFocus = alice.getByRole('navigation').locator(':focus')
    await hasFocus.waitFor()
    t.match(await hasFocus.innerText(), 'Chats', 'refused: the focus is on the phone, not lost')
    await tour.getByRole('button', { name: 'Scan the code' }).click()
    await alice.getByRole('button', { name: 'Deny' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await tour.getByText('two different encryptions').waitFor()
    await inspect(t, page, 'demo-narrow-dark')
    await page.locator('.lane-browser.shown').waitFor()
    await page.locator(':focus-within.tour').waitFor()
    t.pass('the focus did not stay in the lane that went out of sight')
    t.pass('each step begins where it is to be seen')
    const lane = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await lane('Relay')
    await page.getByRole('list', { name: /Frames at the relay/ }).waitFor()
    await inspect(t, page, 'demo-narrow-dark-relay')
    await lane('Browser')
    await page.frameLocator('iframe').getByText('Bob').first().waitFor()

    await ask('PATCH', `/phones/${ALICE}/device`, { power: 'off' })
    t.equal(
      await tour.getByText('The phone is dark').count(),
      0,
      'an effect that is not waited for is not taken for another',
    )
    await ask('PATCH', `/phones/${ALICE}/device`, { power: 'on' })
    const elsewhere = 'http://192.0.2.7'
    await page.context().route(`${elsewhere}/**`, async (route) => {
      const request = route.request()
      const { origin: _own, ...headers } = request.headers()
      const url = urls.phonesUrl + new URL(request.url()).pathname
      await route.fulfill({ response: await route.fetch({ url, headers }) })
    })
    await page.goto(`${elsewhere}/demo`)
    await page.getByText('works only on the machine that runs Tether').waitFor()
    await inspect(t, page, 'demo-elsewhere')
    t.equal(
      troubles.length,
      2,
      'nothing on the console but what Alice refused: her answer, and the scan itself',
    )
    for (const path of [/\/scan$/, /\/scans\/[0-9A-F]+$/])
      t.equal(
        troubles.filter((line) => line.includes('status of 403') && path.test(line)).length,
        1,
        String(path),
      )
  },
)
