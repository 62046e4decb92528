/** Every main state of a linked page, in both themes and two sizes, under an audit for accessibility. */
import t from 'tap'
import { audit } from '../src/page/audit.ts'
import { openStage } from '../src/page/stage.ts'
import { beforePairing, linked } from '../src/page/states.ts'
import { walk } from '../src/page/walk.ts'

t.test('nothing stands in the way of those who cannot see, hear or point', async (t) => {
  const stage = await openStage(t.testdir({}))
  t.teardown(() => stage.end())
  await walk(stage, [...beforePairing, ...linked], async (page, { name }, view) => {
    t.same(await audit(page), [], `${name}, ${view.name}`)
  })
  t.same(stage.troubles, [], 'nothing on the console')
})
