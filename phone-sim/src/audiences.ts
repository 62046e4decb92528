/**
 * Chats that one message leaves for many people, and who they are: members of a group, contacts who see a story,
 * recipients of a broadcast list. Each gets a mail of their own (docs/decisions.md, groups).
 */
import { TetherError } from 'proto/errors'
import { isGroup, STATUS_JID } from 'proto/jid'
import { numberOf } from './addresses.ts'
import type { BroadcastLists } from './broadcast-lists.ts'
import type { Chats } from './chats.ts'
import type { Groups } from './groups.ts'

export interface AudiencesOptions {
  readonly ownNumber: string
  readonly chats: Pick<Chats, 'contacts'>
  readonly groups: Pick<Groups, 'assertMayWrite' | 'isMember'>
  readonly lists: Pick<BroadcastLists, 'find'>
}

export class Audiences {
  readonly #options: AudiencesOptions

  constructor(options: AudiencesOptions) {
    this.#options = options
  }

  /** Numbers that a message to this chat goes to. Throws TETHER_ERR_GROUP_*, TETHER_ERR_NOT_FOUND for an unknown list. */
  of(chat: string): string[] {
    const { ownNumber, groups, lists } = this.#options
    if (isGroup(chat)) {
      const { members } = groups.assertMayWrite(chat, ownNumber)
      return members.flatMap(({ number }) => (number === ownNumber ? [] : number))
    }
    if (chat === STATUS_JID) return this.#friends()
    const list = lists.find(chat)
    if (list === null) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such list')
    return [...list.recipients]
  }

  /** Whether somebody is still among them. Who has left a group is not; a story or a list is not taken from anybody. */
  includes(chat: string, number: string): boolean {
    return !isGroup(chat) || this.#options.groups.isMember(chat, number)
  }

  /** Those in the address book who are not blocked. */
  #friends(): string[] {
    const { ownNumber, chats } = this.#options
    return chats
      .contacts()
      .filter(({ name, blocked }) => name !== null && !blocked)
      .map(({ jid }) => numberOf(jid))
      .filter((number) => number !== ownNumber)
  }
}
