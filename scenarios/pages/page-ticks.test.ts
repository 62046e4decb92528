/** Every tick of a message, each really caused, and what the page says of the hop that holds it. */
import t from 'tap'
import { lossyWay } from '../src/lossy-way.ts'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'

t.test('ticks tell the truth, hop by hop', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  await stage.pair()
  await stage.openChat('Bob')
  const field = page.getByRole('textbox', { name: 'Message to Bob' })
  const row = (text: string) => stage.log().getByRole('listitem').filter({ hasText: text })
  const write = async (text: string): Promise<void> => {
    await field.fill(text)
    await page.keyboard.press('Enter')
  }
  const why = async (text: string, words: RegExp): Promise<void> => {
    await row(text).locator('.meta').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Why is it stuck?' }).click()
    await page.getByRole('dialog').getByText(words).waitFor({ timeout: SEEN_MS })
    await page.keyboard.press('Escape')
  }

  await stage.device(BOB, { network: 'none' })
  await write('Into the mailbox')
  await row('Into the mailbox').getByText('Sent').waitFor({ timeout: SEEN_MS })
  await why('Into the mailbox', /mailbox at the relay/)
  await stage.device(BOB, { network: 'wifi' })
  await row('Into the mailbox').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  await stage.ask('POST', `${BOB}/chats/${ALICE}@s.whatsapp.net/read`)
  await row('Into the mailbox').getByText('Read').waitFor({ timeout: SEEN_MS })

  const goOn = stage.freezePhones()
  await write('Read by the relay')
  await row('Read by the relay').getByText('At the relay').waitFor({ timeout: SEEN_MS })
  await why('Read by the relay', /The relay has read it/)
  goOn()
  await row('Read by the relay').getByText('Delivered').waitFor({ timeout: SEEN_MS })

  await stage.stopPhones()
  const way = await lossyWay(stage.serverUrl)
  t.teardown(() => way.stop())
  await stage.startPhones(way.url)
  await write('Known to be there again')
  await row('Known to be there again').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  way.losesMail = true
  await write('With the phone')
  await row('With the phone').getByText('On your phone').waitFor({ timeout: SEEN_MS })
  t.ok(way.lost() > 0, 'its mail has been lost on the way')
  await why('With the phone', /Your phone has it, and cannot pass it on/)
  way.losesMail = false
  way.breakLinks()
  await row('With the phone').getByText('Delivered').waitFor({ timeout: SEEN_MS })

  await stage.stopServer()
  await page.getByText('The server cannot be reached').first().waitFor({ timeout: SEEN_MS })
  await write('In this browser')
  await row('In this browser').getByText('Waiting in this browser').waitFor()
  await why('In this browser', /server cannot be reached/)
  await page.reload().catch(() => {}) // there is no server to load it from
  await stage.startServer()
  await page.goto(stage.serverUrl)
  await stage.openChat('Bob')
  await row('In this browser').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  const texts = await stage.textsOf(BOB, ALICE)
  t.same(
    texts.filter((text) => /mailbox|browser|by the relay|With the/.test(text)),
    ['Into the mailbox', 'Read by the relay', 'With the phone', 'In this browser'],
    'each once, in their order, though the page was closed between',
  )
  t.same(stage.troubles, [], 'nothing on the console')
})
