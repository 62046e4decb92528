/** The stage of stories in which a phone is killed before and after each of its transactions, and starts again. */
import type { Test } from 'tap'
import type { Phone } from '../src/phone.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { BrowserDouble } from './browser-double.ts'
import { CrashStore, type Instant } from './crash-store.ts'
import { ALICE, BOB, CARLA, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

export interface Scene {
  readonly world: PhoneWorld
  readonly crash: CrashStore
  /** Either phone, the victim's as it is after its restart. */
  readonly phones: Record<string, Phone>
  readonly browser: BrowserDouble
  /** A group of all of them, Alice's; '' when there are two. */
  readonly group: string
  restart(): Promise<void>
}

let files = 0

const NAMES: Readonly<Record<string, string>> = { [ALICE]: 'Alice', [BOB]: 'Bob', [CARLA]: 'Carla' }

/** Phones that know each other, and a browser linked to the one that will be killed. */
async function scene(folder: string, victim: string, numbers: readonly string[]): Promise<Scene> {
  const world = new PhoneWorld()
  const crash = new CrashStore(`${folder}/${++files}.db`, world.clock)
  const prekeys = 2 // what is made at registration is not what is looked at here
  const options = { prekeys, store: crash.store, connect: crash.connect(world.relay.connect) }
  const phones: Record<string, Phone> = {}
  for (const number of numbers) {
    phones[number] = await world.phone(number, NAMES[number], number === victim ? options : { prekeys })
  }
  crash.onCrash = () => world.relay.cut(victim)
  const browser = await world.linked(phones[victim])
  await phones[ALICE].sendText(BOB, 'before')
  await until(() => phones[ALICE].messages(jid(BOB))[0]?.status === 'delivered', 'a session')
  let group = ''
  if (numbers.length > 2) {
    group = (await phones[ALICE].groups.create('Choir', numbers.slice(1))).group.jid
    await until(() => numbers.every((number) => phones[number].messages(group).length === 1), 'a group')
  }
  return {
    world,
    crash,
    phones,
    browser,
    group,
    async restart() {
      const image = crash.kill()
      await turns(5)
      const store = openPhoneStore(image, { clock: world.clock })
      phones[victim] = await world.phone(victim, 'Again', { store })
    },
  }
}

/** Runs a story with a crash at every instant; `story` is begun before the crash, `check` looks after the restart. */
export async function everywhere(
  t: Test,
  victim: string,
  story: (scene: Scene) => Promise<void>,
  check: (t: Test, scene: Scene) => Promise<void>,
  numbers: readonly string[] = [ALICE, BOB],
): Promise<void> {
  const folder = t.testdir()
  let instants = 0
  for (const instant of ['before', 'after'] as Instant[]) {
    for (let cut = 1; ; cut++) {
      const made = await scene(folder, victim, numbers)
      made.crash.plan(cut, instant)
      await story(made)
      await until(() => made.crash.dead || made.crash.transactions < cut, 'the crash')
      await turns(30)
      const wasKilled = made.crash.dead
      if (wasKilled) await made.restart()
      else made.crash.plan(0, instant) // the story is over: what follows is not cut
      await check(t, made)
      await made.world.stop()
      if (!wasKilled) break
      instants++
    }
  }
  t.ok(instants > 3, `killed at ${instants} instants`)
}
