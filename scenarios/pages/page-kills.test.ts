/**
 * Everything is killed or closed once, in the middle of a series of messages: the server and the phones' program without
 * a warning, the page by a reload, the browser by its end. Nothing is lost and nothing comes twice. The order stays, but
 * for what a killed phone had been handed and had not stored: the browser learns of that by silence (spec 12) and sends
 * it once more, behind what has gone out meanwhile.
 */
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import t from 'tap'
import type { Page } from 'playwright-core'
import { openProfile } from '../src/chromium.ts'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'

/** High enough for all of the messages; rows out of sight are not in the page. */
const VIEWPORT = { width: 1280, height: 3_000 }
const PER_ROUND = 8
/** So that each round meets a kill with messages before it, under way, and after it. */
const KILL_AFTER_MS = 250
const BACK_AFTER_MS = 500
const BACK_AGAIN_MS = 60_000

t.test('whatever is killed amid messages, each comes once and in order', async (t) => {
  const folder = t.testdir({})
  const stage = await openStage(folder)
  t.teardown(() => stage.end())
  const profile = join(folder, 'profile')
  let context = await openProfile(profile, VIEWPORT)
  t.teardown(() => context.close())
  let page = await stage.open(context)
  const written: string[] = []
  const write = async (on: Page): Promise<void> => {
    const text = `Number ${written.length + 1}.`
    written.push(text)
    await on.getByRole('textbox', { name: 'Message to Bob' }).fill(text)
    await on.keyboard.press('Enter')
  }
  const writeSome = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each++) await write(page)
  }
  const row = (text: string) => stage.log(page).getByRole('listitem').filter({ hasText: text })
  const arrived = async (): Promise<readonly string[]> =>
    (await stage.textsOf(BOB, ALICE)).filter((text) => text.startsWith('Number '))
  let settledCount = 0
  const settled = async (what: string, order: 'in order' | 'in any order' = 'in order'): Promise<void> => {
    const ofRound = written.slice(settledCount)
    settledCount = written.length
    for (const text of ofRound) await row(text).getByText('Delivered').waitFor({ timeout: BACK_AGAIN_MS })
    const there = (await arrived()).filter((text) => ofRound.includes(text))
    if (order === 'in order') t.same(there, ofRound, `${what}: each once, in order`)
    else t.same(there.toSorted(), ofRound.toSorted(), `${what}: each once`)
  }
  /** Writes on and on while `trouble` happens. */
  const amid = async (trouble: () => Promise<void>): Promise<void> => {
    await Promise.all([writeSome(PER_ROUND), pass(KILL_AFTER_MS).then(trouble)])
    await writeSome(2)
  }

  await stage.pair(page)
  await stage.openChat('Bob', page)
  await write(page)
  await settled('before any trouble')

  await amid(async () => {
    await stage.killServer()
    await pass(BACK_AFTER_MS)
    await stage.startServer()
  })
  await settled('the server was killed')

  await amid(async () => {
    await stage.killPhones()
    await pass(BACK_AFTER_MS)
    await stage.startPhones()
  })
  await settled('the phones were killed', 'in any order')

  await writeSome(PER_ROUND)
  await page.reload()
  await stage.openChat('Bob', page)
  await writeSome(2)
  await settled('the page was loaded again')

  await writeSome(PER_ROUND)
  await context.close()
  context = await openProfile(profile, VIEWPORT)
  page = await stage.open(context)
  await page.goto(stage.serverUrl)
  await stage.openChat('Bob', page)
  await writeSome(2)
  await settled('the browser was closed')

  await writeSome(3)
  await Promise.all([stage.killServer(), stage.killPhones()])
  await writeSome(3)
  await context.close()
  await stage.startServer()
  await stage.startPhones()
  context = await openProfile(profile, VIEWPORT)
  page = await stage.open(context)
  await page.goto(stage.serverUrl)
  await stage.openChat('Bob', page)
  await writeSome(2)
  await settled('all of it at once')

  t.same((await arrived()).toSorted(), written.toSorted(), 'all in all each once')
  await stage.ask('POST', `${BOB}/chats/${ALICE}@s.whatsapp.net/read`)
  for (const text of written) {
    await row(text).getByText('Read').waitFor({ timeout: SEEN_MS })
    t.equal(await row(text).count(), 1, `${text} is shown once, as read`)
  }
  t.same(stage.troubles, [], 'nothing on the console')
})
