/** The demo as a new user walks through it: every step really happens, and so does the way back to the beginning. */
import t from 'tap'
import { ALICE, BOB, inspect, isConsentInSight, screens } from '../src/screens.ts'

const TICKS_MS = 60_000
const RESET_MS = 2_000

t.test(
  'three clicks from npm start lead to two blue ticks; the rest of the tour is as real; it begins anew',
  async (t) => {
    const { urls, startedAt, open, troubles, ask } = await screens(t)
    const textsOf = async (number: string, other: string): Promise<string[]> => {
      const path = `/phones/${number}/chats/${other}@s.whatsapp.net/messages`
      return (await ask<{ text: string }[]>('GET', path)).map(({ text }) => text)
    }
    const story = await textsOf(BOB, ALICE)
    const page = await open(`${urls.phonesUrl}/demo`)
    const tour = page.getByRole('region', { name: 'Tour' })
    const press = (name: string): Promise<void> => tour.getByRole('button', { name }).click()
    const pressTwice = (name: string): Promise<void> => tour.getByRole('button', { name }).dblclick()
    const client = page.frameLocator('iframe')
    await tour.getByRole('button', { name: 'Scan the code' }).isEnabled()

    await pressTwice('Scan the code')
    await tour.getByRole('button', { name: 'Alice decides, on the phone', disabled: true }).waitFor()
    t.equal((await ask<unknown[]>('GET', `/phones/${ALICE}/scans`)).length, 1, 'asked once')
    t.ok(await isConsentInSight(page), 'all of the question is in sight')
    await page.getByRole('button', { name: 'Allow' }).click()
    await tour.getByText('two different encryptions').waitFor()
    await pressTwice('Answer from the browser')
    await tour.getByText('Two blue ticks').waitFor()
    const ticksMs = performance.now() - startedAt
    t.ok(ticksMs < TICKS_MS, `two blue ticks ${Math.round(ticksMs)} ms after npm start`)
    const written = client.getByRole('log').locator('li', { hasText: 'On my way' })
    await written.getByText('Read').waitFor()
    const answers = (await textsOf(BOB, ALICE)).filter((text) => text.startsWith('On my way'))
    t.strictSame(answers, ['On my way. I wrote this in a browser!'], 'once, though it was pressed twice')
    t.ok(await page.locator('.frame', { hasText: 'sealed message' }).count(), 'the relay saw it pass')
    t.notMatch(await page.locator('.frames').innerText(), /On my way|Good morning/, 'and not what it said')
    await inspect(t, page, 'demo-ticks')

    await press('Next')
    await press('Switch Alice')
    await tour.getByText('The phone is dark').waitFor()
    await press('Next')
    await pressTwice('Write into the silence')
    await tour.getByText('It waits at the relay').waitFor()
    t.notOk((await textsOf(BOB, ALICE)).includes('Is anybody there?'))
    await inspect(t, page, 'demo-silence')
    await press('Next')
    await press('Switch it on')
    await tour.getByText('encrypted the message for Bob').waitFor()
    t.equal((await textsOf(BOB, ALICE)).filter((text) => text === 'Is anybody there?').length, 1, 'once')
    await press('Next')
    await press('Revoke the browser')
    await tour.getByText('The browser is logged out').waitFor()
    t.strictSame(await ask('GET', `/phones/${ALICE}/companions`), [])

    const from = performance.now()
    await press('Begin anew')
    await tour.getByRole('button', { name: 'Scan the code' }).waitFor()
    const resetMs = performance.now() - from
    t.ok(resetMs < RESET_MS, `a new code is on show ${Math.round(resetMs)} ms after the click`)
    t.strictSame(await textsOf(BOB, ALICE), story, 'the chats are as they were')
    await inspect(t, page, 'demo-anew')
    t.strictSame(troubles, [], 'nothing on the console')
  },
)
