import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { utf8 } from 'proto/bytes'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { PhoneStore } from '../src/store.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf, VAULT_KEY } from './phone-world.ts'
import { Phone } from '../src/phone.ts'
import { seededEntropy } from 'proto/entropy'
import { turns, until } from './test-clock.ts'

/** A store that fails at the k-th write inside transactions, as a process does that is killed there. */
function failingStore(world: PhoneWorld): {
  store: PhoneStore
  failAt: (write: number) => void
  writes: () => number
} {
  const real = openPhoneStore(':memory:', { clock: world.clock })
  let writes = 0
  let failure = 0
  const counted = <R extends object>(rows: R): R =>
    new Proxy(rows, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver)
        if (typeof member !== 'function' || !/^(add|put|remove|change|release|hold)/.test(String(name)))
          return member
        return (...args: unknown[]) => {
          if (++writes === failure) throw new Error('killed here')
          return (member as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  const groups = ['facts', 'vault', 'contacts', 'chats', 'messages', 'outbox', 'inbox', 'audit'] as const
  const store = {
    ...real,
    ...Object.fromEntries(groups.map((name) => [name, counted(real[name])])),
  }
  return {
    store,
    failAt: (write) => {
      writes = 0
      failure = write
    },
    writes: () => writes,
  }
}

async function pair(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob }
}

t.test('it loses and doubles nothing, wherever the transaction of a delivery is cut off', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const { store, failAt, writes } = failingStore(world)
  const bob = await world.phone(BOB, 'Bob', { store })
  const browser = await world.linked(bob)
  let texts = 0
  for (let cut = 1; ; cut++) {
    failAt(cut)
    await alice.sendText(BOB, `text ${++texts}`)
    await until(() => writes() >= cut || textsOf(bob, ALICE).length === texts, 'the delivery')
    const wasCut = writes() >= cut
    failAt(0)
    if (wasCut) {
      await until(() => bob.status().state === 'offline', 'a restart of the link')
      await world.clock.advance(1_000)
    }
    await until(() => textsOf(bob, ALICE).length === texts, 'the delivery after all')
    await until(() => alice.messages(jid(BOB)).at(-1)?.status === 'delivered', 'the receipt')
    await until(() => browser.relayed().length === texts, 'the browser')
    if (!wasCut) break
  }
  t.ok(texts > 7, `there were ${texts - 1} places to cut`)
  const want = Array.from({ length: texts }, (_, at) => `text ${at + 1}`)
  t.strictSame(textsOf(bob, ALICE), want)
  t.strictSame(browser.relayed(), want)
  t.equal(bob.chats()[0]?.unread, texts)
  t.strictSame(world.relay.account(BOB).mailbox, [])
})

t.test(
  'it takes mail that was delivered twice, and mail whose confirmation was lost, without showing it again',
  async (t) => {
    const { world, alice, bob } = await pair(t)
    await alice.sendText(BOB, 'one')
    await until(() => textsOf(bob, ALICE).length === 1, 'delivery')
    const mail = world.relay.heard.find((m) => m.type === 'mail' && m.to === BOB)!
    if (mail.type !== 'mail') throw new Error('mail expected')
    world.relay.post(BOB, { from: ALICE, mail: mail.mail, kind: mail.kind, body: mail.body })
    world.relay.send(BOB, {
      type: 'delivery',
      seq: 1,
      from: ALICE,
      mail: mail.mail,
      kind: mail.kind,
      body: mail.body,
      at: 1,
    })
    await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
    await turns(10)
    t.strictSame(textsOf(bob, ALICE), ['one'])
  },
)

t.test('it puts a placeholder for mail that does not decrypt, takes it, and goes on', async (t) => {
  const { world, alice, bob } = await pair(t)
  const browser = await world.linked(bob)
  world.relay.post(BOB, {
    from: ALICE,
    mail: 'FORGED',
    kind: 'whisper',
    body: formatBase64(new Uint8Array(60).fill(51)),
  })
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
  t.match(bob.messages(jid(ALICE)), [{ id: 'FORGED', type: 'undecryptable', text: '' }])
  const shown = browser.arrived.at(-1)!.node!
  t.match(messagesOf(shown), [{ messageStubType: 2, key: { id: 'FORGED', remoteJid: jid(ALICE) } }])
  t.match(bob.auditRecords(1), [
    { kind: 'mail.unreadable', fields: { from: ALICE, code: 'TETHER_ERR_SIGNAL_MESSAGE' } },
  ])
  await alice.sendText(BOB, 'real')
  await until(() => textsOf(bob, ALICE).includes('real'), 'real mail after it')
})

t.test('it records a receipt that is none and takes it', async (t) => {
  const { world, bob } = await pair(t)
  for (const body of ['{"ids":[1]}', 'null', 'not json', '{"ids":["x"],"level":"seen","t":1}']) {
    world.relay.post(BOB, { from: ALICE, mail: `R${body}`, kind: 'receipt', body: formatBase64(utf8(body)) })
  }
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
  t.strictSame(
    bob.auditRecords(4).map(({ kind }) => kind),
    Array(4).fill('receipt.malformed'),
  )
})

