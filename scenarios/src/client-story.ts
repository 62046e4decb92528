/** The stage of a story with clients: a relay, Alice and Bob with a past; for our own client core told twice, in virtual and in real time. */
import { ALICE, BOB, createWorld, type World, type WorldOptions } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { giveBackstory } from './backstory.ts'
import { browsersOf, type Browsers } from './browser.ts'

export interface ClientStory {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  /** Our own clients. */
  readonly browsers: Browsers
}

export interface StoryOptions extends WorldOptions {
  /** How many messages the past has. */
  readonly messages?: number
  /** How long the world is waited for where nothing else is said. */
  readonly withinMs?: number
}

export interface Stage {
  teardown(task: () => Promise<void>): void
}

export const BOTH_TIMES = ['virtual', 'real'] as const

export async function clientStory(
  t: Stage,
  { messages, withinMs, ...options }: StoryOptions,
): Promise<ClientStory> {
  const made = await createWorld(options)
  const world: World =
    withinMs === undefined
      ? made
      : { ...made, until: (predicate, within) => made.until(predicate, { withinMs, ...within }) }
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  await giveBackstory(world, messages)
  return { world, browsers, alice: world.phone(ALICE.number), bob: world.phone(BOB.number) }
}
