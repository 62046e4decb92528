/** Who is there, types, records or has gone: shown in the list and above the conversation, and told of the person here. */
import t from 'tap'
import { ALICE, BOB, openStage, SEEN_MS } from '../src/page/stage.ts'

t.test('it shows who types, records, is there, or was last seen', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  const { page } = stage
  const bob = (state: string): Promise<unknown> =>
    stage.ask('POST', `${BOB}/presence`, { state, ...(state !== 'available' && state !== 'unavailable' && { to: ALICE }) }) // prettier-ignore
  await stage.pair()
  await stage.openChat('Bob')
  const head = page.locator('.head-presence')
  const shows = async (words: RegExp): Promise<void> => {
    await head.filter({ hasText: words }).waitFor({ timeout: SEEN_MS })
    t.pass(String(words))
  }
  const inList = stage.chats().getByRole('listitem').filter({ hasText: 'Bob' }).locator('.typing')

  await bob('available')
  await shows(/^online/)
  await bob('composing')
  await shows(/typing/)
  await inList.filter({ hasText: 'typing' }).waitFor({ timeout: SEEN_MS })
  await bob('recording')
  await shows(/recording/)
  await inList.filter({ hasText: 'recording' }).waitFor({ timeout: SEEN_MS })
  await bob('paused')
  await shows(/^online/)
  await inList.waitFor({ state: 'detached', timeout: SEEN_MS })
  await bob('unavailable')
  await shows(/last seen/)
  t.same(stage.troubles, [], 'nothing on the console')
})
