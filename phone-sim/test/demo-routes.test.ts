import Fastify from 'fastify'
import t from 'tap'
import { addDemoRoutes } from '../src/demo-routes.ts'
import { TestClock } from './test-clock.ts'

t.test('it resets once for all who ask at the same time, and says how long it took', async (t) => {
  const app = Fastify()
  const clock = new TestClock()
  let resets = 0
  addDemoRoutes(app, clock, async () => {
    resets += 1
    await clock.advance(40)
  })
  const ask = () => app.inject({ method: 'POST', url: '/demo/reset' })
  const answers = await Promise.all([ask(), ask()])
  t.equal(resets, 1)
  t.strictSame(answers[0].json(), { ms: 40 })
  await ask()
  t.equal(resets, 2)
})
