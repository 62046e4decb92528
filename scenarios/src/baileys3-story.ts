/** The stage of a story with Baileys 3.5.3: a relay on a free port, Alice and Bob with a past, real time. */
import { baileys3, type Baileys3, type Baileys3Credentials } from './baileys3.ts'
import { type ClientStory, clientStory, type Stage, type StoryOptions } from './client-story.ts'

export interface Baileys3Story extends ClientStory {
  /** A client that is not connected; paired already where credentials are given. `from` is its address. */
  client(saved?: Baileys3Credentials, from?: string): Baileys3
  /** A client that has paired with Alice and has seen the initial sync. */
  paired(): Promise<Baileys3>
}

export async function baileys3Story(
  t: Stage,
  options: Omit<StoryOptions, 'clock'> = {},
): Promise<Baileys3Story> {
  const story = await clientStory(t, { ...options, clock: 'real' })
  const clients: Baileys3[] = []
  t.teardown(async () => clients.forEach((client) => client.stop()))

  function client(saved?: Baileys3Credentials, from?: string): Baileys3 {
    const made = baileys3(story.world.serverUrl!, saved, from)
    clients.push(made)
    return made
  }

  return {
    ...story,
    client,
    async paired() {
      const made = client()
      const synced = made.event('initial-data-received')
      await made.connect((qr) => void story.alice.scan(qr, { grant: true }))
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
