/**
 * Who may do what in a group, and what it does (spec 14.5): pure rules over the directory's facts. The store asks them
 * within its transaction (store-sqlite-groups.ts); nothing here reads or writes.
 */
import { TetherError } from 'proto/errors'
import {
  isAdmin,
  roleIn,
  type GroupChange,
  type GroupEvent,
  type GroupFacts,
  type GroupRole,
  type MemberResults,
} from 'proto/group'
import { limit, type LimitName } from 'proto/limits'
import { LimitMet } from './limit-met.ts'

/** How somebody who is not in the group any more went. */
export interface Departure {
  readonly how: 'left' | 'removed'
  /** Seconds since 1970. */
  readonly at: number
}

/** What the rules ask of the directory about a number that is not in the group. */
export interface Numbers {
  isRegistered(number: string): boolean
  /** In fewer than GROUPS_PER_NUMBER groups. */
  hasRoom(number: string): boolean
  departure(number: string): Departure | null
}

/** One thing that happened, and the group after it. */
export interface Step {
  readonly event: GroupEvent
  readonly group: GroupFacts
}

/** Nothing happened when there are no steps; `results` has a row for each member that was named. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly results: MemberResults
  /** Limits that kept somebody out (code 403), once for each. */
  readonly met?: readonly LimitName[]
}

type Kind = GroupChange['kind']
type ChangeOf<K extends Kind> = Extract<GroupChange, { kind: K }>
type Code = MemberResults[string]

interface Call<K extends Kind> {
  readonly group: GroupFacts
  readonly by: string
  readonly change: ChangeOf<K>
  readonly numbers: Numbers
  /** Seconds since 1970. */
  readonly at: number
}

interface Rule<K extends Kind> {
  /** `facts`: members, or admins alone while the group is restricted. */
  readonly right: 'member' | 'facts' | 'admin'
  readonly plan: (call: Call<K>) => Plan
}

// prettier-ignore
const rules: { readonly [K in Kind]: Rule<K> } = {
  add:         { right: 'admin',  plan: add },
  remove:      { right: 'admin',  plan: remove },
  promote:     { right: 'admin',  plan: (call) => setRole(call, 'admin') },
  demote:      { right: 'admin',  plan: (call) => setRole(call, 'member') },
  leave:       { right: 'member', plan: ({ group, by }) => ({ steps: leave(group, by), results: {} }) },
  subject:     { right: 'facts',  plan: ({ group, by, change, at }) =>
                 set(group, change, group.subject !== change.subject, { subject: change.subject, subjectBy: by, subjectAt: at }) },
  description: { right: 'facts',  plan: describe },
  restrict:    { right: 'admin',  plan: ({ group, change }) => set(group, change, group.restrict !== change.value, { restrict: change.value }) },
  announce:    { right: 'admin',  plan: ({ group, change }) => set(group, change, group.announce !== change.value, { announce: change.value }) },
  ephemeral:   { right: 'facts',  plan: ({ group, change, at }) =>
                 set(group, change, group.ephemeral !== change.seconds, { ephemeral: change.seconds, ephemeralAt: at }) },
}

/** A new group of `owner` and those of `members` who can be in it. Throws TETHER_ERR_LIMIT. */
export function planCreate({
  jid,
  owner,
  subject,
  members,
  numbers,
  at,
}: {
  readonly jid: string
  readonly owner: string
  readonly subject: string
  readonly members: readonly string[]
  readonly numbers: Numbers
  readonly at: number
}): Plan {
  const empty: GroupFacts = {
    ...{ jid, version: 1, owner, createdAt: at, subject, subjectBy: owner, subjectAt: at, description: null },
    ...{ restrict: false, announce: false, ephemeral: 0, members: [{ number: owner, role: 'owner' }] },
  }
  if (!numbers.hasRoom(owner)) throw new LimitMet('GROUPS_PER_NUMBER')
  const { members: all, results, met } = admit(empty, members, numbers, at)
  return { steps: [{ event: { kind: 'create' }, group: { ...empty, members: all } }], results, met }
}

/** Throws TETHER_ERR_GROUP_MEMBER and TETHER_ERR_GROUP_RIGHT. */
export function planChange<K extends Kind>(call: Call<K>): Plan {
  const rule: Rule<K> = rules[call.change.kind]
  assertRight(call.group, call.by, rule.right)
  return rule.plan(call)
}

/** Somebody comes by the invitation code. Throws TETHER_ERR_GROUP_RIGHT for who was removed, TETHER_ERR_LIMIT. */
export function planJoin(group: GroupFacts, number: string, numbers: Numbers): Plan {
  if (roleIn(group, number) !== null) return { steps: [], results: {} }
  if (numbers.departure(number)?.how === 'removed') throw new TetherError('TETHER_ERR_GROUP_RIGHT', 'removed')
  if (group.members.length >= limit('GROUP_MEMBERS')) throw new LimitMet('GROUP_MEMBERS')
  if (!numbers.hasRoom(number)) throw new LimitMet('GROUPS_PER_NUMBER')
  const members = [...group.members, { number, role: 'member' as const }]
  return { steps: [step(group, { kind: 'join' }, { members })], results: {} }
}

