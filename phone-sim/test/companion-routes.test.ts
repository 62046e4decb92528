import t from 'tap'
import { ALICE, BOB, jid } from './phone-world.ts'
import { startRoutes } from './route-world.ts'

t.test('it renames, pauses and limits a browser, and says who it is', async (t) => {
  const { ask, linked } = await startRoutes(t)
  const { login } = await linked()
  const path = `${ALICE}/companions/${login}`
  t.match((await ask('GET', `${ALICE}/companions`)).body, [
    {
      id: login,
      state: 'online',
      chats: null,
      requester: { system: 'Double', program: 'Test', addressKind: 'local', sameNetwork: true },
    },
  ])
  const change = { name: 'The laptop', paused: true, chats: [BOB], expiresInMs: 60_000, screen: 'a test' }
  const changed = await ask('PATCH', path, change)
  t.match(changed, { status: 200, body: { name: 'The laptop', state: 'paused', chats: [jid(BOB)] } })
  t.match(await ask('PATCH', path, { paused: false, chats: null, expiresInMs: null }), {
    status: 200,
    body: { state: 'online', chats: null, expiresAt: null },
  })
  t.match(await ask('PATCH', `${ALICE}/companions/nobody`, { paused: true }), { status: 404 })
})

t.test('it unpairs all browsers', async (t) => {
  const { ask, linked } = await startRoutes(t)
  await linked()
  t.strictSame((await ask('DELETE', `${ALICE}/companions`)).body, {})
  t.strictSame((await ask('GET', `${ALICE}/companions`)).body, [])
})
