import t from 'tap'
import { FreshAnswers } from '../../src/page/fresh-answers.ts'

t.test('it asks again when something was heard meanwhile, and gives up in a storm', async (t) => {
  const fresh = new FreshAnswers()
  let asked = 0
  t.equal(await fresh.ask(async () => ++asked), 1)
  const once = await fresh.ask(async () => {
    asked += 1
    if (asked === 2) fresh.heard()
    return asked
  })
  t.equal(once, 3, 'the second answer')
  asked = 0
  await fresh.ask(async () => {
    asked += 1
    fresh.heard()
  })
  t.equal(asked, 5)
})
