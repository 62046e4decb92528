/** What a person does to messages and chats in the page, and what phones make of it. */
import t from 'tap'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'

t.test('messages are found, passed on and taken back; chats are pinned, muted and archived', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  await stage.pair()
  const row = (text: string) => stage.log().getByRole('listitem').filter({ hasText: text })
  const onMessage = async (text: string, item: string): Promise<void> => {
    await row(text).last().locator('.meta').click({ button: 'right' })
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  const onChat = async (name: string, item: string): Promise<void> => {
    await stage.chats().getByRole('button', { name }).first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }

  await page.getByRole('searchbox').fill('thorn')
  await page.getByRole('list', { name: 'Messages found' }).getByRole('button').first().click()
  await row('it was a thorn').waitFor()
  await page.waitForFunction(() => /thorn/.test(document.activeElement?.textContent ?? ''))
  await page.getByRole('searchbox').fill('')

  await onMessage('it was a thorn', 'Forward')
  const forward = page.getByRole('dialog', { name: 'Forward to' })
  await forward.getByText('Carla (choir)').click()
  await forward.getByRole('button', { name: 'Forward' }).click()
  await page.getByRole('region', { name: 'Conversation with Carla (choir)' }).waitFor()
  await row('it was a thorn').getByText('Forwarded').waitFor({ timeout: SEEN_MS })

  await stage.openChat('Bob')
  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Said too soon')
  await page.keyboard.press('Enter')
  await row('Said too soon').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  await onMessage('Said too soon', 'Delete')
  await page.getByRole('button', { name: 'Delete for everyone' }).click()
  await stage.log().getByText('This message was taken back').waitFor({ timeout: SEEN_MS })
  t.notOk((await stage.textsOf(BOB, ALICE)).includes('Said too soon'), 'it is gone at the other side too')

  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Half a thought')
  await stage.openChat('Mum')
  await stage.chats().getByRole('button', { name: 'Bob' }).getByText('Draft:').waitFor()
  await page.waitForTimeout(1_000) // a draft is kept when writing pauses
  await page.reload()
  await stage.openChat('Bob')
  t.equal(
    await page.getByRole('textbox', { name: 'Message to Bob' }).inputValue(),
    'Half a thought',
    'it outlives a reload',
  )

  await onChat('Carla', 'Pin')
  await stage.chats().getByRole('listitem').first().getByText('Pinned').waitFor({ timeout: SEEN_MS })
  t.match(await stage.chats().getByRole('listitem').first().textContent(), /Carla/, 'what is pinned is first')
  await onChat('Mum', 'Mute always')
  await stage.chats().getByRole('button', { name: 'Mum' }).getByText('Muted').waitFor({ timeout: SEEN_MS })
  await onChat('Mum', 'Mark as unread')
  await stage
    .chats()
    .getByRole('button', { name: 'Mum' })
    .getByText('marked unread')
    .waitFor({ timeout: SEEN_MS })
  t.equal(await page.title(), 'Tether', 'a muted chat is not in the title')
  await stage.say(BOB, ALICE, 'One')
  await stage.openChat('Carla (choir)')
  await stage.say(BOB, ALICE, 'Two')
  await page.waitForFunction(() => document.title === '(1) Tether', null, { timeout: SEEN_MS })
  await onChat('Mum', 'Archive')
  await page.getByRole('button', { name: 'Archived' }).click()
  await stage.chats().getByRole('button', { name: 'Mum' }).waitFor({ timeout: SEEN_MS })
  t.same(stage.troubles, [], 'nothing on the console')
})
