import t from 'tap'
import 'fake-indexeddb/auto'
import type { Cache } from '../../src/cache.ts'
import { openPageStore } from '../../src/page/store.ts'
import { shelfCache, storageShelf } from '../../src/page/cache.ts'
import { cacheContract, facts } from '../cache-contract.ts'
import { ALICE, BOB } from '../scripted-phone.ts'
import { newStorage } from './storage.ts'

function inStorage(storage: Storage): Cache {
  const shelf = storageShelf(storage)
  return shelfCache(() => shelf, [shelf])
}
const credentials = {
  ...{
    clientId: 'c',
    wid: '15550001111@c.us',
    pushname: 'A',
    clientToken: 'x',
    serverToken: 'y',
    browserToken: 'z',
  },
  encKey: new Uint8Array(32),
  macKey: new Uint8Array(32),
}

t.test('IndexedDB keeps the contract', async (t) => {
  await cacheContract(t, async () => (await openPageStore(newStorage())).cache)
})

t.test('sessionStorage keeps the contract', async (t) => {
  const storage = newStorage()
  await cacheContract(t, async () => inStorage(storage))
})

t.test('who does not stay signed in has nothing left when the window is closed', async (t) => {
  const window = newStorage()
  const store = await openPageStore(window)
  store.staySignedIn = false
  await store.keys.save(credentials)
  await store.cache.write(ALICE, { chats: [{ jid: BOB, facts, messages: [] }] })
  const reloaded = await openPageStore(window)
  t.equal((await reloaded.cache.load(ALICE))?.chats.length, 1)
  const later = await openPageStore(newStorage())
  t.equal(await later.cache.load(ALICE), null)
  t.same((await indexedDB.databases()).map(({ name }) => name), ['tether']) // prettier-ignore
  await store.cache.clear()
  await store.keys.clear()
  t.same(Object.keys(window), [])
})

t.test('the storage has a first write before anything else can happen: the window may close', async (t) => {
  const storage = newStorage()
  void inStorage(storage).write(ALICE, { chats: [{ jid: BOB, facts, messages: [] }] })
  t.match(Object.keys(storage), ['tether cached owner', `tether cached chat ${BOB}`])
})

t.test('what cannot be read is forgotten, and asked of the phone again', async (t) => {
  for (const damage of ['not JSON', '{"version":99}']) {
    const storage = newStorage()
    const cache = inStorage(storage)
    await cache.write(ALICE, { chats: [{ jid: BOB, facts, messages: [] }] })
    storage.setItem(`tether cached chat ${BOB}`, damage)
    t.equal(await cache.load(ALICE), null)
    t.same(Object.keys(storage), [])
  }
})

t.test('a storage that is full keeps nothing rather than half', async (t) => {
  const storage = newStorage(3)
  const cache = inStorage(storage)
  await cache.write(ALICE, { sync: { syncedAt: 1, paused: false } })
  const chats = [BOB, ALICE].map((jid) => ({ jid, facts, messages: [] }))
  await t.rejects(cache.write(ALICE, { chats }), { name: 'QuotaExceededError' })
  t.equal(await cache.load(ALICE), null)
})
