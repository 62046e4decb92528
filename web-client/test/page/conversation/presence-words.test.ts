import t from 'tap'
import { presenceWords } from '../../../src/page/conversation/presence-words.ts'
import type { PersonPresence } from '../../../src/people.ts'

const now = new Date(2024, 4, 15, 12, 0).getTime()
const quiet = { typing: null, group: false }
const there: PersonPresence = { jid: 'x', chat: 'x', state: 'available', lastSeen: null, denied: false }

t.test('it says who is there, and else since when not', async (t) => {
  t.equal(presenceWords(quiet, there, now), 'online')
  const gone = { ...there, state: 'unavailable', lastSeen: new Date(2024, 4, 15, 9, 5).getTime() } as const
  t.match(presenceWords(quiet, gone, now), /^last seen today at 9:05/)
  t.equal(presenceWords(quiet, { ...gone, lastSeen: null }, now), '')
})

t.test('it says nothing that is not known, or that somebody does not tell', async (t) => {
  t.equal(presenceWords(quiet, null, now), '')
  t.equal(presenceWords(quiet, { ...there, denied: true }, now), '')
  t.equal(presenceWords({ typing: null, group: true }, there, now), '')
})

t.test('typing goes before everything', async (t) => {
  t.match(presenceWords({ typing: 'composing', group: false }, null, now), /typing/)
  t.match(presenceWords({ typing: 'recording', group: true }, there, now), /recording/)
})
