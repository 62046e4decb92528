/** The stage of a story about a group: Alice, Bob and Carla, who know each other, in virtual time unless said. */
import { ALICE, BOB, createWorld, type World, type WorldOptions } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { browsersOf, type Browsers } from './browser.ts'

export const CARLA = { number: '15550004444', name: 'Carla' }
export const CARLA_JID = `${CARLA.number}@s.whatsapp.net`

export interface GroupStory {
  readonly world: World
  readonly alice: Phone
  readonly bob: Phone
  readonly carla: Phone
  readonly browsers: Browsers
  /** Alice's group with Bob and Carla; every phone has it. */
  readonly group: string
}

interface Stage {
  teardown(task: () => Promise<void>): void
}

export async function groupStory(t: Stage, options: WorldOptions = {}): Promise<GroupStory> {
  const world = await createWorld({ phones: [ALICE, BOB, CARLA], ...options })
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  const [alice, bob, carla] = [ALICE, BOB, CARLA].map(({ number }) => world.phone(number))
  for (const phone of world.phones) await world.finish(phone.importContacts([ALICE, BOB, CARLA]))
  const made = await world.finish(alice.groups.create('Choir', [BOB.number, CARLA.number]))
  const group = made.group.jid
  await world.until(() => world.phones.every((phone) => phone.messages(group).length === 1))
  return { world, alice, bob, carla, browsers, group }
}

/** What a phone shows of a chat: who wrote what, notices by their name. */
export function linesOf(phone: Phone, chat: string): string[] {
  return phone.messages(chat).map(({ author, text, notice }) => {
    const who = [ALICE, BOB, CARLA].find(({ number }) => author.startsWith(number))?.name ?? author
    return notice ? `${who}: ${notice.stub} ${notice.parameters.join(' ')}`.trim() : `${who}: ${text}`
  })
}
