/**
 * The port of the groups in the directory. A change is one transaction: rules, rows, version, a notice in the mailbox
 * of every member, audit; so no member ever hears of what did not happen, or misses what did (spec 14.5, 14.6).
 */
import type { GroupChange, GroupFacts, GroupNotice, MemberResults } from 'proto/group'
import type { LimitName } from 'proto/limits'
import type { Owner } from './owner.ts'

/** A notice as the members got it. */
export interface SentNotice {
  readonly notice: GroupNotice
  /** Members before and after, the actor too. */
  readonly to: readonly string[]
  /** Those of them whose mailbox holds MAILBOX_NOTICES already; they see the version when they attach. */
  readonly missed: readonly string[]
}

export interface GroupOutcome {
  /** The group as it is now. */
  readonly group: GroupFacts
  /** A code for each member that was named. */
  readonly results: MemberResults
  /** Empty when nothing changed. */
  readonly notices: readonly SentNotice[]
  /** Limits that kept a member out, once for each. */
  readonly met: readonly LimitName[]
}

/** Every method rejects with TETHER_ERR_GROUP_UNKNOWN, _MEMBER or _RIGHT when the actor may not; `at` is milliseconds. */
export interface GroupStore {
  /** Rejects with TETHER_ERR_LIMIT above GROUPS_PER_NUMBER. */
  create(
    owner: Owner,
    request: { readonly subject: string; readonly members: readonly string[]; readonly at: number },
  ): Promise<GroupOutcome>
  change(
    actor: Owner,
    request: { readonly group: string; readonly change: GroupChange; readonly at: number },
  ): Promise<GroupOutcome>
  /** Another picture, under this tag; the picture itself is kept elsewhere. */
  changeIcon(
    actor: Owner,
    request: { readonly group: string; readonly tag: string; readonly at: number },
  ): Promise<GroupOutcome>
  /** By the invitation code; TETHER_ERR_LIMIT when the group or the number's list of groups is full. */
  join(actor: Owner, request: { readonly code: string; readonly at: number }): Promise<GroupOutcome>
  /** The invitation code, made when there is none; for admins. */
  inviteCode(number: string, group: string): Promise<string>
  /** Makes the old code invalid; every member gets a notice. */
  resetInvite(
    actor: Owner,
    request: { readonly group: string; readonly at: number },
  ): Promise<GroupOutcome & { readonly code: string }>
  /** For members. */
  facts(number: string, group: string): Promise<GroupFacts>
  /** The groups a number is in, with their versions. */
  list(number: string): Promise<readonly GroupVersion[]>
}

export interface GroupVersion {
  readonly jid: string
  readonly version: number
}
