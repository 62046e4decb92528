import t from 'tap'
import { acknowledgedIds, causalId, causalIdOfFrame, causalLog } from '../src/causal-log.ts'
import type { TraceFields } from '../src/trace.ts'

function written(kind: string, fields: TraceFields): unknown[] {
  const lines: unknown[] = []
  const log = causalLog({ debug: (line, text) => void lines.push({ ...line, text }) })
  log.party('phone:15550001111').emit(kind, fields)
  return lines
}

t.test('it names a message by a short hash, the same in every program', (t) => {
  t.equal(causalId('abc'), 'ba7816bf8f01cfea') // the test vector of FIPS 180
  t.not(causalIdOfFrame(1, 's2'), causalIdOfFrame(2, 's2'))
  t.end()
})

t.test('it writes one line that ties two ids together, and neither id', (t) => {
  const fields = { message: 'M', mail: 'L', seq: 3, from: '15550001111', login: 'x' }
  t.strictSame(written('mail.taken', fields), [
    { m: causalId('M'), as: causalId('L'), seq: 3, phone: 1, text: 'mail.taken' },
  ])
  t.strictSame(written('mail.taken', { message: 'M', mail: 'M' }), [
    { m: causalId('M'), phone: 1, text: 'mail.taken' },
  ])
  const frame = { connection: 7, m: causalIdOfFrame(7, 'tag'), phone: 1 }
  t.strictSame(written('frame.in', { connection: 7, messageTag: 'tag' }), [{ ...frame, text: 'frame.in' }])
  t.end()
})

t.test('it numbers phones as it meets them, and nobody else', (t) => {
  const lines: unknown[] = []
  const log = causalLog({ debug: (line) => void lines.push(line) })
  for (const name of ['phone:15550001111', 'server', 'phone:15550002222', 'phone:15550001111'])
    log.party(name).emit('mail.taken', { mail: 'L' })
  const m = causalId('L')
  t.strictSame(lines, [{ m, phone: 1 }, { m }, { m, phone: 2 }, { m, phone: 1 }])
  t.end()
})

t.test('it writes nothing of what is about no message', (t) => {
  t.strictSame(written('state', { connection: 1, to: 'open' }), [])
  t.strictSame(written('frame.out', { connection: 1, messageTag: '' }), [])
  t.end()
})

t.test('it hands everything on, under the name of the party', (t) => {
  const seen: string[] = []
  const inner = { emit: (kind: string) => void seen.push(kind), party: () => inner }
  causalLog({ debug() {} }, inner)
    .party('server')
    .emit('state', {})
  t.strictSame(seen, ['state'])
  t.end()
})

t.test('it reads the ids that a push acknowledges, and takes anything else for none', (t) => {
  t.strictSame(acknowledgedIds(['Msg', { cmd: 'ack', id: 'A' }]), ['A'])
  t.strictSame(acknowledgedIds(['MsgInfo', { cmd: 'acks', id: ['A', 'B', 3] }]), ['A', 'B'])
  for (const push of [[], ['Msg'], ['Msg', null], ['Msg', {}], ['Presence', { id: 'A' }]])
    t.strictSame(acknowledgedIds(push), [])
  t.end()
})
