/** The stage of a story with Baileys 4.4.0: a relay on a free port, Alice and Bob with a past, real time. */
import type { Phone } from 'phone-sim/phone'
import { type ClientStory, clientStory, type Stage, type StoryOptions } from 'scenarios/client-story'
import { baileys4, type Baileys4, type Baileys4Options } from './baileys4.ts'

export interface Baileys4Story extends ClientStory {
  /** A client that connects; paired already where credentials are given. */
  client(options?: Baileys4Options): Baileys4
  /** A client that has paired with a phone, Alice's if not said, and has seen the initial sync. */
  paired(options?: Pick<Baileys4Options, 'timers'> & { readonly phone?: Phone }): Promise<Baileys4>
}

/**
 * When this process is held up, two frames that the server keeps 50 ms apart reach the client in one read, and it loses
 * the second (spec 7.4). It sends its login again after 10 s, as it would anywhere: long enough to see that. For the
 * same reason stories that resume are told one after the other: making a world holds the process up.
 */
const PATIENCE_MS = 30_000

export async function baileys4Story(
  t: Stage,
  options: Omit<StoryOptions, 'clock' | 'withinMs'> = {},
): Promise<Baileys4Story> {
  const story = await clientStory(t, { ...options, clock: 'real', withinMs: PATIENCE_MS })
  const clients: Baileys4[] = []
  t.teardown(async () => clients.forEach((client) => client.stop()))

  function client(given?: Baileys4Options): Baileys4 {
    const made = baileys4(story.world.serverUrl!, given)
    clients.push(made)
    return made
  }

  return {
    ...story,
    client,
    async paired({ phone = story.alice, timers } = {}) {
      const made = client({ timers, scan: (qr) => void phone.scan(qr, { grant: true }) })
      await story.world.until(() => made.isSynced)
      return made
    },
  }
}
