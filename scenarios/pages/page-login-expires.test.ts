/** A browser that was away for longer than a login lives: it says so, has nothing left, and is linked anew. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { wordsForPairing } from 'web-client/page/words'
import { openProfile } from '../src/chromium.ts'
import { ALICE, BOB, openStage, qrText, SEEN_MS } from '../src/page/stage.ts'
import { views } from '../src/page/walk.ts'
import { inspect } from '../src/screens.ts'

const UNUSED_MS = 2000
const LAST_WORDS = 'Before you went away'
const EXPIRED = wordsForPairing('loggedOut', { status: 419, code: null, detail: '' })!

t.test('a login that nobody used for too long has expired, and the page says so', async (t) => {
  const folder = t.testdir({})
  const stage = await openStage(folder, { TETHER_LOGIN_UNUSED_MS: String(UNUSED_MS) })
  t.teardown(() => stage.end())
  const profile = join(folder, 'profile')
  const companions = () => stage.ask<object[]>('GET', `${ALICE}/companions`)
  const link = async (page: Page): Promise<void> => {
    const qr = await qrText(page)
    await stage.ask('POST', `${ALICE}/scan`, { qr, consent: { grant: true } })
    await stage.chats(page).getByText('Bob').waitFor({ timeout: SEEN_MS })
  }

  const first = await openProfile(profile, views[0])
  t.teardown(() => first.close())
  const page = await stage.open(first)
  await page.goto(stage.serverUrl)
  await page.getByRole('checkbox', { name: /signed in/i }).check()
  await link(page)
  await stage.say(BOB, ALICE, LAST_WORDS)
  await stage.chats(page).getByText(LAST_WORDS).waitFor({ timeout: SEEN_MS })
  await page.waitForTimeout(2 * UNUSED_MS)
  await page.reload()
  await stage.chats(page).getByText(LAST_WORDS).waitFor({ timeout: SEEN_MS })
  t.equal((await companions()).length, 1, 'an open browser is in use, however long')
  t.match(await kept(page), LAST_WORDS, 'and keeps what it shows')
  await first.close()

  const second = await openProfile(profile, views[0])
  t.teardown(() => second.close())
  const again = await stage.open(second)
  await again.waitForTimeout(2 * UNUSED_MS)
  await again.goto(stage.serverUrl)
  await again.getByRole('alert').filter({ hasText: EXPIRED }).waitFor({ timeout: SEEN_MS })
  t.same(await companions(), [], 'the phone has heard that it is over')
  t.notMatch(await kept(again), /Bob|Token|Before you/, 'nothing of it is left in the browser')
  for (const view of views) {
    await again.setViewportSize(view)
    await again.emulateMedia({ colorScheme: view.theme, reducedMotion: 'reduce' })
    await inspect(t, again, `login-expired-${view.name}`)
  }
  await again.getByRole('button', { name: 'Show a code' }).click()
  await link(again)
  t.equal((await companions()).length, 1, 'linked anew')
  await stage.openChat('Bob', again)
  await stage.log(again).getByText(LAST_WORDS).waitFor({ timeout: SEEN_MS })
  t.same(stage.troubles, [], 'nothing on the console')
})

/** All that the browser keeps for the page, as one text. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(new Error(String(request.error)))
      })
    const all: unknown[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name!))
      for (const store of Array.from(database.objectStoreNames)) {
        const reading = database.transaction(store).objectStore(store)
        all.push(await asked(reading.getAllKeys()), await asked(reading.getAll()))
      }
      database.close()
    }
    return JSON.stringify(all)
  })
}
