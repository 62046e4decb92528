import t from 'tap'
import { ALICE, BOB, jid, textsOf } from './phone-world.ts'
import { startRoutes } from './route-world.ts'
import { until } from './test-clock.ts'

t.test('it reads a chat on the phone, and its writer learns of it', async (t) => {
  const { ask, phones, alice } = await startRoutes(t)
  await ask('POST', `${BOB}/messages`, { to: ALICE, text: 'Are you up?' })
  await until(() => textsOf(alice, BOB).length === 1, 'at Alice')
  t.match((await ask('GET', `${ALICE}/chats`)).body, [{ unread: 1 }])
  t.strictSame((await ask('POST', `${ALICE}/chats/${jid(BOB)}/read`)).body, {})
  t.match((await ask('GET', `${ALICE}/chats`)).body, [{ unread: 0 }])
  await until(() => phones.find(BOB)!.messages(jid(ALICE))[0].status === 'read', 'two blue ticks')
  t.match(await ask('POST', `${ALICE}/chats/nobody/read`), { status: 400 })
})

t.test('it lists the address book by name', async (t) => {
  const { ask, alice } = await startRoutes(t)
  await alice.addContact({ number: '15550009999', name: 'Zoe' })
  await alice.addContact({ number: BOB, name: 'Bob' })
  t.strictSame((await ask('GET', `${ALICE}/contacts`)).body, [
    { jid: jid(BOB), name: 'Bob' },
    { jid: jid('15550009999'), name: 'Zoe' },
  ])
})
