/**
 * Groups as browsers change and see them: `action group` (spec 14.5), `query group` (13.2) and the JSON of spec 15 that
 * only a phone answers. The shapes are what clients read: a list after create, an object after the others.
 */
import { utf8, utf8Text } from 'proto/bytes'
import { type GroupChange, type GroupFacts, isAdmin, type MemberResults } from 'proto/group'
import { jidOfNumber } from 'proto/jid'
import type { Node } from 'proto/node'
import { findGroupJid, findPersonJid, jsonJid, numberOf } from './addresses.ts'
import { type ActionHandler, type Answer, type Handler, type RequestParts, status } from './browser-answer.ts'
import { node, response } from './lists.ts'

type Members = readonly string[]

/** What an `action group` asks the directory for; null when it makes no sense. */
type Reading = (attrs: Node['attrs'], children: readonly Node[], tag: string) => readonly GroupChange[] | null

const ofMembers =
  (kind: 'add' | 'remove' | 'promote' | 'demote'): Reading =>
  (_attrs, children) => {
    const members = membersOf(children)
    return members && [{ kind, members: [...members] }]
  }

const settings: Readonly<Record<string, (value: string | undefined) => GroupChange | null>> = {
  announcement: (value) => flagOf(value, (on) => ({ kind: 'announce', value: on })),
  locked: (value) => flagOf(value, (on) => ({ kind: 'restrict', value: on })),
  ephemeral: (value) =>
    /^[0-9]{1,10}$/.test(value ?? '') ? { kind: 'ephemeral', seconds: Number(value) } : null,
}

const readings: Readonly<Record<string, Reading>> = {
  add: ofMembers('add'),
  remove: ofMembers('remove'),
  promote: ofMembers('promote'),
  demote: ofMembers('demote'),
  leave: () => [{ kind: 'leave' }],
  subject: ({ subject }) => [{ kind: 'subject', subject: subject ?? '' }],
  description: (_attrs, [child], tag) => {
    if (child?.tag !== 'description') return null
    const { id = tag, prev } = child.attrs
    return [{ kind: 'description', text: textOf(child.content), id, ...(prev && { prev }) }]
  },
  prop: (_attrs, children) => {
    const changes = children.flatMap(({ tag, attrs }) =>
      Object.hasOwn(settings, tag) ? (settings[tag](attrs['value']) ?? []) : [],
    )
    return children.length > 0 && changes.length === children.length ? changes : null
  },
}

/** One change after the other; the first that is refused ends it. */
export const group: ActionHandler = async (
  { attrs, content },
  { tag, browser: { connection } },
  { groups },
) => {
  const children = Array.isArray(content) ? content : []
  const type = attrs['type'] ?? ''
  if (type === 'create') return create(attrs['subject'] ?? '', membersOf(children), groups, connection)
  const changes = Object.hasOwn(readings, type) ? readings[type](attrs, children, tag) : null
  const jid = findGroupJid(attrs['jid'])
  if (changes === null) return status(400)
  if (jid === null) return status(404)
  let results: MemberResults = {}
  for (const change of changes) results = (await groups.change(jid, change, connection)).results
  const named = changes.some((change) => 'members' in change)
  return { json: { status: 200, ...(named && { participants: Object.fromEntries(codesOf(results)) }) } }
}

async function create(
  subject: string,
  members: Members | null,
  groups: RequestParts['groups'],
  by: number,
): Promise<Answer> {
  if (members === null) return status(400)
  const made = await groups.create(subject, members, by)
  const participants = codesOf(made.results).map(([wid, code]) => ({ [wid]: code }))
  return { json: { status: 200, gid: made.group.jid, participants } }
}

/** A group we are in or have left; its creator on both nodes, because clients differ in where they look. */
export const groupQuery: Handler = async ({ node: { attrs } }, { groups }) => {
  const jid = findGroupJid(attrs['jid'])
  if (jid === null) return status(404)
  const facts = groups.find(jid)?.facts ?? (await groups.facts(jid))
  const creation = { creator: jidOfNumber(facts.owner), create: String(facts.createdAt) }
  const members = facts.members.map(({ number, role }) =>
    node('participant', { jid: jidOfNumber(number), type: isAdmin(role) ? 'admin' : undefined }),
  )
  const { description } = facts
  const described = description ? [node('description', { id: description.id }, utf8(description.text))] : []
  return {
    node: response(
      'group',
      [node('group', { ...creation, subject: facts.subject }, [...members, ...described])],
      creation,
    ),
  }
}

type JsonAnswer = (body: readonly unknown[], parts: RequestParts, connection: number) => Promise<Answer>

/** The group as it is now, for members (spec 15). */
export const groupMetadata: JsonAnswer = async ([, , spelling], { groups }) => {
  const jid = findGroupJid(String(spelling))
  return jid === null ? status(404) : { json: metadataOf(await groups.facts(jid)) }
}

export const acceptInvite: JsonAnswer = async ([, , code], { groups }, connection) => {
  const { jid: gid } = await groups.join(String(code), connection)
  return { json: { status: 200, gid } }
}

export const resetInvite: JsonAnswer = async ([, , spelling], { groups }) => {
  const jid = findGroupJid(String(spelling))
  if (jid === null) return status(404)
  await groups.inviteCode(jid, true)
  return status(200)
}

/** No `status` in it: that is what clients take for an error. */
function metadataOf(facts: GroupFacts): Record<string, unknown> {
  const { jid, owner, subject, createdAt, subjectAt, subjectBy, description, restrict, announce, ephemeral } =
    facts
  return {
    ...{ id: jid, owner: wid(owner), subject, creation: createdAt },
    participants: facts.members.map(({ number, role }) => ({
      id: wid(number),
      isAdmin: isAdmin(role),
      isSuperAdmin: role === 'owner',
    })),
    ...{ subjectTime: subjectAt, subjectOwner: wid(subjectBy), restrict, announce },
    ...(description && {
      ...{ desc: description.text, descId: description.id },
      ...{ descTime: description.at, descOwner: wid(description.by) },
    }),
    ...(ephemeral > 0 && { ephemeralDuration: ephemeral }),
  }
}

function membersOf(children: readonly Node[]): Members | null {
  const jids = children.flatMap(({ tag, attrs }) =>
    tag === 'participant' ? findPersonJid(attrs['jid']) : [],
  )
  return jids.includes(null) ? null : jids.map((jid) => numberOf(jid!))
}

function codesOf(results: MemberResults): [wid: string, code: { readonly code: string }][] {
  return Object.entries(results).map(([number, code]) => [wid(number), { code }])
}

function wid(number: string): string {
  return jsonJid(jidOfNumber(number))
}

function flagOf(value: string | undefined, change: (on: boolean) => GroupChange): GroupChange | null {
  return value === 'true' || value === 'false' ? change(value === 'true') : null
}

function textOf(content: Node['content']): string {
  if (typeof content === 'string') return content
  return content instanceof Uint8Array ? utf8Text(content) : ''
}
