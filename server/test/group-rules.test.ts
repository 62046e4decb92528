import t from 'tap'
import type { GroupChange, GroupFacts, GroupRole } from 'proto/group'
import { limit } from 'proto/limits'
import {
  planChange,
  planCreate,
  planEvent,
  planJoin,
  type Departure,
  type Numbers,
} from '../src/group-rules.ts'

const [owner, admin, member, other] = ['15550001111', '15550002222', '15550003333', '15550004444']
const nobody = '15559999999'
const DAY_S = limit('GROUP_LEFT_MS') / 1000

function groupOf(
  members: readonly (readonly [string, GroupRole])[],
  facts: Partial<GroupFacts> = {},
): GroupFacts {
  return {
    ...{
      jid: `${owner}-1@g.us`,
      version: 7,
      owner,
      createdAt: 1,
      subject: 'Choir',
      subjectBy: owner,
      subjectAt: 1,
    },
    ...{ description: null, restrict: false, announce: false, ephemeral: 0 },
    members: members.map(([number, role]) => ({ number, role })),
    ...facts,
  }
}
const choir = groupOf([
  [owner, 'owner'],
  [admin, 'admin'],
  [member, 'member'],
])
const numbers = (departures: Record<string, Departure> = {}, full: readonly string[] = []): Numbers => ({
  isRegistered: (number) => number !== nobody,
  hasRoom: (number) => !full.includes(number),
  departure: (number) => departures[number] ?? null,
})
const plan = (by: string, change: GroupChange, group = choir, at = 10, of = numbers()) =>
  planChange({ group, by, change, numbers: of, at })
const rolesOf = (group: GroupFacts) => group.members.map(({ number, role }) => [number, role])

t.test('it lets members, admins and strangers do what they may', async (t) => {
  const changes: readonly (readonly [GroupChange, 'member' | 'facts' | 'admin'])[] = [
    [{ kind: 'add', members: [other] }, 'admin'],
    [{ kind: 'remove', members: [member] }, 'admin'],
    [{ kind: 'promote', members: [member] }, 'admin'],
    [{ kind: 'demote', members: [member] }, 'admin'],
    [{ kind: 'leave' }, 'member'],
    [{ kind: 'subject', subject: 'Band' }, 'facts'],
    [{ kind: 'description', text: 'We sing', id: 'D' }, 'facts'],
    [{ kind: 'restrict', value: true }, 'admin'],
    [{ kind: 'announce', value: true }, 'admin'],
    [{ kind: 'ephemeral', seconds: 60 }, 'facts'],
  ]
  const restricted = { ...choir, restrict: true }
  for (const [change, right] of changes) {
    t.throws(() => plan(other, change), { code: 'TETHER_ERR_GROUP_MEMBER' }, `${change.kind} by a stranger`)
    t.doesNotThrow(() => plan(admin, change, restricted), `${change.kind} by an admin`)
    const refused = { code: 'TETHER_ERR_GROUP_RIGHT' }
    if (right === 'admin') t.throws(() => plan(member, change), refused, `${change.kind} by a member`)
    else t.doesNotThrow(() => plan(member, change), `${change.kind} by a member`)
    if (right === 'member') t.doesNotThrow(() => plan(member, change, restricted))
    else t.throws(() => plan(member, change, restricted), refused, `${change.kind} while restricted`)
  }
})

t.test('it makes a group of its owner and everybody who can be in it', async (t) => {
  const { steps, results } = planCreate({
    ...{ jid: choir.jid, owner, subject: 'Choir', members: [member, nobody, other, member], at: 5 },
    numbers: numbers({}, [other]),
  })
  t.match(steps, [
    { event: { kind: 'create' }, group: { version: 1, subjectBy: owner, createdAt: 5, subjectAt: 5 } },
  ])
  t.strictSame(rolesOf(steps[0].group), [
    [owner, 'owner'],
    [member, 'member'],
  ])
  t.strictSame(results, { [member]: '200', [nobody]: '404', [other]: '403' })
})

t.test('it adds at the end, and says of each why not', async (t) => {
  const change: GroupChange = { kind: 'add', members: [member, nobody, other, '15550005555', '15550006666'] }
  const of = numbers({ 15550005555: { how: 'left', at: 10 }, 15550006666: { how: 'removed', at: 10 } })
  const { steps, results } = plan(admin, change, choir, 9 + DAY_S, of)
  t.strictSame(results, {
    ...{ [member]: '409', [nobody]: '404', [other]: '200' },
    ...{ 15550005555: '408', 15550006666: '200' },
  })
  t.match(steps, [{ event: { kind: 'add', members: [other, '15550006666'] }, group: { version: 8 } }])
  t.strictSame(rolesOf(steps[0].group).slice(3), [
    [other, 'member'],
    ['15550006666', 'member'],
  ])
  t.match(plan(admin, { kind: 'add', members: ['15550005555'] }, choir, 10 + DAY_S, of).results, {
    15550005555: '200',
  })
})

