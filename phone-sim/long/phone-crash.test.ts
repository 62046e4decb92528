/**
 * The table of instants (research: reliability 2.3), seen from the phones: one of them is killed before and after each
 * of its transactions, and starts again from what its file holds. Nothing is lost, nothing comes twice.
 */
import t from 'tap'
import { revokeMessage } from 'proto/web-message'
import type { Phone } from '../src/phone.ts'
import { everywhere, type Scene } from '../test/crash-scene.ts'
import { ALICE, BOB, jid, textsOf } from '../test/phone-world.ts'
import { turns, until } from '../test/test-clock.ts'

/** Both phones have the same history of each other, and every own message has come as far as it can. */
async function agrees({ phones, world }: Scene, status = 'delivered'): Promise<void> {
  const [alice, bob] = [phones[ALICE], phones[BOB]]
  const isSettled = (phone: Phone, other: string) =>
    phone.messages(jid(other)).every(({ fromMe, status: has }) => !fromMe || has === status || has === 'read')
  await until(
    () =>
      textsOf(alice, BOB).sort().join() === textsOf(bob, ALICE).sort().join() &&
      isSettled(alice, BOB) &&
      isSettled(bob, ALICE) &&
      [ALICE, BOB].every((number) => world.relay.account(number).mailbox.length === 0),
    'the phones agree',
  )
}

t.test('it loses and doubles nothing that its person wrote, wherever it is killed', async (t) => {
  await everywhere(
    t,
    ALICE,
    async ({ phones }) => {
      for (const text of ['one', 'two']) await phones[ALICE].sendText(BOB, text).catch(() => undefined)
      await turns(30)
    },
    async (t, made) => {
      await made.phones[ALICE].sendText(BOB, 'after')
      await agrees(made)
      const texts = textsOf(made.phones[BOB], ALICE)
      t.strictSame(texts, textsOf(made.phones[ALICE], BOB), 'each once, in the order they were written')
      t.equal(new Set(texts).size, texts.length)
    },
  )
})

t.test('it loses and doubles nothing that came to it, wherever it is killed', async (t) => {
  await everywhere(
    t,
    BOB,
    async ({ phones }) => {
      for (const text of ['one', 'two']) await phones[ALICE].sendText(BOB, text)
      await turns(30)
      await phones[BOB].markRead(jid(ALICE)).catch(() => undefined)
      await turns(30)
    },
    async (t, made) => {
      await made.phones[ALICE].sendText(BOB, 'after')
      await agrees(made)
      t.strictSame(textsOf(made.phones[BOB], ALICE), ['before', 'one', 'two', 'after'])
      const seen = made.browser.allTexts().filter((text) => text === 'after')
      t.equal(seen.length, 1, 'the browser goes on')
    },
  )
})

t.test('it sends once what a browser gave it, wherever it is killed', async (t) => {
  await everywhere(
    t,
    ALICE,
    async ({ browser }) => {
      browser.relayText('3EB0AAAA0001', jid(BOB), 'one')
      browser.relayText('3EB0AAAA0002', jid(BOB), 'two')
      await turns(60)
    },
    async (t, made) => {
      // without an answer a client sends the same ids again
      for (const [id, text] of [
        ['3EB0AAAA0001', 'one'],
        ['3EB0AAAA0002', 'two'],
      ] as const) {
        made.browser.arrived = []
        made.browser.relayText(id, jid(BOB), text)
        t.match((await made.browser.answer(id)).json, { status: 200 })
      }
      await agrees(made)
      t.strictSame(textsOf(made.phones[BOB], ALICE), ['before', 'one', 'two'])
    },
  )
})

t.test('it takes a message back on both phones or on none, wherever it is killed', async (t) => {
  await everywhere(
    t,
    ALICE,
    async ({ browser, phones }) => {
      const { id } = phones[ALICE].messages(jid(BOB))[0]
      const to = { remoteJid: jid(BOB), fromMe: true }
      const revoked = { ...to, id }
      browser.relay(revokeMessage({ ...to, id: '3EB0BBBB0001', timestampS: 1_600_000_001, revoked }))
      await turns(60)
    },
    async (t, made) => {
      await made.phones[ALICE].sendText(BOB, 'after')
      await agrees(made)
      const [here, there] = [made.phones[ALICE].messages(jid(BOB)), made.phones[BOB].messages(jid(ALICE))]
      t.equal(here[0].type, there[0].type)
      t.equal(here.length, 2)
    },
  )
})

t.test('it links a browser wholly or not at all, wherever it is killed', async (t) => {
  await everywhere(
    t,
    ALICE,
    async (made) => {
      await made.phones[ALICE].scan(made.world.browser().qr, { grant: true }).catch(() => undefined)
      await made.phones[ALICE].sendText(BOB, 'more').catch(() => undefined)
      await turns(30)
    },
    async (t, { phones, world }) => {
      await turns(20)
      t.strictSame(
        phones[ALICE].companions()
          .map(({ id }) => id)
          .sort(),
        [...world.relay.account(ALICE).logins].sort(),
        'phone and server know the same logins',
      )
    },
  )
})

t.test('it ends a login for good, wherever it is killed', async (t) => {
  await everywhere(
    t,
    ALICE,
    async ({ phones, browser }) => {
      const killed = await phones[ALICE].unpair(browser.login).catch(() => 'killed')
      if (killed !== 'killed') await phones[ALICE].sendText(BOB, 'one').catch(() => undefined)
      await phones[ALICE].sendText(BOB, 'two').catch(() => undefined)
      await turns(30)
    },
    async (t, { phones, world, browser }) => {
      // killed before anything was written: the person sees the browser still there and ends it again
      if (phones[ALICE].companions().length > 0) await phones[ALICE].unpair(browser.login)
      await until(() => world.relay.account(ALICE).logins.length === 0, 'the server knows')
      t.strictSame(phones[ALICE].companions(), [])
    },
  )
})
