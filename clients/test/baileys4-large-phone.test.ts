import { fillPhone, largeHistory } from 'harness/large-history'
import t from 'tap'
import { baileys4Story } from '../src/baileys4-story.ts'

const CHATS = 500
const CONTACTS = 2_000

t.test('it has 500 chats with their newest message, and 2,000 contacts by name', async (t) => {
  const { paired, alice, world } = await baileys4Story(t)
  const history = largeHistory(
    'baileys',
    { messages: 2_000, chats: CHATS, contacts: CONTACTS },
    world.clock.now(),
  )
  await fillPhone(alice, history)
  const client = await paired()
  const names = new Map(client.all('contacts.set')[0].contacts.map(({ id, name }) => [id, name]))
  const missing = history.contacts.filter(
    ({ number, name }) => names.get(`${number}@s.whatsapp.net`) !== name,
  )
  t.strictSame(missing, [])
  t.equal(names.size, CONTACTS + 2)
  const chats = client.all('chats.set')[0].chats
  t.strictSame(
    chats.map(({ id }) => id).sort(),
    alice
      .chats()
      .map(({ jid }) => jid)
      .sort(),
  )
  const without = alice.chats().filter(({ jid }) => client.history(jid).length === 0)
  t.strictSame(without, [], 'no chat without a message')
  t.strictSame(client.complaints, [])
})
