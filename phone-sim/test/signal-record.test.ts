import t from 'tap'
import { limits } from 'proto/limits'
import { formatRecord, parseRecord, prune, type Session } from '../src/signal-record.ts'
import { bareLibrary, bareParty } from './bare-library.ts'
import { conversation } from './signal-party.ts'

t.test('it reads and writes the form of the library', async (t) => {
  const bare = bareLibrary()
  const [one, other] = [await bareParty(bare), await bareParty(bare)]
  await one.start('b', other.bundle)
  await other.decrypt('a', await one.encrypt('b', 'x'))
  for (const text of [one.store.sessions.get('b.1')!, other.store.sessions.get('a.1')!]) {
    const again = JSON.parse(formatRecord(parseRecord(text))) as unknown
    t.same(again, JSON.parse(text))
  }
})

t.test('it writes what it has read', async (t) => {
  const [alice, bob] = await conversation()
  for (const text of [alice.sessions.get('bob')!, bob.sessions.get('alice')!]) {
    t.equal(formatRecord(parseRecord(text)), text)
  }
})

t.test('it refuses what is no record', (t) => {
  for (const text of [
    '',
    'null',
    '{}',
    '{"version":"v2","sessions":{}}',
    '{"version":"v1","sessions":{"a":{}}}',
  ]) {
    t.throws(() => parseRecord(text), { code: 'TETHER_ERR_STORE_DAMAGED' }, text)
  }
  t.end()
})

t.test(
  'it refuses bytes that are no text and numbers that are none, however long they say they are',
  async (t) => {
    const [alice] = await conversation()
    const text = alice.sessions.get('bob')!
    const changed = (change: (session: Record<string, never>) => void) => {
      const record = JSON.parse(text) as { sessions: Record<string, Record<string, never>> }
      change(Object.values(record.sessions)[0])
      return JSON.stringify(record)
    }
    const refused = { code: 'TETHER_ERR_STORE_DAMAGED' }
    t.throws(
      () =>
        parseRecord(
          changed(({ currentRatchet }) => Object.assign(currentRatchet, { rootKey: { length: 1e9 } })),
        ),
      refused,
    )
    t.throws(
      () => parseRecord(changed(({ indexInfo }) => Object.assign(indexInfo, { baseKey: [1, 2, 3] }))),
      refused,
    )
    t.throws(
      () => parseRecord(changed(({ indexInfo }) => Object.assign(indexInfo, { closed: '-1' }))),
      refused,
    )
  },
)

t.test('it takes a session of any name for a session', async (t) => {
  const [alice] = await conversation()
  const { sessions } = JSON.parse(alice.sessions.get('bob')!) as { sessions: Record<string, object> }
  const [session] = Object.values(sessions)
  const text = `{"sessions":{"__proto__":${JSON.stringify(session)}},"version":"v1"}`
  t.strictSame(Object.keys(parseRecord(text)), ['__proto__'])
  t.equal(formatRecord(parseRecord(text)), text)
})

t.test('it drops the oldest sessions, chains and keys, and replaces times by ordinals', async (t) => {
  const [alice] = await conversation()
  const sessions = parseRecord(alice.sessions.get('bob')!)
  const [open] = Object.values(sessions) as [Session]
  const bytes = (value: number): ArrayBuffer => new Uint8Array([value]).buffer
  const now = 1_700_000_000_000
  for (let i = 0; i < 8; i++) {
    sessions[`closed ${i}`] = {
      ...open,
      indexInfo: { ...open.indexInfo, closed: now + i },
      oldRatchetList: [],
      chains: {},
    }
  }
  open.oldRatchetList = []
  for (let i = 0; i < 8; i++) {
    open.oldRatchetList.push({ added: now + i, ephemeralKey: bytes(i) })
    const keys = Object.fromEntries(Array.from({ length: 600 }, (_, counter) => [counter, bytes(1)]))
    const name = Buffer.from([i]).toString('base64')
    open.chains[name] = { chainType: 2, chainKey: { counter: 600 }, messageKeys: keys }
  }
  prune(sessions)
  const closed = Object.keys(sessions).filter((name) => name.startsWith('closed'))
  t.same(closed, ['closed 3', 'closed 4', 'closed 5', 'closed 6', 'closed 7'])
  t.same(
    closed.map((name) => sessions[name]?.indexInfo.closed),
    [4, 5, 6, 7, 8],
  )
  t.equal(open.oldRatchetList.length, limits.SIGNAL_CLOSED_CHAINS.value)
  t.same(
    open.oldRatchetList.map(({ added }) => added),
    [4, 5, 6, 7, 8],
  )
  const kept = open.oldRatchetList.map(({ ephemeralKey }) => {
    const chain = open.chains[Buffer.from(ephemeralKey).toString('base64')]!
    return Object.keys(chain.messageKeys)
  })
  t.same(
    kept.map((keys) => keys.length),
    [0, 200, 600, 600, 600],
    'the oldest keys of the oldest chains first',
  )
  t.equal(kept[1][0], '400')
})
