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

t.test('it does to chats, messages and the address book what a person does at the phone', async (t) => {
  const { ask, phones, alice } = await startRoutes(t)
  const bob = phones.find(BOB)!
  for (const text of ['one', 'two']) await bob.sendText(ALICE, text)
  await until(() => textsOf(alice, BOB).length === 2, 'at Alice')
  const [one, two] = alice.messages(jid(BOB))
  const chat = `${ALICE}/chats/${jid(BOB)}`
  const patch = { archived: true, pinned: true, mutedUntilMs: -1, unread: false }
  t.match(await ask('PATCH', chat, patch), {
    status: 200,
    body: { jid: jid(BOB), archived: true, pinned: true, mutedUntilMs: -1, unread: 0, timerSeconds: 0 },
  })
  await until(() => bob.messages(jid(ALICE))[1].status === 'read', 'blue ticks')
  for (const bad of [{}, { pinned: 1 }, { mutedUntilMs: -2 }, { colour: 'red' }])
    t.match(await ask('PATCH', chat, bad), { status: 400, body: { code: 'TETHER_ERR_BODY' } })
  t.match(await ask('PATCH', `${ALICE}/chats/15559999999`, { pinned: true }), { status: 404 })

  t.match(await ask('PATCH', `${chat}/messages/${one.id}`, { starred: true }), { status: 200, body: {} })
  t.match((await ask('GET', `${chat}/messages`)).body, [{ starred: true }, { starred: false }])
  t.match(await ask('DELETE', `${chat}/messages/${two.id}?fromMe=true`), { status: 404 }, 'it is not mine')
  t.match(await ask('DELETE', `${chat}/messages/${two.id}`), { status: 200, body: {} })
  t.match(await ask('DELETE', `${chat}/messages?keepStarred=true`), { status: 200, body: {} })
  t.strictSame(textsOf(alice, BOB), ['one'])
  t.match(await ask('DELETE', `${chat}/messages`), { status: 200, body: {} })
  t.strictSame(textsOf(alice, BOB), [])

  const sent = (await ask('POST', `${ALICE}/messages`, { to: BOB, text: 'regretted' })).body as { id: string }
  await until(() => textsOf(bob, ALICE).includes('regretted'), 'at Bob')
  t.match(await ask('POST', `${chat}/messages/${sent.id}/revoke`), { status: 200, body: { id: /.+/ } })
  await until(() => bob.messages(jid(ALICE)).at(-1)?.type === 'revoked', 'taken back')
  t.match(await ask('POST', `${chat}/messages/${one.id}/revoke`), { status: 404 })
  t.match(await ask('PUT', `${chat}/timer`, { seconds: 60 }), { status: 200, body: {} })
  await until(() => bob.chats()[0].timerSeconds === 60, 'the timer')
  t.match(await ask('PUT', `${chat}/timer`, { seconds: -1 }), { status: 400 })

  t.match(await ask('POST', `${ALICE}/contacts`, { number: BOB, name: 'Bobby' }), { status: 200, body: {} })
  t.strictSame((await ask('GET', `${ALICE}/contacts`)).body, [{ jid: jid(BOB), name: 'Bobby' }])
  t.match(await ask('DELETE', `${ALICE}/contacts/${BOB}`), { status: 200, body: {} })
  t.match(await ask('DELETE', `${ALICE}/contacts/${BOB}`), { status: 404 })

  t.match(await ask('DELETE', chat), { status: 200, body: {} })
  t.strictSame((await ask('GET', `${ALICE}/chats`)).body, [])
  t.match(await ask('DELETE', chat), { status: 404 })
})
