/**
 * Notices of the directory as messages of the history: stub numbers and parameters that clients know (messages.md 3),
 * and the words in which a person reads them. Pure.
 */
import type { GroupEvent, GroupNotice } from 'proto/group'
import { jidOfNumber } from 'proto/jid'
import { stubMessage, stubName, type StubType, type WebMessageInfo } from 'proto/web-message'

type Kind = GroupEvent['kind']
type EventOf<K extends Kind> = Extract<GroupEvent, { kind: K }>
type Wording<K extends Kind> = {
  readonly stub: StubType
  readonly parameters: (event: EventOf<K>, notice: GroupNotice) => readonly string[]
}

const onOff = (event: { readonly value: boolean }) => [event.value ? 'on' : 'off']
const members = (event: { readonly members: readonly string[] }) => event.members.map(jidOfNumber)

// prettier-ignore
const wordings: { readonly [K in Kind]: Wording<K> } = {
  create:      { stub: 'GROUP_CREATE',              parameters: (_event, { group }) => [group.subject] },
  add:         { stub: 'GROUP_PARTICIPANT_ADD',     parameters: members },
  join:        { stub: 'GROUP_PARTICIPANT_INVITE',  parameters: (_event, { by }) => [jidOfNumber(by)] },
  remove:      { stub: 'GROUP_PARTICIPANT_REMOVE',  parameters: members },
  leave:       { stub: 'GROUP_PARTICIPANT_LEAVE',   parameters: (_event, { by }) => [jidOfNumber(by)] },
  promote:     { stub: 'GROUP_PARTICIPANT_PROMOTE', parameters: members },
  demote:      { stub: 'GROUP_PARTICIPANT_DEMOTE',  parameters: members },
  subject:     { stub: 'GROUP_CHANGE_SUBJECT',      parameters: ({ subject }) => [subject] },
  description: { stub: 'GROUP_CHANGE_DESCRIPTION',  parameters: ({ text }) => [text] },
  restrict:    { stub: 'GROUP_CHANGE_RESTRICT',     parameters: onOff },
  announce:    { stub: 'GROUP_CHANGE_ANNOUNCE',     parameters: onOff },
  ephemeral:   { stub: 'CHANGE_EPHEMERAL_SETTING',  parameters: ({ seconds }) => [String(seconds)] },
  invite:      { stub: 'GROUP_CHANGE_INVITE_LINK',  parameters: () => [] },
  icon:        { stub: 'GROUP_CHANGE_ICON',         parameters: ({ tag }) => [tag] },
}

/** The notice as one message of the group; its author stands in both places (messages.md 1). */
export function noticeMessage(notice: GroupNotice, ownNumber: string): WebMessageInfo {
  const { id, by, at, event, group } = notice
  const { stub, parameters } = wordings[event.kind] as Wording<Kind>
  return stubMessage({
    ...{ remoteJid: group.jid, fromMe: by === ownNumber, id, timestampS: at },
    ...{ participant: jidOfNumber(by), stub, parameters: parameters(event, notice) },
  })
}

/** How the group began, for a member who came later: clients learn its name from this stub. */
export function beginning({ group }: GroupNotice, ownNumber: string, id: string): WebMessageInfo {
  const { owner: by, createdAt: at } = group
  return noticeMessage({ id, by, at, event: { kind: 'create' }, group }, ownNumber)
}

type Sentence = (who: string, others: string, parameters: readonly string[]) => string

// prettier-ignore
const sentences: Readonly<Partial<Record<StubType, Sentence>>> = {
  GROUP_CREATE:              (who, _, [subject]) => `${who} created the group "${subject}"`,
  GROUP_PARTICIPANT_ADD:     (who, others) => `${who} added ${others}`,
  GROUP_PARTICIPANT_INVITE:  (who) => `${who} joined by an invitation`,
  GROUP_PARTICIPANT_REMOVE:  (who, others) => `${who} removed ${others}`,
  GROUP_PARTICIPANT_LEAVE:   (who) => `${who} left`,
  GROUP_PARTICIPANT_PROMOTE: (who, others) => `${who} made ${others} an admin`,
  GROUP_PARTICIPANT_DEMOTE:  (who, others) => `${who} took the rights of an admin from ${others}`,
  GROUP_CHANGE_SUBJECT:      (who, _, [subject]) => `${who} changed the subject to "${subject}"`,
  GROUP_CHANGE_DESCRIPTION:  (who, _, [text]) => (text ? `${who} changed the description` : `${who} removed the description`),
  GROUP_CHANGE_RESTRICT:     (who, _, [value]) => `${who} lets ${value === 'on' ? 'only admins' : 'all members'} change the group`,
  GROUP_CHANGE_ANNOUNCE:     (who, _, [value]) => `${who} lets ${value === 'on' ? 'only admins' : 'all members'} write`,
  CHANGE_EPHEMERAL_SETTING:  (who, _, [seconds]) => (seconds === '0' ? `${who} keeps messages` : `${who} lets messages disappear after ${seconds} s`),
  GROUP_CHANGE_INVITE_LINK:  (who) => `${who} reset the invitation`,
  GROUP_CHANGE_ICON:         (who) => `${who} changed the picture`,
  CALL_MISSED_VOICE:         () => 'Missed call',
}

/** The name of a notice's stub; null for a message. */
export function stubOf({ messageStubType }: WebMessageInfo): StubType | null {
  return stubName(messageStubType)
}

/** What a notice says, of a group or a call; '' for any other. `nameOf` names a person by JID. */
export function noticeText(info: WebMessageInfo, nameOf: (jid: string) => string): string {
  const stub = stubOf(info)
  const sentence = stub === null ? undefined : sentences[stub]
  if (!sentence) return ''
  const parameters = info.messageStubParameters
  const others = parameters.filter((text) => text.endsWith('@s.whatsapp.net')).map(nameOf)
  return sentence(
    info.participant === '' ? 'Somebody' : nameOf(info.participant),
    others.join(', '),
    parameters,
  )
}
