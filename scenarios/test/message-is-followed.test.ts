/** One message is followed through all programs by their logs alone, with the command of docs/operations.md. */
import t, { type Test } from 'tap'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { groupStory } from '../src/group-story.ts'
import { takeOffline } from '../src/phone-absence.ts'
import { keptLog } from '../src/kept-log.ts'
import { findMark, spellingsOf } from '../src/mark-search.ts'

const FOLLOW = fileURLToPath(new URL('../../../scripts/follow.mjs', import.meta.url))

/** The way of a message from one browser to another and of the receipt back, by the words of the lines. */
const WAY = [
  'frame.in', // server, from Alice's browser
  'frame.handed', // server, to Alice's phone
  'frame.in', // her phone
  'message.written',
  'mail.queued',
  'mail.sent',
  'mail.stored', // server, on the disk
  'mail.pushed', // server, to Bob's phone
  'message.stored', // his phone, on the disk
  'frame.out', // his phone, to his browser
  'mail.taken', // and the server may delete it
]

const RECEIPT = [
  'receipt.made',
  'mail.queued',
  'mail.sent',
  'mail.stored',
  'mail.pushed',
  'receipt.stored',
  'ack.out', // the phone of the sender
  'frame.out',
  'ack.out', // server, to its browser
]

t.test('it finds each hop of a message in order under its one id', async (t) => {
  const kept = keptLog()
  const { world, browsers, alice, bob } = await clientStory(t, { log: kept.log })
  kept.now = () => world.clock.now()
  const atAlice = await browsers.pair('alice', alice)
  const atBob = await browsers.pair('bob', bob)
  const before = atAlice.send(BOB_JID, 'before it')
  const sent = atAlice.send(BOB_JID, 'over hill and dale')
  await world.until(() => atBob.messages(ALICE_JID).some(({ id }) => id === sent.id))
  await world.until(() => atAlice.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered')

  const follow = followed(t, `a line of another kind\n${kept.text()}`)
  const { hops, status, out } = follow(sent.id)
  t.equal(status, 0)
  t.comment(out)
  t.ok(inOrder(WAY, hops), 'from the browser of the sender to that of the reader')
  t.ok(
    inOrder(['mail.stored', 'mail.acked', 'frame.out', 'frame.out'], hops),
    'the answer, back to the sender',
  )
  t.ok(inOrder(RECEIPT, hops), 'and the receipt, which both phones and the server name by the message')
  t.strictSame(follow(before.id).hops.slice(0, 3), WAY.slice(0, 3), 'another message has a way of its own')
  t.not(follow(before.id).out, out)
  t.equal(follow('3EB0NOSUCHMESSAGE').status, 1)
  t.strictSame(
    findMark(spellingsOf(sent.id), Buffer.from(kept.text())),
    [],
    'and its id itself is in no line',
  )
})

/** The way of one leg of a message to a group, and of its receipt. */
const LEG = [
  'mail.queued',
  'mail.sent',
  'mail.stored',
  'mail.pushed',
  'message.stored',
  'frame.out', // the phone of the reader, to its browser
  'frame.out', // server, to that browser
  'receipt.stored',
]

t.test('it finds the leg to each phone and to each browser of a message to a group', async (t) => {
  const kept = keptLog()
  const { world, browsers, alice, bob, carla, group } = await groupStory(t, { log: kept.log })
  kept.now = () => world.clock.now()
  const atAlice = await browsers.pair('alice', alice)
  const [atBob, atCarla] = [await browsers.pair('bob', bob), await browsers.pair('carla', carla)]
  const first = atAlice.send(group, 'to all of you')
  const has = (id: string) => [atBob, atCarla].every((at) => at.messages(group).some((row) => row.id === id))
  await world.until(() => has(first.id))
  await world.until(() => atAlice.messages(group).find(({ id }) => id === first.id)?.status === 'delivered')
  await takeOffline(world, carla)
  const second = atAlice.send(group, 'Carla is not there')
  await world.until(() => atBob.messages(group).some(({ id }) => id === second.id))
  await world.pass(5_000)

  const follow = followed(t, kept.text())
  const { out, summary } = follow(first.id)
  t.comment(out)
  const hopsOf = (leg: number) =>
    out.split('\n').flatMap((line) => new RegExp(`^\\S+Z\\s+leg ${leg}\\s+(\\S+)`).exec(line)?.[1] ?? [])
  for (const leg of [1, 2]) t.ok(inOrder(LEG, hopsOf(leg)), `leg ${leg}`)
  t.ok(
    inOrder(
      ['frame.in', 'frame.handed', 'frame.in', 'message.written', 'message.legs'],
      follow(first.id).hops,
    ),
  )
  t.match(summary, [
    /^leg 1: at the phone of the reader, and the sender knows, phone=2, told connection 2$/,
    /^leg 2: at the phone of the reader, and the sender knows, phone=3, told connection 3$/,
  ])
  t.match(follow(second.id).summary, [
    /^leg 1: at the phone of the reader, and the sender knows, phone=2, told connection 2$/,
    /^leg 2: at the server$/,
  ])
})

/** What the command says about a message in this log. */
function followed(t: Test, log: string) {
  const file = join(t.testdir(), 'all.log')
  writeFileSync(file, log)
  return (id: string) => {
    const { stdout, status } = spawnSync(process.execPath, [FOLLOW, id, file], { encoding: 'utf8' })
    const lines = stdout.split('\n')
    const hops = lines.flatMap((line) => /^\S+Z\s+(?:leg \d+\s+)?(\S+)/.exec(line)?.[1] ?? [])
    return { status, out: stdout, hops, summary: lines.filter((line) => line.startsWith('leg ')) }
  }
}

function inOrder(wanted: readonly string[], hops: readonly string[]): boolean {
  let at = 0
  for (const hop of hops) if (hop === wanted[at]) at += 1
  return at === wanted.length
}
