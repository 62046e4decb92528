/**
 * The page as another machine of a LAN has it: over plain http from an address, where browsers give no WebCrypto, no
 * clipboard and no notifications.
 */
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openProfile } from '../src/chromium.ts'
import { ALICE, BOB, openStage, qrText, SEEN_MS } from '../src/page/stage.ts'
import { drawPicture } from '../src/page/drawn-picture.ts'

const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const skip = address === undefined && 'this machine has no IPv4 address besides loopback'

t.test('it is linked, writes, reads and comes back over plain http on a LAN', { skip }, async (t) => {
  const folder = t.testdir({})
  const stage = await openStage(folder)
  t.teardown(() => stage.end())
  await stage.stopPhones()
  await stage.stopServer()
  await stage.startServer({ TETHER_HOST: '0.0.0.0' }) // the server alone: the phones stay on loopback
  await stage.startPhones()
  const url = `http://${address}:${new URL(stage.serverUrl).port}`
  const profile = join(folder, 'profile')
  const first = await openProfile(profile, { width: 1280, height: 800 })
  t.teardown(() => first.close())
  const page = await stage.open(first)
  const elsewhere: string[] = []
  const watch = (each: { url(): string }): void => {
    const { protocol, host } = new URL(each.url())
    if (!['data:', 'blob:'].includes(protocol) && host !== new URL(url).host) elsewhere.push(each.url())
  }
  page.on('request', watch)
  page.on('websocket', watch)
  await page.goto(url)
  t.same(
    await page.evaluate(() => [isSecureContext, 'subtle' in crypto]),
    [false, false],
    'no secure context, no WebCrypto',
  )

  const row = (text: string) => stage.log(page).getByRole('listitem').filter({ hasText: text })
  await page.getByRole('checkbox', { name: /signed in/i }).check()
  const qr = await qrText(page)
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByText('Selected: copy with Ctrl C').waitFor()
  await stage.ask('POST', `${ALICE}/scan`, { qr, consent: { grant: true } })
  await stage.chats(page).getByText('Bob').waitFor({ timeout: SEEN_MS })
  await stage.openChat('Bob', page)
  await page.getByRole('textbox', { name: 'Message to Bob' }).fill('Greetings from the other room')
  await page.keyboard.press('Enter')
  await row('Greetings from the other room').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  t.ok((await stage.textsOf(BOB, ALICE)).includes('Greetings from the other room'), 'Bob has it')
  await stage.say(BOB, ALICE, 'I can hear you')
  await stage.log(page).getByText('I can hear you').waitFor({ timeout: SEEN_MS })

  const picture = await drawPicture(stage.page)
  await page
    .locator('input[type=file]')
    .setInputFiles([{ name: 'hills.jpg', mimeType: 'image/jpeg', buffer: picture }])
  await page.getByRole('dialog', { name: 'Send to Bob' }).getByLabel('Caption').fill('Seen from here')
  await page.keyboard.press('Enter')
  await row('Seen from here').getByText('Delivered').waitFor({ timeout: SEEN_MS })
  const words = { type: 'image', mimetype: 'image/jpeg', caption: 'Seen from there' }
  await stage.sendFile(BOB, ALICE, { ...words, width: '1200', height: '800' }, picture)
  await row('Seen from there').getByRole('button', { name: 'Photo: Seen from there' }).click()
  const shown = page.getByRole('dialog', { name: 'Picture' }).locator('img[src^="blob:"]').first()
  await shown.waitFor({ timeout: SEEN_MS })
  const width = await shown.evaluate((image: HTMLImageElement) =>
    image.decode().then(() => image.naturalWidth),
  )
  t.equal(width, 1200, 'a picture goes and comes')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Record a voice message' }).click()
  await page.getByText('a microphone only to pages at localhost or over https').waitFor()
  await page.getByRole('button', { name: 'Throw it away' }).click()
  await row('I can hear you').locator('.meta').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy text' }).click()
  await page.getByText('This page may not copy').waitFor()
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByText('only for pages at localhost or over https').waitFor()
  t.ok(await page.getByRole('switch', { name: 'Notify me of new messages' }).isDisabled())
  await page.keyboard.press('Escape')
  t.pass('what browsers withhold here it says, and how else to copy')

  await page.reload()
  await stage.chats(page).getByText('Seen from there').waitFor({ timeout: SEEN_MS })
  await stage.say(BOB, ALICE, 'After the reload')
  await stage.chats(page).getByText('After the reload').waitFor({ timeout: SEEN_MS })
  t.same(elsewhere, [], 'all that it asked for, files too, is at this address')
  await first.close()

  const second = await openProfile(profile, { width: 1280, height: 800 })
  t.teardown(() => second.close())
  const again = await stage.open(second)
  await again.goto(url)
  await stage.say(BOB, ALICE, 'After the whole browser')
  await stage.chats(again).getByText('After the whole browser').waitFor({ timeout: SEEN_MS })
  t.pass('it is signed in again by itself')
  t.same(stage.troubles, [], 'nothing on the console')
})
