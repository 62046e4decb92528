/** Nothing is lost, doubled or out of order, however often links break: many seeded days with a bad network. */
import t from 'tap'
import type { Phone } from 'phone-sim/phone'
import { fraction, seededEntropy } from 'proto/entropy'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'
import { seedsOf } from '../src/seeds.ts'

const SEEDS = 16
const MESSAGES = 24
const TROUBLES = 14
const SETTLE_MS = 180_000

for (const seed of seedsOf('network', SEEDS)) {
  t.test(
    `it delivers every message once and in order with a bad network (TETHER_SEED='${seed}')`,
    async (t) => {
      const { browsers, alice, bob, world } = await clientStory(t, { clock: 'virtual', seed })
      const chance = seededEntropy(seed)
      const upTo = (most: number) => Math.floor(fraction(chance) * most)
      const atAlice = await browsers.pair('alice', alice)
      const atBob = await browsers.pair('bob', bob)
      const phones = [alice, bob]
      const writing: Promise<unknown>[] = []
      const write = (phone: Phone, jid: string, text: string) => {
        phone.setDevice({ app: 'running' }) // one cannot write on a phone without opening it
        writing.push(phone.sendText(jid, text))
      }

      const deeds: (() => void)[] = []
      for (let n = 1; n <= MESSAGES; n++) {
        deeds.push(
          [
            () => void atAlice.send(BOB_JID, `browser A ${n}`),
            () => void atBob.send(ALICE_JID, `browser B ${n}`),
            () => write(alice, BOB_JID, `phone A ${n}`),
            () => write(bob, ALICE_JID, `phone B ${n}`),
          ][upTo(4)],
        )
      }
      for (let n = 0; n < TROUBLES; n++) {
        const phone = phones[upTo(2)]
        // prettier-ignore
        const trouble = [
        () => world.sever(),
        () => phone.setDevice({ network: 'none' }),
        () => phone.setDevice({ network: 'wifi' }),
        () => phone.setDevice({ app: 'killed' }),
        () => phone.setDevice({ app: 'dozing' }),
        () => phone.setDevice({ app: 'running', network: 'cell' }),
      ][upTo(6)]
        deeds.splice(upTo(deeds.length), 0, trouble)
      }
      const said: string[] = []
      for (const deed of deeds) {
        deed()
        await world.pass(upTo(upTo(4) === 0 ? 8_000 : 30))
      }
      for (const phone of phones) phone.setDevice({ app: 'running', network: 'wifi' })
      await world.finish(Promise.all(writing))
      await world.pass(SETTLE_MS)

      const [ofAlice, ofBob] = [alice.messages(BOB_JID, 500), bob.messages(ALICE_JID, 500)]
      for (const { text } of ofAlice) if (!text.startsWith('old')) said.push(text)
      t.equal(said.length, MESSAGES, 'everything is in the first phone')
      t.equal(new Set(said).size, said.length, 'nothing is there twice')
      t.strictSame(texts(ofBob).sort(), [...said].sort(), 'the second phone has the same')
      t.strictSame(texts(atAlice.messages(BOB_JID)).sort(), [...said].sort(), 'so has the first browser')
      t.strictSame(texts(atBob.messages(ALICE_JID)).sort(), [...said].sort(), 'and the second')
      for (const [own, other] of [
        [ofAlice, ofBob],
        [ofBob, ofAlice],
      ] as const) {
        const [written, received] = [
          own.filter(({ fromMe }) => fromMe),
          other.filter(({ fromMe }) => !fromMe),
        ]
        t.strictSame(texts(received), texts(written), 'in the order in which the phone of the writer took it')
        const typed = numbersOf(written, 'phone')
        t.strictSame(
          typed,
          [...typed].sort((a, b) => a - b),
          'which for a phone is the order of writing',
        )
        t.notOk(
          written.some(({ status }) => status === 'pending'),
          'nothing is pending',
        )
      }
      t.equal(world.server.counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)
    },
  )
}

function texts(messages: readonly { readonly text: string }[]): string[] {
  return messages.map(({ text }) => text).filter((text) => !text.startsWith('old'))
}

function numbersOf(messages: readonly { readonly text: string }[], writer: string): number[] {
  return texts(messages)
    .filter((text) => text.startsWith(writer))
    .map((text) => Number(text.split(' ').at(-1)))
}
