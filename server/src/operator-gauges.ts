/** What `/metrics` shows of the present: who is connected, and how full every queue is. Read only when somebody asks. */
import type { Context } from './context.ts'
import type { Mailboxes } from './mailboxes.ts'
import type { Relay } from './relay.ts'
import type { MailTotals } from './stores.ts'

/** A look over all mailboxes takes the thread that relays, so one look serves everybody who asks in this time. */
const TOTALS_KEPT_MS = 5_000

export function watchGauges({ clock, counters, stores }: Context, relay: Relay, mailboxes: Mailboxes): void {
  let looked: { readonly at: number; readonly totals: Promise<MailTotals> } | null = null
  const totals = (): Promise<MailTotals> => {
    const at = clock.now()
    if (looked === null || at - looked.at >= TOTALS_KEPT_MS) looked = { at, totals: stores.mail.totals() }
    return looked.totals
  }
  const kept = (queue: 'away' | 'held'): number => {
    let frames = 0
    for (const { framesKept } of relay.browsers.values()) frames += framesKept[queue]
    return frames
  }
  counters.watch({
    browsers: () => relay.browsers.size,
    phones: () => relay.phones.size,
    sendQueues: () => {
      const browsers = fill(relay.browsers.values())
      const phones = fill(relay.phones.values())
      return {
        browsers: browsers.all,
        browsersMost: browsers.most,
        phones: phones.all,
        phonesMost: phones.most,
      }
    },
    frameQueues: () => ({ away: kept('away'), held: kept('held') }),
    unackedPushes: () => mailboxes.unacked,
    mailboxMails: async () => (await totals()).mails,
    mailboxBytes: async () => (await totals()).bytes,
    commitQueue: async () => (await stores.load()).waiting,
  })
  counters.show('commits', 'work', async () => (await stores.load()).commits.work)
  counters.show('commits', 'sync', async () => (await stores.load()).commits.sync)
  counters.show('commitSizes', '', async () => (await stores.load()).commits.operations)
}

function fill(queues: Iterable<{ readonly queuedBytes: number }>): { all: number; most: number } {
  let all = 0
  let most = 0
  for (const { queuedBytes } of queues) {
    all += queuedBytes
    most = Math.max(most, queuedBytes)
  }
  return { all, most }
}