t.test('it bounds a group at GROUP_MEMBERS and a number at GROUPS_PER_NUMBER, and says which', async (t) => {
  const most = limit('GROUP_MEMBERS')
  const almost = groupOf([
    [owner, 'owner'],
    ...Array.from({ length: most - 2 }, (_, n) => [`1666000${1000 + n}`, 'member'] as const),
  ])
  const added = plan(owner, { kind: 'add', members: [member, other] }, almost)
  t.match(added, { results: { [member]: '200', [other]: '403' }, met: ['GROUP_MEMBERS'] })
  const full = added.steps[0].group
  t.equal(full.members.length, most)
  t.throws(() => planJoin(full, other, numbers()), { code: 'TETHER_ERR_LIMIT', limit: 'GROUP_MEMBERS' })
  t.match(plan(owner, { kind: 'add', members: [other] }, choir, 1, numbers({}, [other])).met, [
    'GROUPS_PER_NUMBER',
  ])
  t.throws(() => planJoin(choir, other, numbers({}, [other])), {
    code: 'TETHER_ERR_LIMIT',
    limit: 'GROUPS_PER_NUMBER',
  })
  const create = { jid: choir.jid, owner, subject: 'x', members: [], at: 1 }
  t.throws(() => planCreate({ ...create, numbers: numbers({}, [owner]) }), {
    code: 'TETHER_ERR_LIMIT',
    limit: 'GROUPS_PER_NUMBER',
  })
})

t.test('it lets nobody remove or demote the owner, or oneself', async (t) => {
  const removed = plan(admin, { kind: 'remove', members: [owner, admin, member, other] })
  t.strictSame(removed.results, { [owner]: '403', [admin]: '403', [member]: '200', [other]: '404' })
  t.match(removed.steps, [{ event: { kind: 'remove', members: [member] } }])
  const demoted = plan(admin, { kind: 'demote', members: [owner, admin, member] })
  t.strictSame(demoted, { steps: [], results: { [owner]: '403', [admin]: '403', [member]: '409' } })
  const promoted = plan(admin, { kind: 'promote', members: [owner, member, other] })
  t.strictSame(promoted.results, { [owner]: '409', [member]: '200', [other]: '404' })
  t.strictSame(rolesOf(promoted.steps[0].group)[2], [member, 'admin'])
})

t.test('it leaves a group with an admin: who has been in longest becomes one', async (t) => {
  const two = groupOf([
    [member, 'member'],
    [owner, 'owner'],
    [other, 'member'],
  ])
  const { steps } = plan(owner, { kind: 'leave' }, two)
  t.match(steps, [
    { event: { kind: 'leave' }, group: { version: 8 } },
    { event: { kind: 'promote', members: [member] }, group: { version: 9, owner } },
  ])
  t.strictSame(rolesOf(steps[1].group), [
    [member, 'admin'],
    [other, 'member'],
  ])
  t.equal(plan(owner, { kind: 'leave' }).steps.length, 1, 'an admin is left')
  t.strictSame(plan(owner, { kind: 'leave' }, groupOf([[owner, 'owner']])).steps[0].group.members, [])
})

t.test('it changes facts once, and nothing when they are so already', async (t) => {
  const subject = plan(member, { kind: 'subject', subject: 'Band' }, choir, 33).steps[0].group
  t.match(subject, { subject: 'Band', subjectBy: member, subjectAt: 33, version: 8 })
  const timed = plan(member, { kind: 'ephemeral', seconds: 60 }, choir, 35).steps[0].group
  t.match(timed, { ephemeral: 60, ephemeralAt: 35 })
  t.match(plan(member, { kind: 'ephemeral', seconds: 0 }, timed, 36).steps[0].group, {
    ephemeral: 0,
    ephemeralAt: 36,
  })
  const described = plan(member, { kind: 'description', text: 'We sing', id: 'D1', prev: 'wrong' }, choir, 34)
  t.strictSame(described.steps[0].group.description, { text: 'We sing', id: 'D1', by: member, at: 34 })
  const again = described.steps[0].group
  t.equal(plan(member, { kind: 'description', text: '', id: 'D2' }, again).steps[0].group.description, null)
  for (const [group, change] of [
    [choir, { kind: 'subject', subject: 'Choir' }],
    [choir, { kind: 'description', text: '', id: 'D' }],
    [again, { kind: 'description', text: 'We sing', id: 'D3' }],
    [choir, { kind: 'restrict', value: false }],
    [choir, { kind: 'announce', value: false }],
    [choir, { kind: 'ephemeral', seconds: 0 }],
  ] as const) {
    t.strictSame(plan(admin, change, group).steps, [], change.kind)
  }
})

t.test('it lets people in by the code, except who was removed', async (t) => {
  const joined = planJoin(choir, other, numbers({ [other]: { how: 'left', at: 10 } }))
  t.match(joined.steps, [{ event: { kind: 'join' }, group: { version: 8 } }])
  t.strictSame(rolesOf(joined.steps[0].group).at(-1), [other, 'member'])
  t.throws(() => planJoin(choir, other, numbers({ [other]: { how: 'removed', at: 1 } })), {
    code: 'TETHER_ERR_GROUP_RIGHT',
  })
  t.strictSame(planJoin(choir, member, numbers()).steps, [], 'who is in already')
})

t.test('it lets who may change the facts tell of an event', async (t) => {
  const icon = { kind: 'icon', tag: '5' } as const
  t.match(planEvent(choir, member, icon, 'facts').steps, [{ event: icon, group: { version: 8 } }])
  t.throws(() => planEvent({ ...choir, restrict: true }, member, icon, 'facts'), {
    code: 'TETHER_ERR_GROUP_RIGHT',
  })
  t.throws(() => planEvent(choir, member, { kind: 'invite' }, 'admin'), { code: 'TETHER_ERR_GROUP_RIGHT' })
  t.throws(() => planEvent(choir, other, icon, 'facts'), { code: 'TETHER_ERR_GROUP_MEMBER' })
})
