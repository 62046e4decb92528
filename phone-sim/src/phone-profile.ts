/** What a person does about itself on the phone: name, about text, picture, block list, being there. */
import { TetherError } from 'proto/errors'
import { personJid, findGroupJid, numberOf } from './addresses.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { PresenceState } from './presences.ts'
import type { NewPicture } from './profile.ts'
import { blockedJids } from './pushes.ts'
import type { Queue } from './queue.ts'

/**
 * What needs the server's directory rejects with TETHER_ERR_PHONE_AWAY while there is no link, and with the server's
 * code when it refuses; nothing has changed then.
 */
export class PhoneProfile {
  readonly #parts: () => PhoneParts
  readonly #queue: Queue

  constructor(parts: () => PhoneParts, queue: Queue) {
    this.#parts = parts
    this.#queue = queue
  }

  /** Empty for none. */
  get about(): string {
    return this.#parts().profile.about
  }

  /** The name that others see from now on, with the next message. Works without a link. */
  setName(name: string): Promise<void> {
    return this.#queue.run(() => this.#parts().profile.rename(name))
  }

  setAbout(text: string): Promise<void> {
    return this.#queue.run(() => this.#parts().profile.setAbout(text))
  }

  /** Rejects with TETHER_ERR_BODY for what is no JPEG, TETHER_ERR_TOO_LARGE above PICTURE_BYTES. */
  setPicture(picture: NewPicture): Promise<{ tag: string; url: string | null }> {
    return this.#queue.run(() => this.#parts().profile.setOwnPicture(picture))
  }

  removePicture(): Promise<void> {
    return this.#queue.run(async () => {
      await this.#parts().profile.setOwnPicture(null)
    })
  }

  /** Numbers, in the order of the address book. */
  blocked(): string[] {
    return blockedJids(this.#parts().chats).map(numberOf)
  }

  /** Rejects with TETHER_ERR_JID, and TETHER_ERR_BODY for the own number. */
  block(number: string): Promise<void> {
    return this.#changeBlock(number, true)
  }

  unblock(number: string): Promise<void> {
    return this.#changeBlock(number, false)
  }

  /** `to`: number or JID of the chat in which the person types. Rejects with TETHER_ERR_JID; TETHER_ERR_BODY without. */
  showPresence(state: PresenceState, to?: string): Promise<void> {
    return this.#queue.run(() => {
      const types = state !== 'available' && state !== 'unavailable'
      if (types && to === undefined) throw new TetherError('TETHER_ERR_BODY', 'typing to nobody')
      const chat = to === undefined ? undefined : (findGroupJid(to) ?? personJid(to))
      this.#parts().presences.say(state, chat)
    })
  }

  #changeBlock(number: string, add: boolean): Promise<void> {
    return this.#queue.run(async () => {
      const { profile } = this.#parts()
      await profile.block([personJid(number)], add)
      profile.tellBlocked()
    })
  }
}
