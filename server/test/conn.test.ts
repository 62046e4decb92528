import t from 'tap'
import { limit } from 'proto/limits'
import { checkerOf } from 'proto/message-checkers'
import { connPush, isClientOutdated, partialConnPush, pushesAfterConn } from '../src/conn.ts'
import { FACTS } from './world.ts'

const tokens = { clientToken: 'client', serverToken: '1@server', browserToken: '1@browser' }
const parts = { number: '15550001111', facts: FACTS, tokens, ref: '1@ref', connected: true }
const after = { current: '2.2142.12', isOutdated: false, blocked: [] }
const membersOf = (push: readonly unknown[]) => push[1] as Readonly<Record<string, unknown>>

t.test('has every member in every whole Conn, and the secret at pairing only', async (t) => {
  const resumed = membersOf(connPush(parts))
  const paired = membersOf(connPush({ ...parts, secret: 'c2VjcmV0' }))
  t.same(Object.keys(resumed).sort(), [
    'battery', 'binVersion', 'browserToken', 'clientToken', 'connected', 'features', 'is24h', 'isResponse', 'lc', 'lg',
    'locales', 'phone', 'platform', 'plugged', 'protoVersion', 'pushname', 'ref', 'serverToken', 'tos', 'wid',
  ]) // prettier-ignore
  t.same(Object.keys(paired).filter((name) => !(name in resumed)), ['secret']) // prettier-ignore
  t.match(resumed, { wid: '15550001111@c.us', battery: 77, tos: 0, connected: true, clientToken: 'client' })
  for (const name of Object.keys(FACTS.phone)) t.type((resumed['phone'] as object)[name as never], 'string')
})

t.test('fits the message table, as do the pushes after it', async (t) => {
  t.ok(checkerOf('conn')(connPush({ ...parts, secret: Buffer.alloc(144).toString('base64') })))
  t.ok(checkerOf('conn')(connPush(parts)))
  t.ok(checkerOf('connChange')(partialConnPush(FACTS)))
  t.same(
    pushesAfterConn(after).map(([name]) => name),
    ['Blocklist', 'Stream', 'Props'],
  )
  t.match(
    pushesAfterConn(after)[2][1],
    { maxSubject: limit('GROUP_SUBJECT_CHARS'), maxParticipants: limit('GROUP_MEMBERS') },
    'what the directory takes',
  )
  const [blocklist, stream] = pushesAfterConn({ ...after, blocked: ['15550002222'] })
  t.same(blocklist, ['Blocklist', { id: 1, blocklist: ['15550002222@c.us'] }])
  t.same(stream, ['Stream', 'update', false, '2.2142.12'])
})

t.test('tells nothing that opens a login when the phone is back', async (t) => {
  const members = membersOf(partialConnPush(FACTS))
  t.same(
    ['wid', 'clientToken', 'serverToken', 'browserToken', 'secret'].filter((name) => name in members),
    [],
  )
  t.match(members, { pushname: 'Alice', battery: 77, plugged: false })
})

t.test('tells a client that is too old, in the end to load itself again', async (t) => {
  const pushes = pushesAfterConn({ ...after, isOutdated: true })
  t.same(pushes[1], ['Stream', 'update', true, '2.2142.12'])
  t.same(pushes.at(-1), ['Cmd', { type: 'update' }])
  t.ok(checkerOf('reload')(pushes.at(-1)))
  t.ok(isClientOutdated([2, 2141], { oldestClient: [2, 2142] }))
  t.notOk(isClientOutdated([2, 2142], { oldestClient: [2, 2142] }))
  t.notOk(isClientOutdated([0], { oldestClient: null }), 'every version is welcome')
})
