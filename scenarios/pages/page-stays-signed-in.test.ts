/** The whole browser is closed and opened again: who stays signed in is there at once, who does not begins anew. */
import { join } from 'node:path'
import t from 'tap'
import { openProfile } from '../src/chromium.ts'
import { ALICE, BOB, openStage, qrText, SEEN_MS } from '../src/page/stage.ts'

const VIEWPORT = { width: 1280, height: 800 }

for (const stay of [true, false]) {
  t.test(stay ? 'ticked: it logs in by itself' : 'unticked: all is gone with the browser', async (t) => {
    const folder = t.testdir({})
    const stage = await openStage(folder)
    t.teardown(() => stage.end())
    const profile = join(folder, 'profile')
    const first = await openProfile(profile, VIEWPORT)
    const page = await stage.open(first)
    await page.goto(stage.serverUrl)
    await page.getByRole('checkbox', { name: /signed in/i }).setChecked(stay)
    const qr = await qrText(page)
    await stage.ask('POST', `${ALICE}/scan`, { qr, consent: { grant: true } })
    await stage.chats(page).getByText('Bob').waitFor({ timeout: SEEN_MS })
    await page.reload()
    await stage.chats(page).getByText('Bob').waitFor({ timeout: SEEN_MS })
    t.pass('a reload asks for nothing')
    await first.close()
    await stage.say(BOB, ALICE, 'While your browser was closed')

    const second = await openProfile(profile, VIEWPORT)
    t.teardown(() => second.close())
    const again = await stage.open(second)
    await again.goto(stage.serverUrl)
    if (stay) {
      await stage.chats(again).getByText('While your browser was closed').waitFor({ timeout: SEEN_MS })
      await stage.openChat('Bob', again)
      await stage.log(again).getByText('While your browser was closed').waitFor({ timeout: SEEN_MS })
      t.pass('it is logged in and has what came meanwhile')
    } else {
      await again.getByRole('img', { name: /pairing code/i }).waitFor({ timeout: SEEN_MS })
      const left = await again.evaluate(() =>
        [localStorage, sessionStorage].flatMap((storage) =>
          Object.keys(storage).map((name) => storage.getItem(name)),
        ),
      )
      t.notMatch(left.join(), /Bob|Token/, 'nobody is logged in, and nothing is left')
    }
    t.same(stage.troubles, [], 'nothing on the console')
  })
}
