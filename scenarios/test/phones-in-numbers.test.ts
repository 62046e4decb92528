/** After a story with a bit of everything, each number that docs/metrics.md lists for the phones says something. */
import t from 'tap'
import { ALICE, BOB } from 'harness'
import { limit } from 'proto/limits'
import { phonesMeasures } from 'proto/phones-measures'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { phonesAppOf } from '../src/phones-app.ts'

t.test('it leaves something in each number of the phones, and no more than happened', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const { meters } = world
  const app = await phonesAppOf(t, world)
  const atAlice = await browsers.pair('alice', alice)
  const data = world.entropy.fork('a file').bytes(2_000)
  await world.finish(alice.sendMedia(BOB.number, { type: 'document', mimetype: 'text/plain', data }))
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.media?.state === 'kept')
  // one mail is altered on its way, one frame of the browser too
  const damage = (frame: string | Uint8Array) =>
    typeof frame === 'string'
      ? frame.replace(/"body":"[^"]{9}/, '"body":"AAAAAAAAA')
      : frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 1 : byte))
  const bad = world.faults.add(
    { hop: 'phone-server', at: `phone:${BOB.number}`, way: 'in', where: isMessage, ordinal: 1 },
    { do: 'alter', to: damage },
  )
  await world.finish(alice.sendText(BOB.number, 'altered on its way'))
  await world.until(() => meters.value('mails', 'unreadable') === 1)
  bad.remove()
  const torn = world.faults.add(
    { hop: 'phone-server', at: `phone:${ALICE.number}`, way: 'in', frame: 'binary', ordinal: 1 },
    { do: 'alter', to: damage },
  )
  atAlice.send(BOB_JID, 'torn')
  await world.until(() => meters.value('drops', 'unreadable') === 1)
  torn.remove()
  // one mail is lost on its way, so that the server refuses the next
  const lost = world.faults.add(
    { hop: 'phone-server', at: `phone:${BOB.number}`, way: 'out', where: isMail, ordinal: 1 },
    { do: 'drop' },
  )
  for (const text of ['lost', 'refused']) await world.finish(bob.sendText(ALICE.number, text))
  await world.until(() => alice.messages(BOB_JID).at(-1)?.text === 'refused')
  lost.remove()
  await t.rejects(world.finish(alice.scan('no code', { grant: true })), { code: 'TETHER_ERR_QR' })
  await app.ask('GET', '/nowhere')
  // one question more than a person is asked at once
  for (let question = 0; question <= limit('CONSENT_QUESTIONS'); question++) {
    const page = browsers.open(`page ${question}`)
    await world.finish(page.start())
    await world.until(() => page.qr !== null)
    void alice.scan(page.qr!.text).catch(() => undefined)
    await world.pass(100)
  }

  const { body } = await app.ask('GET', '/metrics')
  for (const { name, kind } of Object.values(phonesMeasures)) {
    const sample = new RegExp(`^${name}${kind === 'histogram' ? '_count' : ''}(?:\\{.*\\})? (.+)$`, 'gm')
    const values = [...body.matchAll(sample)].map(([, value]) => Number(value))
    t.ok(values.length > 0 && (kind === 'gauge' || Math.max(...values) > 0), `${name}: ${values.join(' ')}`)
  }
  t.strictSame(meters.counts('pairings'), { happy: 1, errory: 1, crowded: 1 })
  t.strictSame(meters.counts('signalFailures'), { TETHER_ERR_SIGNAL_MESSAGE: 1 })
  t.strictSame(meters.counts('drops'), { unreadable: 1 })
  t.strictSame(meters.counts('media'), { uploaded: 1, fetched: 1 })
  t.strictSame(meters.counts('errors'), { TETHER_ERR_NOT_FOUND: 1 })
  t.strictSame(meters.counts('limits'), { CONSENT_QUESTIONS: 1 })
  t.equal(alice.pendingScans().length, limit('CONSENT_QUESTIONS'))
  // every mail of the phones is at the server, and each was taken by a phone: they count the same, each by itself
  const { sent, acked, taken } = meters.counts('mails')
  t.equal(sent, acked)
  t.equal(taken, acked)
  t.equal(world.server.counters.value('mails', 'stored'), acked)
})

const isMail = (frame: string | Uint8Array): boolean =>
  typeof frame === 'string' && /"type":"mail".*"kind":"(prekey|whisper)"/.test(frame)

function isMessage(frame: string | Uint8Array): boolean {
  return typeof frame === 'string' && /"type":"delivery".*"kind":"(prekey|whisper)"/.test(frame)
}
