import t from 'tap'
import { originsOf } from '../src/page-routes.ts'
import { buildApp } from '../src/app.ts'
import { PhonesMeters } from '../src/phones-meters.ts'
import { TestClock } from './test-clock.ts'

t.test('it knows both names of this machine, and one of any other', (t) => {
  t.strictSame(originsOf('http://127.0.0.1:8080'), ['http://localhost:8080', 'http://127.0.0.1:8080'])
  t.strictSame(originsOf('https://relay.example/x'), ['https://relay.example'])
  t.end()
})

async function pages(reset?: () => Promise<void>) {
  const phones = {
    list: () => [],
    find: () => null,
    create: () => Promise.reject(new Error('not here')),
    subscribe: () => () => undefined,
    meters: new PhonesMeters(),
  }
  const page = { browserUrl: 'http://localhost:8080', ...(reset && { reset }) }
  const app = await buildApp({ phones, clock: new TestClock(), allowedHosts: [], page })
  return (url: string, method: 'GET' | 'POST' = 'GET') =>
    app.inject({ url, method, headers: { host: 'localhost:8081' } })
}

t.test('it gives pages a policy: their own files only, and the client beside the demo only', async (t) => {
  const ask = await pages(async () => undefined)
  const [screens, demo] = [await ask('/'), await ask('/demo')]
  t.strictSame([screens.statusCode, demo.statusCode], [200, 200])
  const policyOf = (answer: typeof demo): string => String(answer.headers['content-security-policy'])
  for (const policy of [policyOf(screens), policyOf(demo)]) {
    t.match(policy, "default-src 'none'; script-src 'self'; style-src 'self';")
    t.match(policy, "frame-ancestors 'none'")
  }
  t.notMatch(policyOf(screens), '8080')
  t.match(policyOf(demo), 'frame-src http://localhost:8080 http://127.0.0.1:8080')
  t.equal((await ask('/index.html')).statusCode, 404, 'no way around it')
  t.strictSame((await ask('/page.json')).json(), { browserUrl: 'http://localhost:8080', hasCast: true })
})

t.test('it has no demo without its players', async (t) => {
  const ask = await pages()
  for (const [url, method] of [
    ['/demo', 'GET'],
    ['/demo/reset', 'POST'],
  ] as const)
    t.equal((await ask(url, method)).statusCode, 404)
  t.match((await ask('/page.json')).json(), { hasCast: false })
})
