/** Files in the page: picked, pasted and dropped, on their way, come, looked at, lost at the server and had again. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'
import { drawPicture, tone } from '../src/page/drawn-picture.ts'

t.test('files go and come, whole', async (t) => {
  const root = t.testdir({})
  const stage = await openStage(root)
  t.teardown(() => stage.end())
  const { page } = stage
  await stage.pair()
  await stage.openChat('Bob')
  const row = (text: string) => stage.log().getByRole('listitem').filter({ hasText: text })
  const dialog = page.getByRole('dialog', { name: 'Send to Bob' })
  const picture = await drawPicture(page)

  await page
    .locator('input[type=file]')
    .setInputFiles([{ name: 'hills.jpg', mimeType: 'image/jpeg', buffer: picture }])
  await dialog.getByLabel('Caption').fill('From a browser')
  await page.keyboard.press('Enter')
  await row('From a browser').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  await row('From a browser').getByRole('button', { name: 'Photo: From a browser' }).waitFor()
  t.same(await fileOf('From a browser'), { kind: 'image', bytes: picture.length, width: 1200, height: 800 })

  await page.getByRole('textbox', { name: 'Message to Bob' }).evaluate((field) => {
    const files = new DataTransfer()
    files.items.add(new File(['pasted words'], 'pasted.txt', { type: 'text/plain' }))
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true }),
    )
  })
  await dialog.getByText('pasted.txt').waitFor()
  await dialog.getByRole('button', { name: 'Send', exact: true }).click()
  await row('pasted.txt').getByText('Delivered').waitFor({ timeout: SEEN_MS })

  await page.getByRole('region', { name: 'Conversation with Bob' }).evaluate((place) => {
    const files = new DataTransfer()
    files.items.add(new File([new Uint8Array(17_000_000)], 'too-large.bin'))
    place.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }))
  })
  await dialog.getByText('more than').waitFor()
  t.ok(
    await dialog.getByRole('button', { name: 'Send', exact: true }).isDisabled(),
    'too large a file cannot be sent',
  )
  await page.keyboard.press('Escape')

  await stage.sendFile(
    BOB,
    ALICE,
    { type: 'audio', mimetype: 'audio/wav', seconds: '1', ptt: 'true' },
    tone(1),
  )
  const play = page.getByRole('button', { name: 'Play the voice message' })
  await play.waitFor({ timeout: SEEN_MS })
  await play.click()
  await page.getByRole('slider', { name: 'Position' }).waitFor()
  t.match(await statusOf(BOB, ALICE, 'audio'), 'played', 'its writer is told that it was listened to')

  await stage.sendFile(
    BOB,
    ALICE,
    { type: 'document', mimetype: 'text/html', fileName: 'page.html' },
    Buffer.from('<b>no</b>'),
  )
  await row('page.html').getByRole('button', { name: 'Load' }).click({ timeout: SEEN_MS })
  const save = row('page.html').getByRole('link', { name: 'Save' })
  await save.waitFor({ timeout: SEEN_MS })
  const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
  t.equal(download.suggestedFilename(), 'page.html', 'a page of somebody else is saved, never opened here')

  const folder = join(root, 'server', 'server', 'media')
  const recipe = { type: 'document', mimetype: 'text/plain', fileName: 'lost.txt' }
  const before = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  await stage.sendFile(BOB, ALICE, recipe, Buffer.from('soup '.repeat(500)))
  await keptAt(ALICE, BOB, 'lost.txt')
  const fresh = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !before.includes(name),
  )
  for (const name of fresh) rmSync(join(folder, name), { force: true, recursive: true })
  await row('lost.txt').getByRole('button', { name: 'Load' }).click({ timeout: SEEN_MS })
  await row('lost.txt').getByRole('link', { name: 'Save' }).waitFor({ timeout: SEEN_MS })
  t.pass('what the server has lost, the phone was asked to put back')
  t.same(stage.troubles, [], 'nothing on the console')

  async function rowsOf(
    number: string,
    other: string,
  ): Promise<{ text: string; status: string; media?: Record<string, unknown> }[]> {
    return stage.ask('GET', `${number}/chats/${other}@s.whatsapp.net/messages`)
  }
  async function fileOf(text: string): Promise<object> {
    for (;;) {
      const media = (await rowsOf(BOB, ALICE)).find((each) => each.text === text)?.media
      if (media?.['state'] === 'kept') {
        const { kind, bytes, width, height } = media
        return { kind, bytes, width, height }
      }
      await page.waitForTimeout(100)
    }
  }
  async function keptAt(number: string, other: string, name: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const found = (await rowsOf(number, other)).find(({ media }) => media?.['fileName'] === name)
      if (found?.media?.['state'] === 'kept') return
      await page.waitForTimeout(100)
    }
    throw new Error(`${name} did not come`)
  }
  async function statusOf(number: string, other: string, kind: string): Promise<string> {
    for (let tries = 0; ; tries++) {
      const status = (await rowsOf(number, other)).find(({ media }) => media?.['kind'] === kind)?.status ?? ''
      if (status === 'played' || tries > 100) return status
      await page.waitForTimeout(100)
    }
  }
})
