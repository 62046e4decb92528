/**
 * Groups at the relay: what phones and browsers may ask of the directory, and who is told after the commit. The store
 * has put the notices into the mailboxes; here they are pushed, and the open browsers of the members hear of it: all but
 * the one that asked (`by`, its connection; null when the phone itself did), which knows by the answer.
 */
import type { GroupChange, GroupFacts } from 'proto/group'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'
import { groupPush } from './group-pushes.ts'
import { assertRight } from './group-rules.ts'
import { LimitMet } from './limit-met.ts'
import type { Mailboxes } from './mailboxes.ts'
import type { AttachedPhone } from './peers.ts'
import type { Relay } from './relay.ts'
import type { GroupOutcome } from './stores.ts'
import { TokenBuckets } from './token-bucket.ts'

export class Groups {
  readonly #context: Context
  readonly #relay: Relay
  readonly #mailboxes: Pick<Mailboxes, 'pump'>
  readonly #changes = new TokenBuckets(limit('GROUP_CHANGES_RATE'), 60_000 / limit('GROUP_CHANGES_RATE'))

  constructor(context: Context, relay: Relay, mailboxes: Pick<Mailboxes, 'pump'>) {
    this.#context = context
    this.#relay = relay
    this.#mailboxes = mailboxes
  }

  /** Rejects with TETHER_ERR_LIMIT. */
  create(
    phone: AttachedPhone,
    subject: string,
    members: readonly string[],
    by: number | null,
  ): Promise<GroupOutcome> {
    return this.#run(phone, by, (at) => this.#store.create(phone.owner, { subject, members, at }))
  }

  /** Rejects with TETHER_ERR_GROUP_UNKNOWN, _MEMBER, _RIGHT and TETHER_ERR_LIMIT, as all that follow. */
  change(phone: AttachedPhone, group: string, change: GroupChange, by: number | null): Promise<GroupOutcome> {
    return this.#run(phone, by, (at) => this.#store.change(phone.owner, { group, change, at }))
  }

  /** `save` keeps the picture and gives its tag; it is called when the phone may change it. */
  changeIcon(phone: AttachedPhone, group: string, save: () => Promise<string>): Promise<GroupOutcome> {
    return this.#run(phone, null, async (at) => {
      assertRight(await this.#store.facts(phone.number, group), phone.number, 'facts')
      return await this.#store.changeIcon(phone.owner, { group, tag: await save(), at })
    })
  }

  join(phone: AttachedPhone, code: string, by: number | null): Promise<GroupOutcome> {
    return this.#run(phone, by, (at) => this.#store.join(phone.owner, { code, at }))
  }

  async resetInvite(phone: AttachedPhone, group: string): Promise<string> {
    return (await this.#run(phone, null, (at) => this.#store.resetInvite(phone.owner, { group, at }))).code
  }

  /** For admins: only they bring people in, so only they hold the key to the door. */
  inviteCode(number: string, group: string): Promise<string> {
    return this.#store.inviteCode(number, group)
  }

  facts(number: string, group: string): Promise<GroupFacts> {
    return this.#store.facts(number, group)
  }

  get #store() {
    return this.#context.stores.groups
  }

  async #run<T extends GroupOutcome>(
    phone: AttachedPhone,
    by: number | null,
    work: (at: number) => Promise<T>,
  ): Promise<T> {
    const { clock, counters } = this.#context
    const now = clock.now()
    if (this.#changes.take(phone.number, now) > 0) {
      counters.add('limits', 'GROUP_CHANGES_RATE')
      throw new TetherError('TETHER_ERR_LIMIT', 'GROUP_CHANGES_RATE')
    }
    const outcome = await work(now).catch((error: unknown) => {
      if (error instanceof LimitMet) counters.add('limits', error.limit)
      throw error
    })
    for (const name of outcome.met) counters.add('limits', name)
    this.#tell(outcome, by)
    return outcome
  }

  #tell({ notices }: GroupOutcome, asker: number | null): void {
    const { counters, trace } = this.#context
    for (const { notice, to, missed } of notices) {
      counters.add('groups', notice.event.kind)
      if (missed.length > 0) counters.add('limits', 'MAILBOX_NOTICES', missed.length)
      trace?.emit('group.changed', { group: notice.group.jid, event: notice.event.kind, by: notice.by })
      for (const number of to) {
        this.#mailboxes.pump(number)
        const browser = this.#relay.openBrowser(number)
        if (!browser || browser.connection === asker) continue
        const push = groupPush(notice, number)
        if (push) browser.push(push)
      }
    }
  }
}
