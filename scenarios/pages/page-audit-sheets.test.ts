/** Everything that lies over the page, in both themes and two sizes, under an audit for accessibility. */
import t from 'tap'
import { audit } from '../src/page/audit.ts'
import { openStage } from '../src/page/stage.ts'
import { sheets } from '../src/page/states.ts'
import { walk } from '../src/page/walk.ts'

t.test('sheets and menus are for those who cannot see, hear or point too', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  await walk(stage, sheets, async (page, { name }, view) => {
    t.same(await audit(page), [], `${name}, ${view.name}`)
  })
  t.same(stage.troubles, [], 'nothing on the console')
})
