/**
 * Groups as the directory knows them: who is in, who may do what, and what somebody changed. Readable by the server,
 * as in the legacy design; what members write is not. Persons are numbers here, times are seconds (spec 14.5, 14.6, 15).
 */
import Type, { type Static } from 'typebox'
import { utf8Text } from './bytes.ts'
import { TetherError } from './errors.ts'
import { limit } from './limits.ts'
import { checkerFor } from './schema-checker.ts'

const Number_ = Type.String({ pattern: '^[0-9]{5,15}$', description: 'digits with country code' })
const Count = Type.Integer({ minimum: 0 })

/** `creator-seconds@g.us` (spec 14.5). */
export const GroupJid = Type.String({ pattern: '^[0-9]{5,15}-[0-9]{1,12}@g\\.us$', maxLength: 64 })
export const Subject = Type.String({ minLength: 1, maxLength: limit('GROUP_SUBJECT_CHARS') })
const DescriptionText = Type.String({ maxLength: 2048 })
const DescriptionId = Type.String({ minLength: 1, maxLength: 64 })

/** `owner` made the group: an admin whom nobody can demote or remove (isSuperAdmin in spec 15). */
export const GroupRole = Type.Enum(['member', 'admin', 'owner'])
export type GroupRole = Static<typeof GroupRole>

export const GroupFacts = Type.Object({
  jid: GroupJid,
  /** +1 with each change: the higher one is the newer one. */
  version: Type.Integer({ minimum: 1 }),
  owner: Number_,
  createdAt: Count,
  subject: Subject,
  subjectBy: Number_,
  subjectAt: Count,
  description: Type.Union([
    Type.Null(),
    Type.Object({ text: DescriptionText, id: DescriptionId, by: Number_, at: Count }),
  ]),
  /** Only admins change subject, description, picture and settings. */
  restrict: Type.Boolean(),
  /** Only admins write. */
  announce: Type.Boolean(),
  /** Disappearing timer in seconds; 0 is off. */
  ephemeral: Count,
  /** When that was set, or switched off; absent: never, or not known. */
  ephemeralAt: Type.Optional(Count),
  /** In the order in which they came. */
  members: Type.Array(Type.Object({ number: Number_, role: GroupRole })),
})
export type GroupFacts = Static<typeof GroupFacts>

const Members = Type.Array(Number_, { minItems: 1, maxItems: limit('GROUP_MEMBERS') })
const membersChange = <K extends string>(kind: K) =>
  Type.Object({ kind: Type.Literal(kind), members: Members })

/** What a member asks for. */
export const GroupChange = Type.Union([
  membersChange('add'),
  membersChange('remove'),
  membersChange('promote'),
  membersChange('demote'),
  Type.Object({ kind: Type.Literal('leave') }),
  Type.Object({ kind: Type.Literal('subject'), subject: Subject }),
  /** An empty text removes the description; `prev` is the id of the one it replaces. */
  Type.Object({
    kind: Type.Literal('description'),
    text: DescriptionText,
    id: DescriptionId,
    prev: Type.Optional(DescriptionId),
  }),
  Type.Object({ kind: Type.Literal('restrict'), value: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('announce'), value: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('ephemeral'), seconds: Count }),
])
export type GroupChange = Static<typeof GroupChange>

/** What happened: a change somebody asked for, with the members it concerned really, or one of these. */
export const GroupEvent = Type.Union([
  ...GroupChange.anyOf,
  Type.Object({ kind: Type.Literal('create') }),
  Type.Object({ kind: Type.Literal('join') }),
  Type.Object({ kind: Type.Literal('invite') }),
  Type.Object({ kind: Type.Literal('icon'), tag: Type.String({ maxLength: 64 }) }),
])
export type GroupEvent = Static<typeof GroupEvent>

/** Code for each member: 200 done, 403 not allowed, 404 unknown number, 408 left recently, 409 already in (spec 14.5). */
export const MemberResults = Type.Record(Number_, Type.Enum(['200', '403', '404', '408', '409']))
export type MemberResults = Static<typeof MemberResults>

/** Body of a mail of kind `notice`: what every member is told, those who were removed included. */
export const GroupNotice = Type.Object({
  /** Message id of the notice, the same for all. */
  id: Type.String({ minLength: 1, maxLength: 64 }),
  by: Number_,
  at: Count,
  event: GroupEvent,
  /** The group after the event. */
  group: GroupFacts,
})
export type GroupNotice = Static<typeof GroupNotice>

/** Throws TETHER_ERR_BODY. */
export function parseGroupNotice(body: Uint8Array): GroupNotice {
  let value: unknown
  try {
    value = JSON.parse(utf8Text(body))
  } catch (cause) {
    throw new TetherError('TETHER_ERR_BODY', 'group notice', { cause })
  }
  if (!checkerFor(GroupNotice)(value)) throw new TetherError('TETHER_ERR_BODY', 'group notice')
  return value
}

export function roleIn(group: GroupFacts, number: string): GroupRole | null {
  return group.members.find((member) => member.number === number)?.role ?? null
}

export function isAdmin(role: GroupRole | null): boolean {
  return role === 'admin' || role === 'owner'
}
