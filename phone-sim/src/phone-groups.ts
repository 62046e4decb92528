/** What a person does with groups on the phone. Messages to them go as all others do: by Phone.send. */
import { TetherError } from 'proto/errors'
import type { GroupChange, GroupFacts, MemberResults } from 'proto/group'
import { findGroupJid, numberOf, personJid } from './addresses.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { Queue } from './queue.ts'
import type { GroupRow } from './store-groups.ts'

/** A group as this phone knows it; members are numbers, in the order in which they came. */
export interface GroupView {
  readonly jid: string
  readonly subject: string
  readonly description: string | null
  readonly owner: string
  /** False when this phone's number has left, or was removed. */
  readonly isMember: boolean
  /** Only admins change it. */
  readonly restrict: boolean
  /** Only admins write. */
  readonly announce: boolean
  /** Disappearing timer in seconds; 0 is off. */
  readonly ephemeral: number
  readonly members: GroupFacts['members']
}

export interface GroupAnswer {
  readonly group: GroupView
  /** A code for each number that was named (spec 14.5). */
  readonly results: MemberResults
}

/**
 * All changes are the directory's: they reject with TETHER_ERR_PHONE_AWAY without a link, with TETHER_ERR_JID for what is
 * no group or number, and with the server's code when it refuses (TETHER_ERR_GROUP_UNKNOWN, _MEMBER, _RIGHT, _LIMIT).
 */
export class PhoneGroups {
  readonly #parts: () => PhoneParts
  readonly #queue: Queue

  constructor(parts: () => PhoneParts, queue: Queue) {
    this.#parts = parts
    this.#queue = queue
  }

  /** All that are known, left ones too. */
  list(): GroupView[] {
    return this.#parts().groups.all().map(viewOf)
  }

  /** Null when this phone knows no such group. */
  find(jid: string): GroupView | null {
    const row = this.#parts().groups.find(jid)
    return row && viewOf(row)
  }

  /** `members`: numbers of the others. */
  create(subject: string, members: readonly string[]): Promise<GroupAnswer> {
    return this.#queue.run(async () => {
      const numbers = members.map((number) => numberOf(personJid(number)))
      const { group, results } = await this.#parts().groups.create(subject, numbers)
      return { group: this.#view(group.jid), results }
    })
  }

  change(group: string, change: GroupChange): Promise<GroupAnswer> {
    return this.#queue.run(async () => {
      const jid = groupJid(group)
      const { results } = await this.#parts().groups.change(jid, change)
      return { group: this.#view(jid), results }
    })
  }

  async leave(group: string): Promise<void> {
    await this.change(group, { kind: 'leave' })
  }

  /** By an invitation code. */
  join(code: string): Promise<GroupView> {
    return this.#queue.run(async () => this.#view((await this.#parts().groups.join(code)).jid))
  }

  /** The invitation code; `reset` makes the old one invalid first. For admins. */
  inviteCode(group: string, reset = false): Promise<string> {
    return this.#queue.run(() => this.#parts().groups.inviteCode(groupJid(group), reset))
  }

  #view(jid: string): GroupView {
    return viewOf(this.#parts().groups.find(jid)!)
  }
}

function viewOf({ jid, facts, isMember }: GroupRow): GroupView {
  const { subject, owner, restrict, announce, ephemeral, members } = facts
  const description = facts.description?.text ?? null
  return { jid, subject, description, owner, isMember, restrict, announce, ephemeral, members }
}

function groupJid(spelling: string): string {
  const jid = findGroupJid(spelling)
  if (jid === null) throw new TetherError('TETHER_ERR_JID', 'not a group')
  return jid
}
