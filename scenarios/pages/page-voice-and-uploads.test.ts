/** A voice message recorded in the page; a file that waits while the phone's server is away, goes on, and is cancelled. */
import t from 'tap'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'

interface Row {
  readonly text: string
  readonly media?: { readonly kind: string; readonly ptt?: boolean; readonly bytes: number | null }
}

t.test('what is recorded or chosen goes out once, or not at all', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  await stage.context.grantPermissions(['microphone'], { origin: stage.serverUrl })
  await stage.pair()
  await stage.openChat('Bob')
  const filesAt = async (number: string, other: string): Promise<readonly Row[]> => {
    const rows = await stage.ask<Row[]>('GET', `${number}/chats/${other}@s.whatsapp.net/messages`)
    return rows.filter(({ media }) => media !== undefined)
  }

  await page.getByRole('button', { name: 'Record a voice message' }).click()
  const send = page.getByRole('button', { name: 'Send the voice message' })
  await page.getByText('Recording').waitFor({ timeout: SEEN_MS })
  await page.waitForTimeout(1_200)
  await send.click()
  await stage.log().getByRole('button', { name: 'Play the voice message' }).waitFor({ timeout: SEEN_MS })
  await stage.log().getByRole('listitem').last().getByText('Delivered').waitFor({ timeout: SEEN_MS })
  t.match(await filesAt(BOB, ALICE), [{ media: { kind: 'audio', ptt: true } }], 'it is a voice message there')

  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await page.getByText('Recording').waitFor({ timeout: SEEN_MS })
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Message to Bob' }).waitFor()

  await stage.stopServer()
  await page.getByText('The server cannot be reached').first().waitFor({ timeout: SEEN_MS })
  const attach = async (name: string): Promise<void> => {
    const buffer = Buffer.from(`${name} `.repeat(1000))
    await page.locator('input[type=file]').setInputFiles([{ name, mimeType: 'text/plain', buffer }])
    await page
      .getByRole('dialog', { name: 'Send to Bob' })
      .getByRole('button', { name: 'Send', exact: true })
      .click()
  }
  await attach('kept.txt')
  await attach('dropped.txt')
  const waiting = page.getByRole('list', { name: 'Files on their way' }).getByRole('listitem')
  await waiting.filter({ hasText: 'waits until' }).nth(1).waitFor()
  await waiting.filter({ hasText: 'dropped.txt' }).getByRole('button', { name: 'Cancel' }).click()
  await stage.startServer()
  await stage
    .log()
    .getByRole('listitem')
    .filter({ hasText: 'kept.txt' })
    .getByText('Delivered')
    .waitFor({ timeout: 40_000 })
  t.equal((await filesAt(BOB, ALICE)).length, 2, 'the voice message and the file that was kept, each once')
  t.same(stage.troubles, [], 'nothing on the console')
})
