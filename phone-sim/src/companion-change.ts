/** A person reconsiders a linked browser; one that is there notices at once. */
import { sees } from './consent.ts'
import type { Companions } from './companions.ts'
import type { Chats } from './chats.ts'
import type { PhoneLine } from './phone-line.ts'
import type { Companion, CompanionChange } from './phone-views.ts'

interface Parts {
  readonly companions: Companions
  readonly chats: Chats
}

/** Throws TETHER_ERR_NOT_FOUND, TETHER_ERR_BODY, TETHER_ERR_JID. */
export function changeCompanion(
  { companions, chats }: Parts,
  line: Pick<PhoneLine, 'pausedChanged' | 'chatsChanged'>,
  login: string,
  change: CompanionChange,
): Companion {
  const changed = companions.change(login, change)
  if (changed) {
    const { before, now } = changed
    const jids = chats.chats().map(({ jid }) => jid)
    const gone = jids.filter((jid) => sees(before.consent, jid) && !sees(now.consent, jid))
    // a chat that is not there yet counts too: its person is in the address book
    const known = now.consent.chats ?? jids
    const grew =
      known.some((jid) => !sees(before.consent, jid)) ||
      (before.consent.chats !== null && now.consent.chats === null)
    if (gone.length > 0 || grew) line.chatsChanged(login, gone, grew)
    if (before.paused !== now.paused) line.pausedChanged(login, now.paused)
  }
  return companions.view(companions.findLive(login)!)
}
