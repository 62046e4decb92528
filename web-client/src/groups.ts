/**
 * Groups: asking for them, changing them, and what the server says of changes by others (spec 13.2, 14.5, 14.6, 15).
 * Nothing is kept: names and notices are in the chats, everything else the phone tells when it is asked.
 */
import { utf8, utf8Text } from 'proto/bytes'
import { type ErrorCode, TetherError } from 'proto/errors'
import { parseJid } from 'proto/jid'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import { objectOf, textOf } from './conn.ts'
import type { Answer, NodeKind } from './connection.ts'
import { attributesOf, childrenOf } from './node-reading.ts'
import { setNode } from './opening.ts'
import { refusal } from './refusal.ts'

export interface GroupMember {
  readonly jid: string
  readonly isAdmin: boolean
}

export interface GroupInfo {
  readonly jid: string
  readonly owner: string
  readonly subject: string
  /** Unix seconds. */
  readonly createdAt: number
  readonly members: readonly GroupMember[]
  readonly description: { readonly text: string; readonly id: string } | null
  /** Only admins change it. */
  readonly restrict: boolean
  /** Only admins write. */
  readonly announce: boolean
  /** Disappearing timer in seconds; 0 is off. */
  readonly ephemeral: number
}

/** What became of each member that was named, by JID: 200 done, else why not (spec 14.5). */
export type MemberCodes = ReadonlyMap<string, string>

/** Who has an own message, and since when in Unix seconds. */
export interface MessageReaders {
  readonly read: ReadonlyMap<string, number>
  readonly delivered: ReadonlyMap<string, number>
}

/** Somebody else changed a group; `kind` and `details` in the words of spec 14.6. */
export interface GroupPush {
  readonly type: 'group'
  readonly jid: string
  readonly kind: string
  readonly by: string | null
  readonly details: unknown
}

export interface GroupsParts {
  /** Asks the server; rejects TETHER_ERR_STATE without a connection, TETHER_ERR_IDLE without an answer. */
  ask(json: readonly unknown[]): Promise<Answer>
  /** Asks the phone; rejects TETHER_ERR_STATE or TETHER_ERR_PHONE_AWAY. `tag` is that of the request. */
  query(node: (epoch: string) => Node, kind: NodeKind, tag?: string): Promise<Answer>
  /** A fresh tag. */
  nextTag(): string
  /** Our own JID; null when nobody is logged in. */
  me(): string | null
  changed(change: GroupPush): void
}

const QUERY: NodeKind = { metric: 'GROUP', flags: ['IGNORE'] }
const CHANGE: NodeKind = { metric: 'GROUP', flags: ['IGNORE', 'EXPIRES'] }
const INFO: NodeKind = { metric: 'QUERY_MESSAGE_INFO', flags: ['IGNORE'] }

/** Methods reject as `ask` and `query` do, and with the code of a refusal; TETHER_ERR_JID for what is none. */
export class Groups {
  readonly #parts: GroupsParts

  constructor(parts: GroupsParts) {
    this.#parts = parts
  }

  /** A group we are in. Rejects TETHER_ERR_GROUP_MEMBER or _UNKNOWN. */
  async find(jid: string): Promise<GroupInfo> {
    const answer = await this.#ask(['query', 'GroupMetadata', parseJid(jid)])
    if (!Array.isArray(answer.participants)) throw new TetherError('TETHER_ERR_BODY', 'no participants')
    const { owner, subject, creation, desc, descId, restrict, announce, ephemeralDuration } = answer
    return {
      jid: parseJid(jid),
      owner: personJid(textOf(owner) ?? ''),
      subject: textOf(subject) ?? '',
      createdAt: Number(creation),
      members: answer.participants.map(objectOf).map(({ id, isAdmin }) => ({
        jid: personJid(textOf(id) ?? ''),
        isAdmin: isAdmin === true,
      })),
      description: typeof desc === 'string' ? { text: desc, id: textOf(descId) ?? '' } : null,
      restrict: restrict === true,
      announce: announce === true,
      ephemeral: Number(ephemeralDuration ?? 0),
    }
  }

