import t from 'tap'
import type { Chat } from '../../../src/chats.ts'
import { findNames } from '../../../src/page/chats/name-search.ts'

const chat = (jid: string, name: string): Chat => ({ jid, name, group: false }) as Chat
const chats = [chat('15550001@s.whatsapp.net', 'Élodie Marin'), chat('15550002@s.whatsapp.net', 'Anna Berg')]
const contacts = [
  { jid: '15550002@s.whatsapp.net', name: 'Anna Berg', notify: null },
  { jid: '15550003@s.whatsapp.net', name: null, notify: 'Bergman' },
]
const found = (words: string): string[] => findNames(chats, contacts, words).map(({ name }) => name)

t.test('it finds names without regard to case and accents, and each person once', async (t) => {
  t.same(found('elodie'), ['Élodie Marin'])
  t.same(found('ANNA'), ['Anna Berg'])
})

t.test('it puts names that begin so first, then words, then the rest', async (t) => {
  t.same(found('berg'), ['Bergman', 'Anna Berg'])
  t.same(found('ari'), ['Élodie Marin'])
})

t.test('it finds numbers, however they are written', async (t) => {
  t.same(found('+1 555 0003'), ['Bergman'])
  t.same(found('nobody'), [])
})
