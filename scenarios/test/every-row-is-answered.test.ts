/** Nothing a browser may ask is met with silence, and nothing it may not ask is done: row by row of the tables. */
import t from 'tap'
import { query, rawStory } from '../src/raw-story.ts'
import { faultIn, rowCases } from '../src/row-answers.ts'

const CASES = 2
const SEED = 1_559_390_400

t.test('it answers every row, and refuses what fits none, on one connection that goes on', async (t) => {
  const { paired, world } = await rawStory(t)
  const browser = await paired()
  const faults: string[] = []
  for (const one of rowCases(CASES, SEED)) {
    const fault = await faultIn(one, browser)
    if (fault !== null)
      faults.push(`${one.row} ${one.kind} ${JSON.stringify(one.body).slice(0, 300)}: ${fault}`)
  }
  t.strictSame(faults, [])
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)
  t.equal(browser.closed, null)
  t.equal((await browser.node(browser.sayNode(query('chat')))).attrs.type, 'chat')
})
