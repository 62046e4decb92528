/**
 * The groups as this phone knows them. The server's directory decides (proto/group); the phone asks it for changes,
 * hears of everybody's by notices in its mailbox, and keeps the newest facts to tell who may write and who reads.
 */
import { codeOf, TetherError } from 'proto/errors'
import {
  type GroupChange,
  type GroupFacts,
  type GroupNotice,
  isAdmin,
  type MemberResults,
  roleIn,
} from 'proto/group'
import { linkCheckerOf } from 'proto/message-checkers'
import type { LinkBody, LinkReply } from 'proto/phone-link'
import { messageStatus } from 'proto/web-message'
import type { Audit } from './audit.ts'
import type { Chats } from './chats.ts'
import { beginning, noticeMessage } from './group-notice.ts'
import type { Log } from './log.ts'
import type { GroupRow } from './store-groups.ts'
import type { MessageRow, PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface GroupsOptions {
  readonly ownNumber: string
  readonly store: PhoneStore
  readonly chats: Chats
  readonly uplink: Pick<Uplink, 'request'>
  readonly audit: Audit
  readonly log?: Log | undefined
  /** A fresh message id. */
  readonly newId: () => string
  /** A notice is in the history; called in the transaction. */
  readonly arrived: (row: MessageRow) => void
  /** A group has another picture; called in the transaction. */
  readonly pictured: (jid: string, tag: string) => void
  /** The facts of a group came without a notice; called in the transaction. */
  readonly renamed: (jid: string, name: string) => void
  /** Members are gone: whoever waits for them need not any more. Called in the transaction. */
  readonly shrunk: (jid: string, gone: readonly string[]) => void
}

/** What the server listed when the phone attached, until the mail that waited then has been read. */
interface Roll {
  readonly waiting: number
  readonly listed: LinkBody<'attached'>['groups']
  /** Groups that were ours and are not listed, with the versions that we knew. */
  readonly missing: ReadonlyMap<string, number>
}

export class Groups {
  readonly #options: GroupsOptions
  #roll: Roll | null = null

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  find(jid: string): GroupRow | null {
    return this.#options.store.groups.find(jid)
  }

  all(): GroupRow[] {
    return this.#options.store.groups.all()
  }

  // who may write, and who reads

  /** Throws TETHER_ERR_GROUP_UNKNOWN, _MEMBER, or _RIGHT where only admins write. */
  assertMayWrite(jid: string, number: string): GroupFacts {
    const row = this.find(jid)
    if (row === null) throw new TetherError('TETHER_ERR_GROUP_UNKNOWN')
    const role = roleIn(row.facts, number)
    if (!row.isMember || role === null) throw new TetherError('TETHER_ERR_GROUP_MEMBER')
    if (row.facts.announce && !isAdmin(role)) throw new TetherError('TETHER_ERR_GROUP_RIGHT')
    return row.facts
  }

  isMember(jid: string, number: string): boolean {
    const row = this.find(jid)
    return row !== null && row.isMember && roleIn(row.facts, number) !== null
  }

  isAdmin(jid: string, number: string): boolean {
    const row = this.find(jid)
    return row !== null && row.isMember && isAdmin(roleIn(row.facts, number))
  }

  // asking the directory: each throws what the server answers, TETHER_ERR_PHONE_AWAY without a link, TETHER_ERR_BODY.
  // by: the connection of the browser that asks; absent for the phone itself, whose browsers then hear of the change

  async create(subject: string, members: readonly string[], by?: number): Promise<LinkReply<'groupCreate'>> {
    const made = await this.#ask('groupCreate', { subject, members: [...members], ...asked(by) })
    this.#learnNow(made.group)
    return made
  }

  async change(
    group: string,
    change: GroupChange,
    by?: number,
  ): Promise<{ readonly group: GroupFacts; readonly results: MemberResults }> {
    const changed = await this.#ask('groupChange', { group, change, ...asked(by) })
    this.#learnNow(changed.group)
    return changed
  }

  async join(code: string, by?: number): Promise<GroupFacts> {
    const facts = await this.#ask('groupJoin', { code, ...asked(by) })
    this.#learnNow(facts)
    return facts
  }

  async inviteCode(group: string, reset: boolean): Promise<string> {
    return (await this.#ask('groupInvite', { group, reset })).code
  }

  /** The facts of a group we are in; asks the server for one that we do not know. Throws as the server answers. */
  async facts(jid: string): Promise<GroupFacts> {
    const row = this.find(jid)
    if (row?.isMember) return row.facts
    if (row) throw new TetherError('TETHER_ERR_GROUP_MEMBER')
    const facts = await this.#ask('groupFacts', { group: jid })
    this.#learnNow(facts)
    return facts
  }

  /** A body that the server would not even read has no reply, so it is not sent. Throws TETHER_ERR_BODY. */
  #ask<N extends 'groupCreate' | 'groupChange' | 'groupFacts' | 'groupJoin' | 'groupInvite'>(
    name: N,
    body: Omit<LinkBody<N>, 'id'>,
  ): Promise<LinkReply<N>> {
    if (!linkCheckerOf(name)({ id: 1, ...body })) throw new TetherError('TETHER_ERR_BODY', 'group')
    return this.#options.uplink.request(name, body)
  }

  // hearing from it

  /** A notice came; in the caller's transaction. One that is older than the facts only goes into the history. */
  take(notice: GroupNotice): void {
    const { chats, store, ownNumber, newId, arrived, pictured } = this.#options
    const { group, event, at } = notice
    this.#recordUnannounced(notice)
    this.#learn(group)
    if (event.kind === 'icon') pictured(group.jid, event.tag)
    const infos = [noticeMessage(notice, ownNumber)]
    const comesIn = event.kind === 'add' ? event.members.includes(ownNumber) : isJoin(notice, ownNumber)
    if (comesIn && store.messages.newest(group.jid) === null)
      infos.unshift(beginning(notice, ownNumber, newId()))
    for (const info of infos) {
      const { remoteJid: chat, fromMe, id } = info.key
      if (chats.find({ chat, fromMe, id })) continue
      const status = fromMe ? messageStatus.SERVER_ACK : 0
      arrived(chats.add({ info, status, seen: true, at: at * 1000 }))
    }
  }

  /**
   * A new link. Groups that we do not know are fetched at once, before mail in them comes; of the others the waiting
   * mail may bring what we lack, and with it who wrote as a member and is none any more: they are compared after it.
   */
  async attached({
    groups: listed,
    waiting,
  }: Pick<LinkBody<'attached'>, 'groups' | 'waiting'>): Promise<void> {
    const jids = new Set(listed.map(({ jid }) => jid))
    const ours = this.all().filter(({ isMember }) => isMember)
    const missing = new Map(
      ours.flatMap(({ jid, facts }) => (jids.has(jid) ? [] : [[jid, facts.version] as const])),
    )
    this.#roll = { waiting, listed, missing }
    for (const { jid } of listed) if (this.find(jid) === null) await this.#fetch(jid)
  }

  /** Everything up to `seq` of the mailbox is read. */
  async read(seq: number): Promise<void> {
    if (this.#roll === null || seq < this.#roll.waiting) return
    const { listed, missing } = this.#roll
    this.#roll = null
    for (const { jid, version } of listed) {
      const row = this.find(jid)
      if (row === null || row.facts.version < version) await this.#fetch(jid)
    }
    for (const [jid, version] of missing) {
      if (this.find(jid)?.facts.version === version) this.#leaveNow(jid)
    }
  }

  /** Members whom the event does not name: notices were lost, or the directory hides somebody who reads along. */
  #recordUnannounced({ by, event, group }: GroupNotice): void {
    const before = this.find(group.jid)
    if (before === null || before.facts.version >= group.version) return
    const named = 'members' in event ? event.members : [by]
    const came = group.members.filter(
      ({ number }) => roleIn(before.facts, number) === null && !named.includes(number),
    )
    for (const { number } of came)
      this.#options.audit.record('group.unannounced', { group: group.jid, number })
  }

  async #fetch(group: string): Promise<void> {
    const { store, uplink, audit, log, renamed } = this.#options
    try {
      const facts = await uplink.request('groupFacts', { group })
      store.transaction(() => {
        if (!this.#learn(facts)) return
        renamed(group, facts.subject)
        audit.record('group.fetched', { group, version: facts.version })
      })
    } catch (error) {
      const code = codeOf(error)
      if (code === 'TETHER_ERR_GROUP_MEMBER' || code === 'TETHER_ERR_GROUP_UNKNOWN') this.#leaveNow(group)
      else if (code !== 'TETHER_ERR_PHONE_AWAY') throw error
      log?.debug({ code }, 'a group could not be fetched')
    }
  }

  #learnNow(facts: GroupFacts): void {
    this.#options.store.transaction(() => this.#learn(facts))
  }

  /** Keeps facts that are newer, and makes the chat; false when they are not. */
  #learn(facts: GroupFacts): boolean {
    const { store, chats, ownNumber, shrunk } = this.#options
    const before = this.find(facts.jid)
    if (before !== null && before.facts.version >= facts.version) return false
    const isMember = roleIn(facts, ownNumber) !== null
    store.groups.put({ jid: facts.jid, facts, isMember })
    const known = chats.findChat(facts.jid)
    const knownS = known?.timerS === facts.ephemeral ? known.timerSetS : 0 // a group older than `ephemeralAt`
    chats.changeChat(facts.jid, { timerS: facts.ephemeral, timerSetS: facts.ephemeralAt ?? knownS })
    const gone = before?.facts.members.filter(({ number }) => roleIn(facts, number) === null) ?? []
    if (gone.length > 0)
      shrunk(
        facts.jid,
        gone.map(({ number }) => number),
      )
    return true
  }

  /** We are out without having heard of it. */
  #leaveNow(jid: string): void {
    const { store, chats, audit } = this.#options
    const row = this.find(jid)
    if (!row?.isMember) return
    store.transaction(() => {
      store.groups.put({ ...row, isMember: false })
      chats.changeChat(jid, {})
      audit.record('group.lost', { group: jid })
    })
  }
}

function isJoin({ event, by }: GroupNotice, number: string): boolean {
  return event.kind === 'join' && by === number
}

function asked(by: number | undefined): { by?: number } {
  return by === undefined ? {} : { by }
}
