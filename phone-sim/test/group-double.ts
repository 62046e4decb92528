/**
 * The directory's groups behind the relay double: no rules, only what members hear. Rules are tested at the server; with
 * them and this phone together in the stories.
 */
import { formatBase64 } from 'proto/base64'
import { utf8 } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import type { GroupChange, GroupEvent, GroupFacts, GroupNotice, MemberResults } from 'proto/group'

export interface Told {
  (to: string, mail: { from: string; mail: string; kind: 'notice'; body: string }): void
}

export class GroupDouble {
  readonly #tell: Told
  readonly #nowS: () => number
  readonly groups = new Map<string, GroupFacts>()
  readonly codes = new Map<string, string>()
  /** Set to lose the notices of what happens. */
  silent = false
  #notices = 0

  constructor(tell: Told, nowS: () => number) {
    this.#tell = tell
    this.#nowS = nowS
  }

  of(number: string): { jid: string; version: number }[] {
    return [...this.groups.values()]
      .filter(({ members }) => members.some((member) => member.number === number))
      .map(({ jid, version }) => ({ jid, version }))
  }

  facts(jid: string, number?: string): GroupFacts {
    const group = this.groups.get(jid)
    if (!group) throw new TetherError('TETHER_ERR_GROUP_UNKNOWN')
    if (number !== undefined && !group.members.some((member) => member.number === number))
      throw new TetherError('TETHER_ERR_GROUP_MEMBER')
    return group
  }

  create(
    by: string,
    subject: string,
    members: readonly string[],
  ): { group: GroupFacts; results: MemberResults } {
    const at = this.#nowS() + this.groups.size
    const group: GroupFacts = {
      ...{
        jid: `${by}-${at}@g.us`,
        version: 0,
        owner: by,
        createdAt: at,
        subject,
        subjectBy: by,
        subjectAt: at,
      },
      ...{ description: null, restrict: false, announce: false, ephemeral: 0 },
      members: [
        { number: by, role: 'owner' },
        ...members.map((number) => ({ number, role: 'member' as const })),
      ],
    }
    this.groups.set(group.jid, group)
    return { group: this.happens(group.jid, by, { kind: 'create' }, {}), results: resultsOf(members) }
  }

  change(by: string, jid: string, change: GroupChange): { group: GroupFacts; results: MemberResults } {
    const group = this.facts(jid, by)
    const named = 'members' in change ? change.members : []
    return {
      group: this.happens(jid, by, change, factsAfter(group, by, change, this.#nowS())),
      results: resultsOf(named),
    }
  }

  join(by: string, code: string): GroupFacts {
    const group = this.facts(this.codes.get(code) ?? '')
    return this.happens(
      group.jid,
      by,
      { kind: 'join' },
      { members: [...group.members, { number: by, role: 'member' }] },
    )
  }

  invite(by: string, jid: string, reset: boolean): string {
    this.facts(jid, by)
    const code = `code${this.codes.size}`
    this.codes.set(code, jid)
    if (reset) this.happens(jid, by, { kind: 'invite' }, {})
    return code
  }

  /** Changes the facts and mails the notice to everybody who was or is in the group. */
  happens(jid: string, by: string, event: GroupEvent, facts: Partial<GroupFacts>): GroupFacts {
    const before = this.facts(jid)
    const group = { ...before, ...facts, version: before.version + 1 }
    this.groups.set(jid, group)
    const id = `NOTICE${++this.#notices}`
    const notice: GroupNotice = { id, by, at: this.#nowS(), event, group }
    const body = formatBase64(utf8(JSON.stringify(notice)))
    const numbers = new Set([...before.members, ...group.members].map(({ number }) => number))
    if (!this.silent) for (const to of numbers) this.#tell(to, { from: by, mail: id, kind: 'notice', body })
    return group
  }
}

function factsAfter(group: GroupFacts, by: string, change: GroupChange, at: number): Partial<GroupFacts> {
  const { members } = group
  const withRole = (role: 'admin' | 'member', named: readonly string[]) =>
    members.map((member) => (named.includes(member.number) ? { ...member, role } : member))
  switch (change.kind) {
    case 'add':
      return {
        members: [...members, ...change.members.map((number) => ({ number, role: 'member' as const }))],
      }
    case 'remove':
      return { members: members.filter(({ number }) => !change.members.includes(number)) }
    case 'leave':
      return { members: members.filter(({ number }) => number !== by) }
    case 'promote':
      return { members: withRole('admin', change.members) }
    case 'demote':
      return { members: withRole('member', change.members) }
    case 'subject':
      return { subject: change.subject, subjectBy: by, subjectAt: at }
    case 'description':
      return { description: change.text === '' ? null : { text: change.text, id: change.id, by, at } }
    case 'restrict':
      return { restrict: change.value }
    case 'announce':
      return { announce: change.value }
    case 'ephemeral':
      return { ephemeral: change.seconds, ephemeralAt: at }
  }
}

function resultsOf(members: readonly string[]): MemberResults {
  return Object.fromEntries(members.map((number) => [number, '200' as const]))
}
