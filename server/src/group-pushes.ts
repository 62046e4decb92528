/**
 * What browsers of the members are told of a notice, in clear (spec 14.6). The browser that asked for a change
 * is not told (groups.ts): it knows by the answer. What has no word in the protocol (invitation, picture, timer) is told by the stub message alone.
 */
import { type GroupEvent, type GroupFacts, type GroupNotice } from 'proto/group'

type Details = Readonly<Record<string, unknown>> | boolean
type Told = readonly [kind: string, details: Details] | null
type Kind = GroupEvent['kind']
type EventOf<K extends Kind> = Extract<GroupEvent, { kind: K }>

/** `whom`: the member who is told. */
type Wording<K extends Kind> = (event: EventOf<K>, group: GroupFacts, whom: string, by: string) => Told

// prettier-ignore
const wordings: { readonly [K in Kind]: Wording<K> } = {
  create:      (_event, group) => ['create', introduction(group)],
  add:         (event, group, whom) => event.members.includes(whom) ? ['introduce', introduction(group)] : ['add', participants(event.members)],
  join:        (_event, _group, _whom, by) => ['add', participants([by])],
  remove:      (event) => ['remove', participants(event.members)],
  leave:       (_event, _group, _whom, by) => ['remove', participants([by])],
  promote:     (event) => ['promote', participants(event.members)],
  demote:      (event) => ['demote', participants(event.members)],
  subject:     (_event, group) => ['subject', subjectOf(group)],
  description: (event, { description }) => description === null
                 ? ['desc_remove', { descId: event.id }]
                 : ['desc_add', { desc: description.text, descId: description.id, descTime: description.at, descOwner: wid(description.by) }],
  restrict:    (event) => ['restrict', event.value],
  announce:    (event) => ['announce', event.value],
  ephemeral:   () => null,
  invite:      () => null,
  icon:        () => null,
}

/** The push for one member's browser; null when there is nothing to say to it. */
export function groupPush({ by, event, group }: GroupNotice, whom: string): readonly unknown[] | null {
  const told = (wordings[event.kind] as Wording<Kind>)(event, group, whom, by)
  if (told === null) return null
  const [kind, details] = told
  return ['Chat', { id: group.jid, cmd: 'action', data: [kind, wid(by), details] }]
}

function introduction(group: GroupFacts): Details {
  const { description, createdAt, members } = group
  const withRole = (fits: (role: GroupFacts['members'][number]['role']) => boolean) =>
    members.flatMap(({ number, role }) => (fits(role) ? wid(number) : []))
  return {
    ...subjectOf(group),
    creation: createdAt,
    admins: withRole((role) => role === 'admin'),
    superadmins: withRole((role) => role === 'owner'),
    regulars: withRole((role) => role === 'member'),
    ...(description && {
      ...{ desc: description.text, descId: description.id },
      ...{ descTime: description.at, descOwner: wid(description.by) },
    }),
  }
}

function subjectOf({ subject, subjectAt, subjectBy }: GroupFacts): Readonly<Record<string, unknown>> {
  return { subject, s_t: subjectAt, s_o: wid(subjectBy) }
}

function participants(numbers: readonly string[]): Details {
  return { participants: numbers.map(wid) }
}

function wid(number: string): string {
  return `${number}@c.us`
}
