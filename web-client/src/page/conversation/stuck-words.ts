/** What holds a message up, in words: where it is, and what would free it. One row for each reason of the client. */
import type { StuckReason } from '../../stuck.ts'

interface StuckWords {
  readonly where: string
  readonly free: string
}

// prettier-ignore
export const stuckWords: Readonly<Record<StuckReason, StuckWords>> = {
  refused:                 { where: 'Your phone or the relay did not take it.', free: 'Send it again. If it comes back, it is too large, or this chat does not let you write.' },
  notPaired:               { where: 'It waits in this browser, which no phone is linked to.', free: 'Link the browser again.' },
  paused:                  { where: 'It waits in this browser, because you have paused syncing.', free: 'Resume syncing, and it goes out.' },
  replaced:                { where: 'It waits in this browser: another browser has taken over.', free: 'Press “Use here”, and it goes out.' },
  stopped:                 { where: 'It waits in this browser, which is not connected.', free: 'Load the page again.' },
  serverRefused:           { where: 'It waits in this browser: the server does not let it in.', free: 'The line above the chats says why, and what helps.' },
  browserOffline:          { where: 'It waits in this browser: this computer has no network.', free: 'It goes out by itself when there is a network again.' },
  serverUnreachable:       { where: 'It waits in this browser: the server cannot be reached.', free: 'It goes out by itself when the server answers again.' },
  connecting:              { where: 'It waits in this browser, which is connecting.', free: 'That takes a moment.' },
  phoneDozing:             { where: 'Your phone has a network, but its app is dozing.', free: 'Wake the phone: open its app, or plug it in.' },
  phoneBatteryEmpty:       { where: 'Your phone was last heard with an almost empty battery.', free: 'Charge it and switch it on. The message goes out once, whatever happens.' },
  phoneUnreachable:        { where: 'Your phone cannot be reached, and only your phone can encrypt it for the other side.', free: 'Switch the phone on, or give it a network. The message goes out once, whatever happens.' },
  serverSilent:            { where: 'The server has not said yet that it has read it.', free: 'That takes a moment. If it does not, it is sent again on the next connection.' },
  phoneSilent:             { where: 'The relay has read it; your phone has not answered yet.', free: 'If it lasts longer, look at your phone.' },
  phoneCannotSend:         { where: 'Your phone has it, and cannot pass it on now.', free: 'Your phone tries again by itself, for instance when the relay takes its mail again.' },
  otherPhoneHasNotFetched: { where: 'It lies encrypted in the mailbox at the relay.', free: 'The other phone is there and will fetch it in a moment.' },
  otherPhoneAway:          { where: 'It lies encrypted in the mailbox at the relay; the other phone has not fetched it.', free: 'Nothing that you could do: it is delivered when the other phone is back.' },
  membersAway:             { where: 'It lies encrypted in the mailboxes at the relay; not every phone has fetched it.', free: 'Nothing that you could do: each phone gets it when it is back.' },
}
