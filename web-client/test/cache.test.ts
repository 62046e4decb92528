import t from 'tap'
import { memoryCache } from '../src/cache.ts'
import { cacheContract, facts } from './cache-contract.ts'
import { ALICE, BOB } from './scripted-phone.ts'

t.test('the memory keeps the contract', async (t) => {
  const cache = memoryCache()
  await cacheContract(t, async () => cache)
})

t.test('the memory keeps copies', async (t) => {
  const cache = memoryCache()
  const messages: never[] = []
  await cache.write(ALICE, { chats: [{ jid: BOB, facts, messages }] })
  messages.push({} as never)
  t.same((await cache.load(ALICE))!.chats[0].messages, [])
})