/** Something happened that changes none of the facts. Throws as planChange. */
export function planEvent(group: GroupFacts, by: string, event: GroupEvent, right: 'facts' | 'admin'): Plan {
  assertRight(group, by, right)
  return { steps: [step(group, event, {})], results: {} }
}

/** Throws TETHER_ERR_GROUP_MEMBER and TETHER_ERR_GROUP_RIGHT. */
export function assertRight(group: GroupFacts, by: string, right: Rule<Kind>['right']): void {
  const role = roleIn(group, by)
  if (role === null) throw new TetherError('TETHER_ERR_GROUP_MEMBER')
  if (right === 'member' || isAdmin(role)) return
  if (right === 'admin' || group.restrict) throw new TetherError('TETHER_ERR_GROUP_RIGHT')
}

function add({ group, change, numbers, at }: Call<'add'>): Plan {
  const { members, added, results, met } = admit(group, change.members, numbers, at)
  const steps = added.length > 0 ? [step(group, { kind: 'add', members: added }, { members })] : []
  return { steps, results, met }
}

/** 404 unknown, 409 in already, 408 left lately, 403 no room here or there: such a one can come by the code. */
function admit(group: GroupFacts, asked: readonly string[], numbers: Numbers, at: number) {
  const members = [...group.members]
  const added: string[] = []
  const met: LimitName[] = []
  const verdict = (number: string): Code => {
    if (roleIn(group, number) !== null) return '409'
    if (!numbers.isRegistered(number)) return '404'
    const gone = numbers.departure(number)
    if (gone?.how === 'left' && at - gone.at < limit('GROUP_LEFT_MS') / 1000) return '408'
    const isFull = members.length >= limit('GROUP_MEMBERS')
    if (isFull || !numbers.hasRoom(number)) {
      met.push(isFull ? 'GROUP_MEMBERS' : 'GROUPS_PER_NUMBER')
      return '403'
    }
    members.push({ number, role: 'member' })
    added.push(number)
    return '200'
  }
  return { members, added, met, results: judge(asked, verdict) }
}

/** Nobody removes the owner, nor oneself: that is leaving. */
function remove({ group, by, change }: Call<'remove'>): Plan {
  const { done, results } = pick(group, change.members, (number, role) =>
    role === 'owner' || number === by ? '403' : '200',
  )
  if (done.length === 0) return { steps: [], results }
  const members = group.members.filter(({ number }) => !done.includes(number))
  return { steps: [step(group, { kind: 'remove', members: done }, { members })], results }
}

/** Nobody demotes the owner or oneself, so an admin always stays; 409 for who has the role already. */
function setRole({ group, by, change }: Call<'promote'> | Call<'demote'>, role: 'admin' | 'member'): Plan {
  const { done, results } = pick(group, change.members, (number, has) => {
    if (role === 'admin') return isAdmin(has) ? '409' : '200'
    if (has === 'owner' || number === by) return '403'
    return has === 'member' ? '409' : '200'
  })
  if (done.length === 0) return { steps: [], results }
  const members = group.members.map((member) => (done.includes(member.number) ? { ...member, role } : member))
  return { steps: [step(group, { kind: change.kind, members: done }, { members })], results }
}

/** When no admin is left, who has been in longest becomes one: a group nobody can change would be dead. */
function leave(group: GroupFacts, by: string): Step[] {
  const members = group.members.filter(({ number }) => number !== by)
  const left = step(group, { kind: 'leave' }, { members })
  const heir = members[0]?.number
  if (heir === undefined || members.some(({ role }) => isAdmin(role))) return [left]
  const after = members.map((member) =>
    member.number === heir ? { ...member, role: 'admin' as const } : member,
  )
  return [left, step(left.group, { kind: 'promote', members: [heir] }, { members: after })]
}

// `prev` is not compared: Baileys 3 never learns the id of its own description, and its second change would fail.
function describe({ group, by, change, at }: Call<'description'>): Plan {
  const { text, id } = change
  const description = text === '' ? null : { text, id, by, at }
  return set(group, change, (group.description?.text ?? '') !== text, { description })
}

function set(group: GroupFacts, event: GroupEvent, changes: boolean, facts: Partial<GroupFacts>): Plan {
  return { steps: changes ? [step(group, event, facts)] : [], results: {} }
}

function step(group: GroupFacts, event: GroupEvent, facts: Partial<GroupFacts>): Step {
  return { event, group: { ...group, ...facts, version: group.version + 1 } }
}

/** The verdict on each member that was named; 404 for who is not in the group. */
function pick(
  group: GroupFacts,
  asked: readonly string[],
  verdict: (number: string, role: GroupRole) => Code,
): { readonly done: string[]; readonly results: MemberResults } {
  const results = judge(asked, (number) => {
    const role = roleIn(group, number)
    return role === null ? '404' : verdict(number, role)
  })
  return { done: Object.keys(results).filter((number) => results[number] === '200'), results }
}

function judge(asked: readonly string[], verdict: (number: string) => Code): MemberResults {
  return Object.fromEntries([...new Set(asked)].map((number) => [number, verdict(number)]))
}
