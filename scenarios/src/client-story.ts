/** The stage of a story with our own client core, told twice: in virtual and in real time. */
import { ALICE, BOB, createWorld, type World, type WorldOptions } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { giveBackstory } from './backstory.ts'
import { browsersOf, type Browsers } from './browser.ts'

export interface ClientStory {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  readonly browsers: Browsers
}

interface Stage {
  teardown(task: () => Promise<void>): void
}

export const BOTH_TIMES = ['virtual', 'real'] as const

export async function clientStory(
  t: Stage,
  { messages, ...options }: WorldOptions & { readonly messages?: number },
): Promise<ClientStory> {
  const world = await createWorld(options)
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  await giveBackstory(world, messages)
  return { world, browsers, alice: world.phone(ALICE.number), bob: world.phone(BOB.number) }
}
