import t from 'tap'
import { isOlder, parseClientVersion } from '../src/client-version.ts'

t.test('reads versions, and nothing else', async (t) => {
  t.same(parseClientVersion('2.2142.12'), [2, 2142, 12])
  t.same(parseClientVersion('3'), [3])
  for (const text of ['', '2.', '.2', '2.x', '-1', '2.2142.12.0.1', ' 2'])
    t.equal(parseClientVersion(text), null, text)
})

t.test('compares number by number, not letter by letter', async (t) => {
  const oldest = [2, 2142, 12]
  for (const version of [[2, 2142, 11], [2, 999, 99], [1], [], [2, 2142]])
    t.ok(isOlder(version, oldest), version.join())
  for (const version of [[2, 2142, 12], [2, 2142, 12, 0], [2, 10_000], [3]])
    t.notOk(isOlder(version, oldest), version.join())
  t.notOk(isOlder([2], [2, 0, 0]))
})
