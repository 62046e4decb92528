/** The whole story without a pointer: pair, search, read, write, answer, star, look, log out. */
import t from 'tap'
import { ALICE, BOB, openStage, qrText, SEEN_MS } from '../src/page/stage.ts'
import { drawPicture } from '../src/page/drawn-picture.ts'

t.test('everything can be done by keyboard alone', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  const { keyboard } = page
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const element = document.activeElement
      if (element === document.body) return '' // its text is all there is
      return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    })
  /** Presses a key until the focus is where it should be. */
  const reach = async (what: RegExp, key: string, most = 30): Promise<void> => {
    for (let presses = 0; presses < most; presses++) {
      if (what.test(await focused())) return
      await keyboard.press(key)
    }
    throw new Error(`${what} is not reached by ${key}; there is ${await focused()}`)
  }
  const field = page.getByRole('textbox', { name: 'Message to Bob' })

  await page.goto(stage.serverUrl)
  await page.getByRole('img', { name: /pairing code/i }).waitFor()
  await reach(/The code as text/, 'Tab')
  await keyboard.press('Enter')
  await stage.ask('POST', `${ALICE}/scan`, { qr: await qrText(page), consent: { grant: true } })
  await stage.chats().waitFor()

  await keyboard.press('/')
  t.match(await focused(), /Search/)
  await keyboard.type('bob')
  await page.getByRole('list', { name: 'Chats and people found' }).getByText('Bob').waitFor()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await field.waitFor()
  t.match(await focused(), /Message to Bob/, 'who opens a chat can write at once')

  await keyboard.type('One line')
  await keyboard.press('Shift+Enter')
  await keyboard.type('and another')
  await keyboard.press('Enter')
  await stage.log().getByText('and another').waitFor()
  await stage.say(BOB, ALICE, 'Heard. And now?')
  await stage.log().getByText('Heard. And now?').waitFor({ timeout: SEEN_MS })

  await keyboard.press('ArrowUp')
  t.match(await focused(), /Heard. And now/, 'up goes to the newest message')
  await keyboard.press('r')
  t.match(await focused(), /Message to Bob/)
  await keyboard.type('Now an answer')
  await keyboard.press('Enter')
  const answer = stage.log().getByRole('listitem').filter({ hasText: 'Now an answer' })
  await answer.getByText('Delivered').waitFor({ timeout: SEEN_MS })
  t.match(await answer.textContent(), /Heard. And now/, 'it shows what it answers')

  await keyboard.press('ArrowUp')
  await keyboard.press('s')
  await answer.getByText('Starred').waitFor({ timeout: SEEN_MS })
  await keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await reach(/^Copy text/, 'ArrowDown')
  await keyboard.press('Escape')
  await answer.and(page.locator(':focus')).waitFor()
  t.pass('the menu gives the focus back')
  await keyboard.press('Escape')
  t.match(await focused(), /Message to Bob/)

  const bytes = await drawPicture(page)
  await stage.sendFile(BOB, ALICE, { type: 'image', mimetype: 'image/jpeg', caption: 'Look' }, bytes)
  const photo = page.getByRole('button', { name: 'Photo: Look', exact: true })
  await photo.waitFor({ timeout: SEEN_MS })
  await keyboard.press('ArrowUp')
  await keyboard.press('Enter')
  await reach(/^Open/, 'ArrowDown')
  await keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Picture' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Picture' }).waitFor({ state: 'detached' })

  await keyboard.press('Alt+ArrowDown')
  await page.getByRole('textbox', { name: 'Message to Mum' }).waitFor()
  await keyboard.press('Alt+ArrowUp')
  await field.waitFor()
  await keyboard.press('Alt+i')
  await page.getByRole('dialog', { name: 'Contact info' }).waitFor()
  await keyboard.press('Escape')
  await keyboard.press('Escape')
  await page.getByText('Choose a chat').waitFor()
  await keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await keyboard.press('Escape')

  await keyboard.press('Alt+s')
  await page.getByRole('dialog', { name: 'Settings' }).waitFor()
  await reach(/Log out/, 'Tab')
  await keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Log out of this browser?' }).waitFor()
  await reach(/^Log out$/, 'Tab')
  await keyboard.press('Enter')
  await page.getByText('You are logged out').waitFor({ timeout: SEEN_MS })
  t.same(stage.troubles, [], 'nothing on the console')
})
