/**
 * The table of instants (research: reliability 2.3), seen from the phones: one of them is killed before and after each
 * of its transactions, and starts again from what its file holds. Nothing is lost, nothing comes twice.
 */
import t, { type Test } from 'tap'
import { revokeMessage } from 'proto/web-message'
import type { Phone } from '../src/phone.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { BrowserDouble } from './browser-double.ts'
import { CrashStore, type Instant } from './crash-store.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

interface Scene {
  readonly world: PhoneWorld
  readonly crash: CrashStore
  /** Either phone, the victim's as it is after its restart. */
  readonly phones: Record<string, Phone>
  readonly browser: BrowserDouble
  restart(): Promise<void>
}

let files = 0

/** Two phones that know each other, and a browser linked to the one that will be killed. */
async function scene(folder: string, victim: string): Promise<Scene> {
  const world = new PhoneWorld()
  const crash = new CrashStore(`${folder}/${++files}.db`, world.clock)
  const prekeys = 2 // what is made at registration is not what is looked at here
  const options = { prekeys, store: crash.store, connect: crash.connect(world.relay.connect) }
  const phones: Record<string, Phone> = {}
  for (const [number, name] of [
    [ALICE, 'Alice'],
    [BOB, 'Bob'],
  ] as const) {
    phones[number] = await world.phone(number, name, number === victim ? options : { prekeys })
  }
  crash.onCrash = () => world.relay.cut(victim)
  const browser = await world.linked(phones[victim])
  await phones[ALICE].sendText(BOB, 'before')
  await until(() => phones[ALICE].messages(jid(BOB))[0]?.status === 'delivered', 'a session')
  return {
    world,
    crash,
    phones,
    browser,
    async restart() {
      const image = crash.kill()
      await turns(5)
      const store = openPhoneStore(image, { clock: world.clock })
      phones[victim] = await world.phone(victim, 'Again', { store })
    },
  }
}

/** Runs a story with a crash at every instant; `story` is begun before the crash, `check` looks after the restart. */
async function everywhere(
  t: Test,
  victim: string,
  story: (scene: Scene) => Promise<void>,
  check: (t: Test, scene: Scene) => Promise<void>,
): Promise<void> {
  const folder = t.testdir()
  let instants = 0
  for (const instant of ['before', 'after'] as Instant[]) {
    for (let cut = 1; ; cut++) {
      const made = await scene(folder, victim)
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
