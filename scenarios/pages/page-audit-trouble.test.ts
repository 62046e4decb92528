/** What can be the matter with browser, login and server, under an audit for accessibility. */
import t from 'tap'
import { audit } from '../src/page/audit.ts'
import { openStage } from '../src/page/stage.ts'
import { serverTrouble } from '../src/page/states.ts'
import { walk } from '../src/page/walk.ts'

t.test('trouble is told to those who cannot see, hear or point too', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  await walk(stage, serverTrouble, async (page, { name }, view) => {
    t.same(await audit(page), [], `${name}, ${view.name}`)
  })
  t.same(stage.troubles, [], 'nothing on the console')
})
