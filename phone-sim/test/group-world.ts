/** Three phones on a relay double, in one group of Alice's. */
import type { Test } from 'tap'
import type { GroupChange } from 'proto/group'
import type { Phone } from '../src/phone.ts'
import { ALICE, BOB, CARLA, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

export interface Choir {
  readonly world: PhoneWorld
  readonly alice: Phone
  readonly bob: Phone
  readonly carla: Phone
  readonly group: string
  /** Alice changes the group; resolves when all who are told have it. */
  change(change: GroupChange, by?: Phone): Promise<void>
}

export async function choir(t: Test): Promise<Choir> {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const carla = await world.phone(CARLA, 'Carla')
  const { group } = await alice.groups.create('Choir', [BOB, CARLA])
  const version = () => world.relay.groups.facts(group.jid).version
  const hasHeard = (phone: Phone) =>
    world.relay.account(phone.number).mailbox.length === 0 && phone.groups.find(group.jid) !== null
  await until(() => [alice, bob, carla].every(hasHeard), 'the group')
  return {
    ...{ world, alice, bob, carla, group: group.jid },
    async change(change, by = alice) {
      const before = version()
      await by.groups.change(group.jid, change)
      await until(() => version() > before && [alice, bob, carla].every(hasHeard), change.kind)
    },
  }
}

/** What a phone shows of a chat, notices by their name. */
export function lines(phone: Phone, chat: string): string[] {
  return phone.messages(chat).map(({ text, notice }) => notice?.stub ?? text)
}
