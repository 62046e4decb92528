/**
 * What phones change in the directory of persons, and who hears of it (spec 6, 14.4): those whose address book holds
 * the person, unless the person has blocked them.
 */
import { parseBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { isGroup } from 'proto/jid'
import { limit, type LimitName } from 'proto/limits'
import type { LinkBody, LinkReply } from 'proto/phone-link'
import type { Context, PeerFacts } from './context.ts'
import type { Groups } from './groups.ts'
import type { AttachedPhone } from './peers.ts'
import { pictureUrl } from './picture-address.ts'
import type { Presence } from './presence.ts'
import type { Relay } from './relay.ts'
import type { BusinessProfile, NewPicture, PictureChange } from './stores.ts'

/** The tag of a picture that is gone (spec 6). */
export const REMOVED = 'removed'

/** The first bytes of every JPEG. */
const JPEG = [0xff, 0xd8, 0xff]

export class Directory {
  readonly #context: Context
  readonly #relay: Relay
  readonly #groups: Pick<Groups, 'changeIcon'>
  readonly #presence: Pick<Presence, 'blocksChanged'>

  constructor(
    context: Context,
    relay: Relay,
    groups: Pick<Groups, 'changeIcon'>,
    presence: Pick<Presence, 'blocksChanged'>,
  ) {
    this.#context = context
    this.#relay = relay
    this.#groups = groups
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

  /**
   * The picture of the account, or of a group as far as its rights go. Throws TETHER_ERR_BODY for what is no JPEG and
   * for another person's, TETHER_ERR_TOO_LARGE, and TETHER_ERR_GROUP_*.
   */
  async setPicture(
    phone: AttachedPhone,
    { of, image, preview, by }: Omit<LinkBody<'picture'>, 'id'>,
  ): Promise<LinkReply<'picture'>> {
    if (!isGroup(of) && of !== phone.number) throw new TetherError('TETHER_ERR_BODY', 'of somebody else')
    const picture: NewPicture | null =
      image === undefined
        ? null
        : {
            image: this.#jpegOf(image, 'PICTURE_BYTES'),
            preview: preview === undefined ? null : this.#jpegOf(preview, 'PICTURE_PREVIEW_BYTES'),
          }
    const { profiles } = this.#context.stores
    const save = () => profiles.savePicture(phone.owner, of, picture)
    // the members of a group hear of it by their notices
    const tag = isGroup(of) ? await this.#saveIcon(phone, of, save) : await this.#saveOwn(of, save)
    const kept = picture && (await profiles.picture(of))
    return { tag, url: kept && pictureUrl(kept.key, this.#whereFrom(phone, by), this.#context.config) }
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

  async #saveOwn(number: string, save: () => Promise<PictureChange>): Promise<string> {
    const { tag, revision } = await save()
    const change = { type: 'profileChanged', of: number, tag: tag ?? REMOVED, revision } as const
    for (const holder of await this.#context.stores.profiles.holders(number))
      this.#relay.phones.get(holder)?.send(change)
    return change.tag
  }

  async #saveIcon(phone: AttachedPhone, group: string, save: () => Promise<PictureChange>): Promise<string> {
    let tag = REMOVED
    await this.#groups.changeIcon(phone, group, async () => (tag = (await save()).tag ?? REMOVED))
    return tag
  }

  #jpegOf(base64: string, name: LimitName): Uint8Array {
    const bytes = parseBase64(base64)
    if (bytes.length > limit(name)) {
      this.#context.counters.add('limits', name)
      throw new TetherError('TETHER_ERR_TOO_LARGE', name)
    }
    if (!JPEG.every((byte, at) => bytes[at] === byte)) throw new TetherError('TETHER_ERR_BODY', 'no JPEG')
    return bytes
  }

  /** How the browser that asked reaches this server; else the phone itself. */
  #whereFrom(phone: AttachedPhone, by: number | undefined): PeerFacts {
    const browser = by === undefined ? undefined : this.#relay.browsers.get(by)
    return browser?.opening?.number === phone.number ? browser.facts : phone.facts
  }
}