async function missingMail(t: Test) {
  const made = await pair(t)
  const { world, alice, bob } = made
  await alice.sendText(BOB, 'one')
  await until(() => textsOf(bob, ALICE).length === 1, 'delivery')
  const account = world.relay.account(BOB)
  await until(() => account.mailbox.length === 0, 'taken')
  account.attached = false // the next delivery does not reach Bob
  await alice.sendText(BOB, 'two')
  await until(() => account.mailbox.length === 1, 'stored')
  account.attached = true
  await alice.sendText(BOB, 'three')
  await until(() => account.mailbox.length === 2, 'stored')
  await turns(10)
  t.strictSame(textsOf(bob, ALICE), ['one'], 'nothing is taken out of order')
  return { ...made, account }
}

t.test('it takes mail that came in another order in the right one', async (t) => {
  const { world, bob, account } = await missingMail(t)
  world.relay.send(BOB, { type: 'delivery', ...account.mailbox[0] })
  await until(() => textsOf(bob, ALICE).length === 3, 'everything')
  t.strictSame(textsOf(bob, ALICE), ['one', 'two', 'three'])
  await world.clock.advance(10_000)
  t.equal(bob.status().state, 'online')
  t.notOk(bob.auditRecords(9).some(({ kind }) => kind === 'mail.gap'))
})

t.test('it starts the link again when mail stays missing, and loses none', async (t) => {
  const { world, bob } = await missingMail(t)
  await world.clock.advance(2_000)
  await until(() => textsOf(bob, ALICE).length === 3, 'everything')
  t.strictSame(textsOf(bob, ALICE), ['one', 'two', 'three'])
  t.ok(bob.auditRecords(9).some(({ kind }) => kind === 'mail.gap'))
})

t.test('it goes on without mail that the server no longer has', async (t) => {
  const { world, bob, account } = await missingMail(t)
  account.mailbox.shift() // it has expired
  await world.clock.advance(1_500)
  t.strictSame(textsOf(bob, ALICE), ['one'], 'not before it has asked again')
  await world.clock.advance(5_000)
  t.strictSame(textsOf(bob, ALICE), ['one', 'three'])
  t.strictSame(account.mailbox, [])
})

t.test(
  'it holds mail under a changed identity until the person accepts it, then shows what was meant',
  async (t) => {
    const { world, alice, bob } = await pair(t)
    const browser = await world.linked(bob)
    await alice.sendText(BOB, 'before')
    await until(() => textsOf(bob, ALICE).length === 1, 'delivery')
    await alice.stop()
    const events: string[] = []
    bob.subscribe(({ type }) => events.push(type))
    const again = await world.phone(ALICE, 'Alice', { entropy: seededEntropy('a new device') })
    await again.sendText(BOB, 'from my new phone')
    await until(() => bob.messages(jid(ALICE)).length === 2, 'the placeholder')
    t.match(bob.messages(jid(ALICE))[1], { type: 'undecryptable', text: '' })
    t.ok(events.includes('identityChanged'))
    await bob.acceptIdentity(jid(ALICE))
    t.match(bob.messages(jid(ALICE))[1], { text: 'from my new phone', type: 'conversation' })
    await until(
      () => browser.arrived.some(({ node }) => node?.attrs['add'] === 'update'),
      'the update in the browser',
    )
    t.equal(textsOf(bob, ALICE).filter((text) => text === 'from my new phone').length, 1)
    await bob.sendText(ALICE, 'welcome back')
    await until(() => textsOf(again, BOB).includes('welcome back'), 'the answer under the new identity')
  },
)

t.test('it shows nothing of a blocked person and takes the mail', async (t) => {
  const { world, alice, bob } = await pair(t)
  const browser = await world.linked(bob)
  const user = { tag: 'user', attrs: { jid: jid(ALICE) }, content: null }
  t.match(await browser.set({ tag: 'block', attrs: { type: 'add' }, content: [user] }), {
    json: { status: 200 },
  })
  await alice.sendText(BOB, 'let me in')
  await until(() => alice.messages(jid(BOB))[0]?.status === 'server', 'stored')
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
  t.strictSame(bob.messages(jid(ALICE)), [])
  t.match(browser.pushes.at(-1), ['Blocklist', { blocklist: [`${ALICE}@c.us`] }])
})

t.test('it has everything again after a restart on the same file', async (t) => {
  const world = new PhoneWorld()
  const path = `${t.testdir()}/bob.db`
  const alice = await world.phone(ALICE, 'Alice')
  const options = { store: openPhoneStore(path, { clock: world.clock }) }
  const bob = await world.phone(BOB, 'Bob', options)
  const browser = await world.linked(bob)
  await alice.sendText(BOB, 'one')
  await until(() => textsOf(bob, ALICE).length === 1, 'delivery')
  await bob.stop()
  await alice.sendText(BOB, 'two')
  await until(() => alice.messages(jid(BOB))[1]?.status === 'server', 'stored at the server')
  const store = openPhoneStore(path, { clock: world.clock })
  const later = new Phone({
    number: BOB,
    name: 'Bob',
    clock: world.clock,
    entropy: world.entropy.fork('later'),
    store,
    vaultKey: VAULT_KEY,
    connect: world.relay.connect,
    server: world.relay.http,
  })
  t.teardown(() => Promise.all([later.stop(), alice.stop()]))
  await later.start()
  await until(() => textsOf(later, ALICE).length === 2, 'what came meanwhile')
  t.strictSame(textsOf(later, ALICE), ['one', 'two'])
  t.match(later.companions(), [{ id: browser.login, state: 'online' }])
  await later.sendText(ALICE, 'still the same session')
  await until(() => textsOf(alice, BOB).length === 3, 'the answer')
  t.match((await browser.query('emoji')).node, { tag: 'response' })
})
