/** The hardware of a phone in a person's hands, and what its chats are then. */
import t from 'tap'
import { ALICE, BOB, device, inspect, screens } from '../src/screens.ts'

t.test('it writes and reads by hand, loses its networks, is switched off and comes back', async (t) => {
  const { urls, open, troubles, ask } = await screens(t, { TETHER_BATTERY_PER_FRAME: '500' })
  const page = await open(urls.phonesUrl, { colorScheme: 'dark' })
  const [alice, bob] = [device(page, ALICE), device(page, BOB)]
  await inspect(t, page, 'phones-chats-dark')

  await alice
    .getByRole('list', { name: 'Chats of Alice' })
    .getByRole('button', { name: /Bob/ })
    .press('Enter')
  await alice.getByRole('textbox', { name: 'Message to Bob' }).fill('Written by hand')
  await page.keyboard.press('Enter')
  const bubble = alice.getByRole('log').locator('.bubble', { hasText: 'Written by hand' })
  await bubble.getByText('Delivered').waitFor({ state: 'attached' })
  await bob.getByRole('button', { name: /Alice.*Written by hand/ }).click()
  await bob.getByRole('log').getByText('Written by hand').waitFor()
  await bubble.getByText('Read', { exact: true }).waitFor({ state: 'attached' })
  t.pass('two blue ticks once Bob has opened the chat')
  await inspect(t, page, 'phones-conversation-dark')

  await alice.getByRole('button', { name: 'Device' }).click()
  await alice.getByRole('switch', { name: /Airplane/ }).check()
  await alice.getByText('no relay').waitFor()
  await alice.getByRole('switch', { name: /Airplane/ }).uncheck()
  await alice.getByText('online').waitFor()
  await inspect(t, page, 'phones-device-dark')
  for (const [choice, state] of [
    ['Dozing', 'dozing'],
    ['Killed', 'app killed'],
    ['Running', 'online'],
  ] as const) {
    // prettier-ignore
    await alice.getByText(choice, { exact: true }).click()
    await alice.getByText(state, { exact: true }).waitFor()
  }
  await alice.getByRole('button', { name: 'Power off' }).click()
  await alice.getByRole('button', { name: 'Switch on' }).waitFor()
  await inspect(t, page, 'phones-off-dark')
  await ask('POST', `/phones/${BOB}/messages`, { to: ALICE, text: 'While you were off' })
  await alice.getByRole('button', { name: 'Switch on' }).click()
  await alice.getByText('online').waitFor()
  await alice.getByRole('button', { name: 'Chats' }).click()
  await alice.getByText('While you were off').waitFor()

  await alice.getByRole('button', { name: 'Keys' }).click()
  await alice.getByText('the conversation with Bob; a new key for each message').waitFor()
  await inspect(t, page, 'phones-keys-dark')
  t.strictSame(troubles, [], 'nothing on the console')
})

t.test('it shows one phone at a time where there is little room, and registers one more', async (t) => {
  const { urls, open, troubles } = await screens(t)
  const page = await open(urls.phonesUrl, { viewport: { width: 390, height: 844 } })
  await inspect(t, page, 'phones-narrow')
  t.notOk(await device(page, BOB).isVisible())
  await page.getByRole('button', { name: 'New phone' }).click()
  const dialog = page.getByRole('dialog', { name: 'New phone' })
  await dialog.getByLabel('Name').fill('Carla')
  await dialog.getByLabel(/Number/).fill('+1 555 000 4444')
  await inspect(t, page, 'phones-narrow-new')
  await dialog.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('navigation', { name: 'Phones' }).getByRole('button', { name: 'Carla' }).click()
  const carla = device(page, '15550004444')
  await carla.getByRole('button', { name: 'Write to somebody' }).click()
  await page.getByLabel('Number, with country code').fill(ALICE)
  await page.getByRole('button', { name: 'Write', exact: true }).click()
  await carla.getByRole('textbox', { name: /Message to/ }).fill('Is this the choir?')
  await page.keyboard.press('Enter')
  await carla.getByText('Delivered').waitFor({ state: 'attached' })
  await page.getByRole('navigation', { name: 'Phones' }).getByRole('button', { name: 'Alice' }).click()
  await device(page, ALICE).getByText('Is this the choir?').waitFor()
  t.strictSame(troubles, [])
})
