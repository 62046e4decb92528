/** E3: strangers fetch the one-time prekeys of somebody until none is left for friends. */
import t, { type Test } from 'tap'
import { ALICE, BOB } from 'harness'
import { limit } from 'proto/limits'
import { clientStory } from '../src/client-story.ts'
import { BOB_JID } from '../src/backstory.ts'

const CLAIMS = 1_000
const stranger = (at: number): string => String(15_556_000_000 + at)

/** Alice, whose phone is off and refills nothing, and has Bob in her address book. */
async function stage(t: Test) {
  const story = await clientStory(t, { clock: 'virtual' })
  const { world, alice } = story
  await world.pass(1_000)
  alice.setDevice({ network: 'none' })
  await world.pass(1_000)
  const { prekeys } = world.stores
  const claim = (by?: string) =>
    world.finish(
      prekeys.claim({ number: ALICE.number, oneTime: true, at: world.clock.now(), ...(by && { by }) }),
    )
  return { ...story, claim, stock: () => world.finish(prekeys.stock(ALICE.number)) }
}

t.test('unhardened: a server that does not ask who asks gives all of them to strangers', async (t) => {
  const { claim, stock } = await stage(t)
  const first = await stock()
  t.ok(first > limit('PREKEY_RESERVE') && first < CLAIMS, `${first} to begin with`)
  let given = 0
  for (let at = 0; at < CLAIMS; at++) if ((await claim())?.prekey) given++
  t.equal(given, first)
  t.equal(await stock(), 0)
  t.equal((await claim(BOB.number))?.prekey, null, 'and a friend gets none')
})

t.test('ours: a thousand strangers leave the reserve to the address book', async (t) => {
  const { claim, stock } = await stage(t)
  const first = await stock()
  let given = 0
  for (let at = 0; at < CLAIMS; at++) if ((await claim(stranger(at)))?.prekey) given++
  t.equal(given, first - limit('PREKEY_RESERVE'))
  t.equal(await stock(), limit('PREKEY_RESERVE'))
  t.ok((await claim(BOB.number))?.prekey, 'a friend gets one')
})

t.test('ours: phones of strangers write all the same, without a one-time prekey', async (t) => {
  const { world, alice, bob, claim, stock } = await stage(t)
  while ((await stock()) > limit('PREKEY_RESERVE') + 3) await claim()
  for (let at = 0; at < 6; at++) {
    const phone = await world.addPhone({ number: stranger(at), name: `Stranger ${at}` })
    await world.finish(phone.sendText(ALICE.number, `from stranger ${at}`))
    await world.until(() => phone.hasSentAll())
  }
  t.equal(await stock(), limit('PREKEY_RESERVE'), '3 got one, 3 did not')
  await world.finish(bob.sendText(ALICE.number, 'from a friend'))
  await world.until(() => bob.hasSentAll())
  t.equal(await stock(), limit('PREKEY_RESERVE') - 1)
  alice.setDevice({ network: 'wifi' })
  for (let at = 0; at < 6; at++) {
    const jid = `${stranger(at)}@s.whatsapp.net`
    await world.until(() => alice.messages(jid).some(({ text }) => text === `from stranger ${at}`))
  }
  await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'from a friend'))
})
