import t from 'tap'
import { stuckWords } from '../../../src/page/conversation/stuck-words.ts'

t.test('each reason says where the message is, and what frees it, in its own words', async (t) => {
  const rows = Object.values(stuckWords)
  t.equal(new Set(rows.map(({ where }) => where)).size, rows.length)
  for (const { where, free } of rows) {
    t.match(where, /\.$/)
    t.match(free, /\.$/)
  }
})
