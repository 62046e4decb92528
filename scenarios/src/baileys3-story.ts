/** The stage of a story with Baileys 3.5.3: a relay on a free port, Alice and Bob with a past, real time. */
import { ALICE, BOB, createWorld, type World, type WorldOptions } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { giveBackstory } from './backstory.ts'
import { baileys3, type Baileys3, type Baileys3Credentials } from './baileys3.ts'
import { browsersOf, type Browsers } from './browser.ts'

export interface Baileys3Story {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  /** Our own clients, for the other end of a conversation. */
  readonly browsers: Browsers
  /** A client that is not connected; paired already where credentials are given. */
  client(saved?: Baileys3Credentials): Baileys3
  /** A client that has paired with Alice and has seen the initial sync. */
  paired(): Promise<Baileys3>
}

interface Stage {
  teardown(task: () => Promise<void>): void
}

export async function baileys3Story(
  t: Stage,
  { messages, ...options }: Omit<WorldOptions, 'clock'> & { readonly messages?: number } = {},
): Promise<Baileys3Story> {
  const world = await createWorld({ ...options, clock: 'real' })
  const browsers = browsersOf(world)
  const clients: Baileys3[] = []
  t.teardown(async () => {
    for (const client of clients) client.stop()
    browsers.stop()
    await world.stop()
  })
  await giveBackstory(world, messages)
  const alice = world.phone(ALICE.number)

  function client(saved?: Baileys3Credentials): Baileys3 {
    const made = baileys3(world.serverUrl!, saved)
    clients.push(made)
    return made
  }

  return {
    world,
    alice,
    bob: world.phone(BOB.number),
    browsers,
    client,
    async paired() {
      const made = client()
      const synced = made.event('initial-data-received')
      await made.connect((qr) => void alice.scan(qr, { grant: true }))
      await synced
      return made
    },
  }
}

/** Connects with credentials or again, and waits for the end of the sync. */
export async function connectAndSync(client: Baileys3): Promise<void> {
  const synced = client.event('initial-data-received')
  await client.connect()
  await synced
}

/** Connects a client that is expected to be refused; what it throws. */
export async function refusalOf(client: Baileys3): Promise<unknown> {
  try {
    return { opened: await client.connect() }
  } catch (error) {
    return error
  }
}
