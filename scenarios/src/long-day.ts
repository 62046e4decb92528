/**
 * One long day of two people, in virtual time: everything that issues keys, ids, IVs, retries and jitter happens in it.
 * Run as a program with a seed it prints the hash of the transcript and of the trace, for comparison between processes.
 */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { ALICE, BOB, createWorld } from 'harness'
import { ALICE_JID, BOB_JID, giveBackstory } from './backstory.ts'
import { browserPlace, browsersOf } from './browser.ts'
import { takeOffline } from './phone-absence.ts'
import { RawBrowser } from './raw-browser.ts'
import { query } from './raw-story.ts'

export interface LongDay {
  readonly transcript: string
  readonly trace: string
  /** The transcript for reading, frames cut short. */
  readonly text: string
  readonly frames: number
}

export async function longDay(seed: string): Promise<LongDay> {
  const world = await createWorld({ seed, challenge: true })
  const browsers = browsersOf(world)
  const [alice, bob] = [world.phone(ALICE.number), world.phone(BOB.number)]
  await giveBackstory(world, 30)
  const carla = await world.addPhone({ number: '15550004444', name: 'Carla' })

  const atAlice = await browsers.pair(browserPlace('alice'), alice)
  const atBob = await browsers.pair(browserPlace('bob'), bob)
  atAlice.send(BOB_JID, 'Morning!')
  atBob.send(ALICE_JID, 'Coffee first.')
  await world.finish(carla.sendText(ALICE_JID, 'Rehearsal is at seven.'))
  await world.until(() => atAlice.messages(carla.jid).length === 1)
  atAlice.send(carla.jid, 'Seven. Got it.')
  await world.until(() => atAlice.messages(carla.jid).at(-1)?.status === 'delivered')
  while (atAlice.chat(BOB_JID)!.hasOlder) await world.finish(atAlice.loadOlder(BOB_JID))
  atBob.markRead(ALICE_JID)

  const { group } = await world.finish(
    atAlice.groups.create('Band', [BOB_JID, carla.jid]).then((made) => ({ group: made.jid })),
  )
  await world.finish(carla.sendText(group, 'Who brings the drums?'))
  atBob.send(group, 'Not me.')
  await world.finish(atAlice.groups.promote(group, [BOB_JID]))
  await world.until(() => atBob.messages(group).length === 4)
  atBob.markRead(group)

  browsers.loseSockets()
  await world.until(() => atAlice.state === 'offline')
  await world.finish(bob.sendText(ALICE_JID, 'Are you gone?'))
  await world.until(() => atAlice.state === 'open' && atBob.state === 'open')
  await world.until(() => atAlice.messages(BOB_JID).at(-1)?.text === 'Are you gone?')
  await takeOffline(world, alice)
  atAlice.send(BOB_JID, 'My phone is in the cellar.')
  await world.until(() => atAlice.state === 'phoneUnreachable')
  alice.setDevice({ network: 'cell', batteryPercent: 14 })
  await world.until(() => atAlice.messages(BOB_JID).at(-1)?.status === 'delivered')

  const raw = await RawBrowser.connect(world, 'raw')
  await raw.pair(alice)
  raw.sayNode(query('chat'))
  await world.virtual!.jump(2 * 86_400_000)
  await world.pass(120_000)
  await world.finish(atBob.logout())
  await world.pass(5_000)
  browsers.stop()
  await world.stop()
  return {
    transcript: world.transcript.hash(),
    trace: createHash('sha256').update(JSON.stringify(world.trace.events)).digest('hex'),
    text: world.transcript.text(80),
    frames: world.transcript.entries.length,
  }
}

const [, program, seed] = process.argv
if (program === fileURLToPath(import.meta.url)) {
  const { transcript, trace, frames } = await longDay(seed ?? '')
  process.stdout.write(JSON.stringify({ transcript, trace, frames }))
}
