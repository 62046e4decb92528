/**
 * The instants at which a party may be killed, by name: one for every row of the table of research reliability 2.3 that
 * has a process to kill. The product passes them by (`crash?.at(...)`) as it passes Trace by; with nobody there it costs
 * nothing. Only a harness is ever there, and ends the party at that instant. What must be left then is in this table.
 */

/** Given by a harness. `at` does not come back when this is the end: it throws, and the party has no effect any more. */
export interface Crash {
  at(point: CrashPoint): void
}

export type CrashParty = 'sender' | 'server' | 'recipient'

/** What the files of all parties hold at that instant, of one message from the sender to the recipient. */
export interface MailLeft {
  /** In the sender's outbox. */
  readonly outbox: 0 | 1
  /** In the recipient's mailbox. */
  readonly mailbox: 0 | 1
  /** In the recipient's history. */
  readonly inbox: 0 | 1
  /** Its receipt, in the recipient's outbox. */
  readonly receipt: 0 | 1
  /** The tick in the sender's history; null: the sender has no such message. */
  readonly tick: 'pending' | 'server' | 'delivered' | null
}

export interface MailCrash {
  readonly dies: CrashParty
  /** The first pass of this point in the story, or a later one. */
  readonly pass?: number
  /** The row of the table of research 2.3. */
  readonly row: string
  readonly left: MailLeft
  /** How often the recipient shows the message in the end. */
  readonly shown: 0 | 1
}

/** Where a message and its receipt may be cut off. A server
 * passes its points once for the message and once for the receipt, which comes with the word that the message is taken:
 * one commit has both. */
// prettier-ignore
const mailRows = {
  'outbox.writing':     [{ dies: 'sender', row: "before A's outbox commit", left: left(0, 0, 0, 0, null), shown: 0 }],
  'outbox.committed':   [{ dies: 'sender', row: 'outbox committed, not sent', left: left(1, 0, 0, 0, 'pending'), shown: 1 },
                         { dies: 'recipient', row: 'receipt queued on B', left: left(0, 1, 1, 1, 'server'), shown: 1 }],
  'mail.sent':          [{ dies: 'sender', row: 'sent, server not committed', left: left(1, 0, 0, 0, 'pending'), shown: 1 },
                         { dies: 'recipient', row: 'receipt queued on B', left: left(0, 1, 1, 1, 'server'), shown: 1 }],
  'mail.received':      [{ dies: 'server', row: 'sent, server not committed', left: left(1, 0, 0, 0, 'pending'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 1, 1, 1, 'server'), shown: 1 }],
  'mail.committed':     [{ dies: 'server', row: 'server committed, ack not sent', left: left(1, 1, 0, 0, 'pending'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 0, 1, 1, 'server'), shown: 1 }],
  'mail.acked':         [{ dies: 'server', row: 'server committed, ack not sent', left: left(1, 1, 0, 0, 'pending'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 0, 1, 1, 'server'), shown: 1 }],
  'ack.received':       [{ dies: 'sender', row: "ack received, A's outbox not marked", left: left(1, 1, 0, 0, 'pending'), shown: 1 },
                         { dies: 'recipient', row: 'receipt queued on B', left: left(0, 0, 1, 1, 'server'), shown: 1 }],
  'ack.marked':         [{ dies: 'sender', row: "ack received, A's outbox not marked", left: left(0, 1, 0, 0, 'server'), shown: 1 },
                         { dies: 'recipient', row: 'receipt queued on B', left: left(0, 0, 1, 0, 'server'), shown: 1 }],
  'mail.pushed':        [{ dies: 'server', row: 'pushed to B, B not committed', left: left(1, 1, 0, 0, 'pending'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 0, 1, 1, 'server'), shown: 1 }],
  'delivery.received':  [{ dies: 'recipient', row: 'pushed to B, B not committed', left: left(0, 1, 0, 0, 'server'), shown: 1 },
                         { dies: 'sender', row: 'receipt queued on B', left: left(0, 0, 1, 0, 'server'), shown: 1 }],
  'delivery.opened':    [{ dies: 'recipient', row: 'pushed to B, B not committed', left: left(0, 1, 0, 0, 'server'), shown: 1 }],
  'delivery.committed': [{ dies: 'recipient', row: 'B committed, ack not sent', left: left(0, 1, 1, 1, 'server'), shown: 1 },
                         { dies: 'sender', row: 'receipt queued on B', left: left(0, 0, 1, 0, 'delivered'), shown: 1 }],
  'taken.received':     [{ dies: 'server', row: 'ack received, row not deleted', left: left(0, 1, 1, 1, 'server'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 0, 1, 0, 'delivered'), shown: 1 }],
  'taken.deleted':      [{ dies: 'server', row: 'ack received, row not deleted', left: left(0, 0, 1, 1, 'server'), shown: 1 },
                         { dies: 'server', pass: 2, row: 'receipt queued on B', left: left(0, 0, 1, 0, 'delivered'), shown: 1 }],
} satisfies Readonly<Record<string, readonly MailCrash[]>>

export const mailCrashes: Readonly<Record<keyof typeof mailRows, readonly MailCrash[]>> = mailRows

/** A frame of a browser on its way to its phone; not stored by anybody, so the browser gives it again under its id. */
// prettier-ignore
const relayRows = {
  'relay.forwarding':   [{ dies: 'server', row: 'relay frame to browser in flight', taken: false }],
  'relay.received':     [{ dies: 'sender', row: 'relay frame to browser in flight', taken: false }],
  'relay.answering':    [{ dies: 'sender', row: 'relay frame to browser in flight', taken: true }],
} satisfies Readonly<Record<string, readonly RelayCrash[]>>

export const relayCrashes: Readonly<Record<keyof typeof relayRows, readonly RelayCrash[]>> = relayRows

export interface RelayCrash {
  readonly dies: CrashParty
  readonly row: string
  /** Whether the phone has stored the message then. */
  readonly taken: boolean
}

/** What server and phone know of a login at that instant, and whether there is one in the end. */
export interface LoginCrash {
  readonly dies: CrashParty
  readonly row: string
  readonly server: boolean
  readonly phone: boolean
  readonly end: boolean
}

/** Pairing and its end; the sender is the phone that links the browser. */
// prettier-ignore
const loginRows = {
  'pairing.claimed':     [{ dies: 'server', row: 'pairing in progress', server: false, phone: false, end: false }],
  'pairing.committed':   [{ dies: 'server', row: 'pairing in progress', server: true, phone: false, end: false }],
  'pairing.answered':    [{ dies: 'sender', row: 'pairing in progress', server: true, phone: false, end: false }],
  'pairing.stored':      [{ dies: 'sender', row: 'pairing in progress', server: true, phone: true, end: true }],
  'revocation.stored':   [{ dies: 'sender', row: 'during revocation', server: true, phone: false, end: false }],
  'revocation.received': [{ dies: 'server', row: 'during revocation', server: true, phone: false, end: false }],
  'revocation.committed':[{ dies: 'server', row: 'during revocation', server: false, phone: false, end: false }],
} satisfies Readonly<Record<string, readonly LoginCrash[]>>

export const loginCrashes: Readonly<Record<keyof typeof loginRows, readonly LoginCrash[]>> = loginRows

export type CrashPoint = keyof typeof mailRows | keyof typeof relayRows | keyof typeof loginRows

function left(outbox: 0 | 1, mailbox: 0 | 1, inbox: 0 | 1, receipt: 0 | 1, tick: MailLeft['tick']): MailLeft {
  return { outbox, mailbox, inbox, receipt, tick }
}
