/** The table of instants (research: reliability 2.3) for groups: a message has a leg for each member. */
import t from 'tap'
import type { Phone } from '../src/phone.ts'
import { everywhere } from '../test/crash-scene.ts'
import { ALICE, BOB, CARLA } from '../test/phone-world.ts'
import { turns, until } from '../test/test-clock.ts'

const CHOIR = [ALICE, BOB, CARLA]
const all = ['Choir', 'one', 'two', 'after']
const words = (phone: Phone, group: string) =>
  phone.messages(group).map(({ text, notice }) => notice?.parameters[0] ?? text)

t.test(
  'it sends each leg of what a browser gave it once, and answers it, wherever it is killed',
  async (t) => {
    await everywhere(
      t,
      ALICE,
      async ({ browser, group }) => {
        browser.relayText('3EB0AAAA0001', group, 'one')
        await turns(60)
      },
      async (t, { phones, group, browser, world }) => {
        // without an answer a client sends the same id again
        browser.arrived = []
        browser.relayText('3EB0AAAA0001', group, 'one')
        t.match((await browser.answer('3EB0AAAA0001')).json, { status: 200 })
        await phones[ALICE].sendText(group, 'after')
        const isDone = () =>
          phones[ALICE].messages(group).every(({ notice, status }) => notice || status === 'delivered')
        await until(isDone, 'every message is delivered to both')
        await until(
          () => CHOIR.every((number) => world.relay.account(number).mailbox.length === 0),
          'all is read',
        )
        for (const number of CHOIR)
          t.strictSame(words(phones[number], group), ['Choir', 'one', 'after'], 'each once, in order')
      },
      CHOIR,
    )
  },
)

t.test('it takes messages, notices and receipts of a group once, wherever it is killed', async (t) => {
  await everywhere(
    t,
    BOB,
    async ({ phones, group }) => {
      await phones[ALICE].sendText(group, 'one')
      await phones[ALICE].groups.change(group, { kind: 'subject', subject: 'two' })
      await phones[BOB].sendText(group, 'mine').catch(() => undefined)
      await phones[BOB].markRead(group).catch(() => undefined)
      await turns(30)
    },
    async (t, { phones, group, world }) => {
      await phones[ALICE].sendText(group, 'after')
      await until(() => words(phones[BOB], group).includes('after'), 'arrival')
      await phones[BOB].markRead(group)
      await until(() => phones[ALICE].messages(group).at(-1)?.status === 'delivered', 'delivered')
      await until(
        () => CHOIR.every((number) => world.relay.account(number).mailbox.length === 0),
        'all is read',
      )
      t.strictSame(
        words(phones[BOB], group).filter((text) => text !== 'mine'),
        all,
      )
      t.equal(phones[BOB].groups.find(group)?.subject, 'two')
      const sent = words(phones[BOB], group).filter((text) => text === 'mine')
      for (const number of [ALICE, CARLA]) {
        t.strictSame(
          words(phones[number], group).filter((text) => text === 'mine'),
          sent,
        )
      }
    },
    CHOIR,
  )
})
