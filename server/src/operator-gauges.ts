/** What `/metrics` shows of the present: who is connected, and how full every queue is. Read only when somebody asks. */
import type { Context } from './context.ts'
import type { Mailboxes } from './mailboxes.ts'
import type { Relay } from './relay.ts'

export function watchGauges({ counters, stores }: Context, relay: Relay, mailboxes: Mailboxes): void {
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
    mailboxMails: async () => (await stores.mail.totals()).mails,
    mailboxBytes: async () => (await stores.mail.totals()).bytes,
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
