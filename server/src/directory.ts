/**
 * What phones change in the directory of persons, and who hears of it (spec 6, 14.4): those whose address book holds
 * the person, unless the person has blocked them.
 */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkReply } from 'proto/phone-link'
import type { Context } from './context.ts'
import type { AttachedPhone } from './peers.ts'
import type { Presence } from './presence.ts'
import type { Relay } from './relay.ts'
import type { BusinessProfile } from './stores.ts'

/** The tag of a picture that is gone (spec 6). */
export const REMOVED = 'removed'

export class Directory {
  readonly #context: Context
  readonly #relay: Relay

  readonly #presence: Pick<Presence, 'blocksChanged'>

  constructor(context: Context, relay: Relay, presence: Pick<Presence, 'blocksChanged'>) {
    this.#context = context
    this.#relay = relay
    this.#presence = presence
  }

  /** `by`: the browser connection that has its answer and is not told again. */
  async setAbout(phone: AttachedPhone, text: string, by?: number): Promise<void> {
    const { number } = phone
    const { profiles } = this.#context.stores
    await profiles.saveAbout(phone.owner, text)
    const push = ['Status', { id: `${number}@c.us`, status: text }]
    for (const each of [number, ...(await profiles.holders(number))]) {
      const browser = this.#relay.openBrowser(each)
      if (browser?.connection !== by) browser?.push(push)
    }
  }

  /** Throws TETHER_ERR_TOO_LARGE. */
  async setBusiness(phone: AttachedPhone, profile: BusinessProfile): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(profile)) > limit('BUSINESS_PROFILE_BYTES')) {
      this.#context.counters.add('limits', 'BUSINESS_PROFILE_BYTES')
      throw new TetherError('TETHER_ERR_TOO_LARGE', 'BUSINESS_PROFILE_BYTES')
    }
    await this.#context.stores.profiles.saveBusiness(phone.owner, profile)
  }

  /** Answers the whole list. Throws TETHER_ERR_LIMIT; TETHER_ERR_BODY for a person that blocks itself. */
  async block(phone: AttachedPhone, add: boolean, numbers: readonly string[]): Promise<readonly string[]> {
    if (numbers.includes(phone.number)) throw new TetherError('TETHER_ERR_BODY', 'nobody blocks itself')
    try {
      const list = await this.#context.stores.profiles.block(phone.owner, { add, numbers })
      this.#presence.blocksChanged(phone.number, numbers)
      return list
    } catch (error) {
      if (error instanceof TetherError && error.code === 'TETHER_ERR_LIMIT')
        this.#context.counters.add('limits', 'BLOCKED_NUMBERS')
      throw error
    }
  }

  /** Keeps whom this phone knows; answers what changed since it last heard. */
  async saveRoster(
    phone: AttachedPhone,
    numbers: readonly string[],
    since: number,
  ): Promise<LinkReply<'roster'>> {
    const { changes, revision } = await this.#context.stores.profiles.saveRoster(phone.owner, numbers, since)
    return { changes: changes.map(({ of, tag }) => ({ of, tag: tag ?? REMOVED })), revision }
  }
}
