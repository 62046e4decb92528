/** The stage of a story with Baileys 4.4.0: a relay on a free port, Alice and Bob with a past, real time. */
import { ALICE, BOB, createWorld, type World, type WorldOptions } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { giveBackstory } from 'scenarios/backstory'
import { browsersOf, type Browsers } from 'scenarios/browser'
import { baileys4, type Baileys4, type Baileys4Options } from './baileys4.ts'

export interface Baileys4Story {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  /** Our own clients, for the other end of a conversation. */
  readonly browsers: Browsers
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

interface Stage {
  teardown(task: () => Promise<void>): void
}

export async function baileys4Story(
  t: Stage,
  { messages, ...options }: Omit<WorldOptions, 'clock'> & { readonly messages?: number } = {},
): Promise<Baileys4Story> {
  const made = await createWorld({ ...options, clock: 'real' })
  const world: World = {
    ...made,
    until: (predicate, within) => made.until(predicate, { withinMs: PATIENCE_MS, ...within }),
  }
  const browsers = browsersOf(world)
  const clients: Baileys4[] = []
  t.teardown(async () => {
    for (const client of clients) client.stop()
    browsers.stop()
    await world.stop()
  })
  await giveBackstory(world, messages)
  const alice = world.phone(ALICE.number)

  function client(given?: Baileys4Options): Baileys4 {
    const made = baileys4(world.serverUrl!, given)
    clients.push(made)
    return made
  }

  return {
    world,
    alice,
    bob: world.phone(BOB.number),
    browsers,
    client,
    async paired({ phone = alice, timers } = {}) {
      const made = client({ timers, scan: (qr) => void phone.scan(qr, { grant: true }) })
      await world.until(() => made.isSynced)
      return made
    },
  }
}
