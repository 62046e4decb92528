/**
 * Where an own message is, hop by hop, and what holds it there: each place and each reason is really caused, and nothing
 * is shown that the browser cannot know.
 */
import t from 'tap'
import { type Client, hopOf, hopsOf } from 'web-client'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

const NOBODY_JID = '15559999999@s.whatsapp.net'

/** What a page shows of one message: its place, and why it is not further. */
function showing(page: Client, jid: string, id: string) {
  const message = () => page.messages(jid).find((each) => each.fromMe && each.id === id)!
  return {
    hop: () => hopOf(message()),
    stuck: () => page.whyStuck(message()),
    way: () => hopsOf(message()).map(({ hop, is }) => `${hop} ${is}`),
  }
}

t.test('nothing holds it: out, in the mailbox, on the other phone, read', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  const { id } = page.send(BOB_JID, 'quick')
  const { hop, stuck, way } = showing(page, BOB_JID, id)
  t.equal(hop(), 'waiting')
  t.equal(stuck(), null, 'it has only just been written')
  await world.until(() => hop() === 'delivered')
  t.equal(stuck(), null)
  await world.finish(bob.markRead(ALICE_JID))
  await world.until(() => hop() === 'read')
  t.same(way(), ['waiting past', 'relay past', 'phone past', 'mailbox past', 'delivered past', 'read here'])
})

t.test('the own phone has no network: the relay has it, then the phone, then the mailbox', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.pass(3_000)
  await takeOffline(world, alice)
  const heardAt = page.phoneHeardAt
  const { id } = page.send(BOB_JID, 'on the train')
  const { hop, stuck, way } = showing(page, BOB_JID, id)
  await world.until(() => hop() === 'relay', { withinMs: 2_000 })
  t.equal(page.state, 'open', 'nobody has said yet that the phone is away')
  await world.pass(4_000)
  t.match(stuck(), { hop: 'relay', reason: 'phoneSilent' }, 'so much is known, and no more')
  await world.until(() => page.state === 'phoneUnreachable', { withinMs: 20_000 })
  t.match(stuck(), { hop: 'relay', reason: 'phoneUnreachable', freed: 'phoneNetwork', since: heardAt })
  t.same(way().slice(0, 3), ['waiting past', 'relay here', 'phone ahead'])

  browsers.loseSockets()
  await world.until(() => page.state === 'offline')
  t.equal(hop(), 'waiting', 'what the relay has read and not passed on is worth nothing now')
  t.match(stuck(), { hop: 'waiting', reason: 'serverUnreachable', freed: 'serverBack', retryAt: Number })
  await world.until(() => page.state === 'phoneUnreachable', { withinMs: 5_000 })
  t.ok(world.clock.now() - page.stateSince < 5_000, 'the server says at once that the phone is away')
  await bringBack(world, alice)
  await world.until(() => hop() === 'delivered', { withinMs: 30_000 })
  t.equal(stuck(), null)
})

t.test('the own phone dozes, or has run out of charge', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.pass(3_000)
  alice.setDevice({ app: 'dozing' })
  const { id } = page.send(BOB_JID, 'wake up')
  const { hop, stuck } = showing(page, BOB_JID, id)
  await world.until(() => page.phone.asleep, { withinMs: 60_000 })
  t.match(stuck(), { hop: 'relay', reason: 'phoneDozing', freed: 'phoneAwake' })
  alice.setDevice({ app: 'running' })
  await world.until(() => hop() === 'delivered', { withinMs: 30_000 })

  alice.setDevice({ batteryPercent: 2, plugged: false })
  await world.until(() => page.phone.batteryPercent === 2)
  await takeOffline(world, alice)
  const last = showing(page, BOB_JID, page.send(BOB_JID, 'and now?').id)
  await world.until(() => page.state === 'phoneUnreachable', { withinMs: 30_000 })
  t.match(last.stuck(), { reason: 'phoneBatteryEmpty', freed: 'phoneCharged' })
})

t.test('the phone has it and cannot get it to the server', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await world.pass(3_000)
  const loss = world.faults.add(
    {
      ...{ hop: 'phone-server', at: `phone:${alice.number}`, way: 'out', frame: 'text' },
      where: (frame) => String(frame).includes('"type":"mail"'),
    },
    { do: 'drop' },
  )
  const { hop, stuck } = showing(page, BOB_JID, page.send(BOB_JID, 'lost mail').id)
  await world.until(() => hop() === 'phone', { withinMs: 10_000 })
  t.ok(loss.worked > 0)
  t.match(stuck(), { hop: 'phone', reason: 'phoneCannotSend' })

  const later = browserPlace('alice elsewhere')
  const other = await browsers.pair(later, alice)
  await world.until(() => other.messages(BOB_JID).at(-1)?.text === 'lost mail')
  t.equal(hopOf(other.messages(BOB_JID).at(-1)!), 'phone', 'another browser sees it waiting there too')
  t.match(stuck(), { hop: 'phone', reason: 'replaced', freed: 'useHere' })
  loss.remove()
  await takeOffline(world, alice)
  await bringBack(world, alice)
  await world.until(() => hopOf(other.messages(BOB_JID).at(-1)!) === 'delivered', { withinMs: 60_000 })
})

t.test('the other phone is away: it lies in the mailbox', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  await takeOffline(world, bob)
  const { hop, stuck } = showing(page, BOB_JID, page.send(BOB_JID, 'when you are back').id)
  await world.until(() => hop() === 'mailbox')
  await world.pass(5_000)
  t.match(stuck(), { hop: 'mailbox', reason: 'otherPhoneAway', freed: 'otherPhone' })
  await bringBack(world, bob)
  await world.until(() => hop() === 'delivered')
  t.equal(stuck(), null)
})

t.test('it was refused, it is paused, it is no longer logged in', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const page = await browsers.pair('alice', alice)
  const refused = showing(page, NOBODY_JID, page.send(NOBODY_JID, 'is anybody there?').id)
  await world.until(() => refused.hop() === 'failed')
  t.match(refused.stuck(), { hop: 'failed', reason: 'refused', freed: 'resend' })
  t.same(refused.way(), ['failed here'])

  page.pause()
  t.equal(page.state, 'paused')
  const { hop, stuck } = showing(page, BOB_JID, page.send(BOB_JID, 'later').id)
  await world.pass(60_000)
  t.match(stuck(), { hop: 'waiting', reason: 'paused', freed: 'unpause', since: page.stateSince })
  page.unpause()
  await world.until(() => hop() === 'delivered')
})
