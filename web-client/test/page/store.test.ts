import t from 'tap'
import { openPageStore } from '../../src/page/store.ts'
import type { Credentials } from '../../src/keys.ts'
import { newStorage } from './storage.ts'

const credentials: Credentials = {
  clientId: 'c',
  wid: '15550001111@c.us',
  pushname: 'Alice',
  clientToken: 'ct',
  serverToken: 'st',
  browserToken: 'bt',
  encKey: new Uint8Array(32).fill(1),
  macKey: new Uint8Array(32).fill(2),
}
const entry = { id: 'A', jid: '15550002222@s.whatsapp.net', text: 'hi', seconds: 1 }

t.test('gives back after a reload what it was given, and nothing once cleared', async (t) => {
  const storage = newStorage()
  const first = await openPageStore(storage)
  t.equal(await first.keys.load(), null)
  await first.keys.save(credentials)
  await first.outbox.put({ ...entry, id: 'B', order: 2 })
  await first.outbox.put({ ...entry, order: 1 })
  const second = await openPageStore(storage)
  t.same(await second.keys.load(), credentials)
  t.match(await second.outbox.list(), [
    { ...entry, order: 1 },
    { ...entry, id: 'B', order: 2 },
  ])
  await second.outbox.remove('A')
  t.equal((await second.outbox.list()).length, 1)
  await second.outbox.clear()
  await second.keys.clear()
  t.same(Object.keys(storage), [])
  t.same([await second.keys.load(), await second.outbox.list()], [null, []])
})

t.test('leaves the entries of others alone', async (t) => {
  const storage = newStorage()
  storage.setItem('other', 'x')
  const store = await openPageStore(storage)
  await store.outbox.clear()
  await store.keys.clear()
  t.same(Object.keys(storage), ['other'])
})

for (const { text, code } of [
  { text: '{', code: 'TETHER_ERR_STORE_DAMAGED' },
  { text: 'null', code: 'TETHER_ERR_STORE_VERSION' },
  { text: '{"version":2}', code: 'TETHER_ERR_STORE_VERSION' },
  { text: '{}', code: 'TETHER_ERR_STORE_VERSION' },
  { text: '{"version":1}', code: 'TETHER_ERR_STORE_DAMAGED' },
]) {
  t.test(`says ${code} for kept keys that are ${text}, and keeps them`, async (t) => {
    const storage = newStorage()
    storage.setItem('tether credentials', text)
    const store = await openPageStore(storage)
    await t.rejects(store.keys.load(), { code })
    t.equal(storage.getItem('tether credentials'), text)
  })
}
