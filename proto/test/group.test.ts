import t from 'tap'
import { utf8 } from '../src/bytes.ts'
import { type GroupFacts, type GroupNotice, isAdmin, parseGroupNotice, roleIn } from '../src/group.ts'
import { limit } from '../src/limits.ts'

const group: GroupFacts = {
  jid: '15550001111-1600000000@g.us',
  version: 2,
  owner: '15550001111',
  createdAt: 1_600_000_000,
  subject: 'Choir',
  subjectBy: '15550001111',
  subjectAt: 1_600_000_000,
  description: null,
  restrict: false,
  announce: false,
  ephemeral: 0,
  members: [
    { number: '15550001111', role: 'owner' },
    { number: '15550002222', role: 'admin' },
    { number: '15550003333', role: 'member' },
  ],
}
const notice: GroupNotice = {
  id: 'A1',
  by: '15550001111',
  at: 1_600_000_001,
  event: { kind: 'add', members: ['15550003333'] },
  group,
}
const parse = (value: unknown) => parseGroupNotice(utf8(JSON.stringify(value)))

t.test('a notice is read as it was written, for every kind of event', async (t) => {
  t.strictSame(parse(notice), notice)
  for (const event of [
    { kind: 'create' },
    { kind: 'leave' },
    { kind: 'subject', subject: 'New' },
    { kind: 'description', text: '', id: 'D1' },
    { kind: 'restrict', value: true },
    { kind: 'ephemeral', seconds: 604_800 },
    { kind: 'icon', tag: '7' },
    { kind: 'join' },
    { kind: 'invite' },
  ])
    t.strictSame(parse({ ...notice, event }), { ...notice, event })
})

t.test('anything else is refused with a code', async (t) => {
  const bad: unknown[] = [
    null,
    [],
    {},
    { ...notice, by: 'me' },
    { ...notice, at: -1 },
    { ...notice, event: { kind: 'explode' } },
    { ...notice, event: { kind: 'add', members: [] } },
    { ...notice, event: { kind: 'subject', subject: '' } },
    { ...notice, group: { ...group, jid: '15550001111@s.whatsapp.net' } },
    { ...notice, group: { ...group, version: 0 } },
  ]
  for (const value of bad) t.throws(() => parse(value), { code: 'TETHER_ERR_BODY' }, JSON.stringify(value))
  t.throws(() => parseGroupNotice(utf8('{')), { code: 'TETHER_ERR_BODY' })
  t.throws(() => parseGroupNotice(Uint8Array.of(0xff, 0xfe)), { code: 'TETHER_ERR_BODY' })
})

t.test('a subject has at most GROUP_SUBJECT_CHARS, a change at most GROUP_MEMBERS people', async (t) => {
  const named = (length: number) => ({ ...notice, event: { kind: 'subject', subject: 'x'.repeat(length) } })
  const most = limit('GROUP_SUBJECT_CHARS')
  t.strictSame(parse(named(most)), named(most))
  t.throws(() => parse(named(most + 1)), { code: 'TETHER_ERR_BODY' })
  const people = (count: number) => ({
    ...notice,
    event: { kind: 'add', members: Array<string>(count).fill('15550003333') },
  })
  t.strictSame(parse(people(limit('GROUP_MEMBERS'))), people(limit('GROUP_MEMBERS')))
  t.throws(() => parse(people(limit('GROUP_MEMBERS') + 1)), { code: 'TETHER_ERR_BODY' })
})

t.test('it tells who may act', async (t) => {
  t.equal(roleIn(group, '15550001111'), 'owner')
  t.equal(roleIn(group, '15550009999'), null)
  t.strictSame(
    ['15550001111', '15550002222', '15550003333', '15550009999'].map((number) =>
      isAdmin(roleIn(group, number)),
    ),
    [true, true, false, false],
  )
})
