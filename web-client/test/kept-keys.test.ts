import t from 'tap'
import { KeptKeys } from '../src/kept-keys.ts'
import { type Credentials, memoryKeyStore } from '../src/keys.ts'

const credentials: Credentials = {
  clientId: 'c',
  wid: 'w@c.us',
  pushname: '',
  clientToken: '',
  serverToken: '',
  browserToken: '',
  encKey: new Uint8Array(32),
  macKey: new Uint8Array(32),
}

t.test('never lets a slow save undo a log-out', async (t) => {
  const store = memoryKeyStore()
  const slow = {
    ...store,
    save: async (given: Credentials) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      await store.save(given)
    },
  }
  const keys = new KeptKeys(
    slow,
    () => {},
    () => {},
  )
  keys.keep(credentials)
  keys.forget()
  await keys.settled()
  t.equal(await store.load(), null)
  t.equal(await keys.load(), null)
})

t.test('tells of what is current, and of a store that fails, by code only', async (t) => {
  const seen: unknown[] = []
  const store = { ...memoryKeyStore(), save: () => Promise.reject(new Error('disk')) }
  const keys = new KeptKeys(
    store,
    (now) => seen.push(now),
    (code) => seen.push(code),
  )
  keys.keep(credentials)
  t.equal(keys.current, credentials)
  await keys.settled()
  t.same(seen, [credentials, 'TETHER_ERR_INTERNAL'])
})