  /** What the phone remembers of a group, also of one that was left. */
  async recall(
    jid: string,
  ): Promise<Pick<GroupInfo, 'jid' | 'owner' | 'createdAt' | 'members' | 'description'>> {
    const attrs = { type: 'group', jid: parseJid(jid) }
    const node = await this.#query(
      (epoch) => ({ tag: 'query', attrs: { ...attrs, epoch }, content: null }),
      QUERY,
    )
    const { creator, create } = attributesOf(node)
    const [group] = childrenOf(node, 'group')
    if (group === undefined) throw new TetherError('TETHER_ERR_BODY', 'no group')
    const [described] = childrenOf(group, 'description')
    const members = childrenOf(group, 'participant').map(attributesOf)
    return {
      jid: attrs.jid,
      owner: personJid(creator ?? ''),
      createdAt: Number(create),
      members: members.map((member) => ({
        jid: personJid(member.jid ?? ''),
        isAdmin: member.type === 'admin',
      })),
      description:
        described?.content instanceof Uint8Array
          ? { text: utf8Text(described.content), id: attributesOf(described).id ?? '' }
          : null,
    }
  }

  /** A new group of us and these members. */
  async create(
    subject: string,
    members: readonly string[],
  ): Promise<{ readonly jid: string; readonly codes: MemberCodes }> {
    const { gid, participants } = await this.#set('create', { subject }, participantNodes(members))
    const rows = (Array.isArray(participants) ? participants : []).map(objectOf)
    return {
      jid: parseJid(textOf(gid) ?? ''),
      codes: codesOf(Object.fromEntries(rows.flatMap((row) => Object.entries(row)))),
    }
  }

  add(jid: string, members: readonly string[]): Promise<MemberCodes> {
    return this.#change('add', jid, members)
  }

  remove(jid: string, members: readonly string[]): Promise<MemberCodes> {
    return this.#change('remove', jid, members)
  }

  /** Makes admins of them. */
  promote(jid: string, members: readonly string[]): Promise<MemberCodes> {
    return this.#change('promote', jid, members)
  }

  demote(jid: string, members: readonly string[]): Promise<MemberCodes> {
    return this.#change('demote', jid, members)
  }

  async leave(jid: string): Promise<void> {
    await this.#set('leave', { jid: parseJid(jid) }, null)
  }

  async rename(jid: string, subject: string): Promise<void> {
    await this.#set('subject', { jid: parseJid(jid), subject }, null)
  }

  /** An empty text removes the description. */
  async describe(jid: string, text: string): Promise<void> {
    const { description } = await this.find(jid)
    const attrs = { id: this.#parts.nextTag(), ...(description && { prev: description.id }) }
    await this.#set('description', { jid: parseJid(jid) }, [
      { tag: 'description', attrs, content: utf8(text) },
    ])
  }

  /** `announce` and `restrict` let only admins write, and change the group; `ephemeral` in seconds. */
  async configure(
    jid: string,
    { announce, restrict, ephemeral }: Partial<Pick<GroupInfo, 'announce' | 'restrict' | 'ephemeral'>>,
  ): Promise<void> {
    const settings = { announcement: announce, locked: restrict, ephemeral }
    const children = Object.entries(settings).flatMap(([tag, value]) =>
      value === undefined ? [] : [{ tag, attrs: { value: String(value) }, content: null }],
    )
    await this.#set('prop', { jid: parseJid(jid) }, children)
  }

  /** The code of the invitation; for admins. */
  async inviteCode(jid: string): Promise<string> {
    return textOf((await this.#ask(['query', 'inviteCode', parseJid(jid)])).code) ?? ''
  }

  async resetInvite(jid: string): Promise<void> {
    await this.#ask(['action', 'inviteReset', parseJid(jid)])
  }

  /** Joins by an invitation code; gives the group. */
  async join(code: string): Promise<string> {
    return parseJid(textOf((await this.#ask(['action', 'invite', code])).gid) ?? '')
  }

  /** Who received and read an own message, in a group or from one person. */
  async readers(jid: string, id: string): Promise<MessageReaders> {
    const attrs = { type: 'message_info', jid: personJid(jid), index: id }
    const node = await this.#query(
      (epoch) => ({ tag: 'query', attrs: { ...attrs, epoch }, content: null }),
      INFO,
    )
    const those = (tag: string) =>
      new Map(
        childrenOf(node, tag)
          .flatMap((child) => childrenOf(child, 'user'))
          .map(attributesOf)
          .map((user) => [personJid(user.jid ?? ''), Number(user.t)] as const),
      )
    return { read: those('read'), delivered: those('delivery') }
  }

  /** Takes one push; other names are for others. */
  takePush(name: string, body: readonly unknown[]): void {
    if (name !== 'Chat') return
    const { id, data } = objectOf(body[1])
    if (typeof id !== 'string' || !Array.isArray(data) || typeof data[0] !== 'string') return
    const [kind, by, details] = data as [string, unknown, unknown]
    const who = typeof by === 'string' ? personJid(by) : null
    this.#parts.changed({ type: 'group', jid: id, kind, by: who, details })
  }

  async #change(type: string, jid: string, members: readonly string[]): Promise<MemberCodes> {
    const { participants } = await this.#set(type, { jid: parseJid(jid) }, participantNodes(members))
    return codesOf(objectOf(participants))
  }

  async #set(type: string, attrs: Record<string, string>, content: Node[] | null) {
    const author = this.#parts.me()
    if (author === null) throw new TetherError('TETHER_ERR_STATE', 'nobody is logged in')
    const id = this.#parts.nextTag() // the tag of the request is the id of the change (spec 14.5)
    const child: Node = { tag: 'group', attrs: { author, id, type, ...attrs }, content }
    return jsonOf(await this.#parts.query((epoch) => setNode(epoch, child), CHANGE, id))
  }

  async #ask(json: readonly unknown[]): Promise<Readonly<Record<string, unknown>>> {
    return jsonOf(await this.#parts.ask(json))
  }

  async #query(node: (epoch: string) => Node, kind: NodeKind): Promise<Node> {
    const answer = await this.#parts.query(node, kind)
    if ('node' in answer) return answer.node
    throw refusal(answer.status, codes)
  }
}

/** A good answer; metadata has no status (spec 15). */
function jsonOf(answer: Answer): Readonly<Record<string, unknown>> {
  if ('node' in answer) throw new TetherError('TETHER_ERR_BODY', 'a node where JSON was asked for')
  if (answer.status !== null && answer.status !== 200) throw refusal(answer.status, codes)
  return answer.json
}

const codes: Readonly<Record<number, ErrorCode>> = {
  403: 'TETHER_ERR_GROUP_RIGHT',
  404: 'TETHER_ERR_GROUP_UNKNOWN',
}

function participantNodes(members: readonly string[]): Node[] {
  return members.map((jid) => ({ tag: 'participant', attrs: { jid: parseJid(jid) }, content: null }))
}

function codesOf(results: Readonly<Record<string, unknown>>): MemberCodes {
  return new Map(
    Object.entries(results).map(([jid, result]) => [personJid(jid), textOf(objectOf(result).code) ?? '']),
  )
}
