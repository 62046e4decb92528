import t, { type Test } from 'tap'
import { formatBase64 } from 'proto/base64'
import { utf8 } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { statusOf } from 'proto/web-message'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { PhoneStore } from '../src/store.ts'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf, VAULT_KEY } from './phone-world.ts'
import { sendPoisoned, stumblingStore } from './poisoned-mail.ts'
import { Phone } from '../src/phone.ts'
import { seededEntropy } from 'proto/entropy'
import { TestClock, turns, until } from './test-clock.ts'

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

t.test('it names a message that is taken back as its browsers know it', async (t) => {
  const { world, alice, bob } = await pair(t)
  const browser = await world.linked(bob)
  const { id } = await alice.sendText(BOB, 'regretted')
  await until(() => browser.relayed().length === 1, 'the text')
  await alice.revoke(BOB, id)
  await until(() => browser.relayed().length === 2, 'the one that takes it back')
  const key = { remoteJid: jid(ALICE), fromMe: false, id }
  t.match(messagesOf(browser.arrived.at(-1)!.node!), [{ message: { protocolMessage: { type: 0, key } } }])
})

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
  await world.clock.advance(1_000) // the list follows the answer after a moment
  await until(() => browser.pushes.length > 0, 'the list')
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

/** Alice and Bob in a session, and so much forged mail in her name that Bob opens none of her mail for a while. */
async function flooded(t: Test, store?: PhoneStore) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob', store ? { store } : {})
  await alice.sendText(BOB, 'hello')
  await until(() => textsOf(bob, ALICE).length === 1, 'the first text')
  await bob.sendText(ALICE, 'hello')
  await until(() => textsOf(alice, BOB).length === 2, 'the answer')
  await alice.sendText(BOB, 'how are you')
  await until(() => textsOf(bob, ALICE).length === 3, 'a message in the session')
  const mail = world.relay.heard.findLast((m) => m.type === 'mail' && m.kind === 'whisper' && m.to === BOB)
  if (mail?.type !== 'mail') throw new Error('mail expected')
  const forged = Buffer.from(mail.body, 'base64')
  const counterAt = 1 + 2 + 33 + 1
  forged[counterAt] += 5 // one that Bob has not seen; the MAC no longer fits
  for (let at = 0; at < limit('SIGNAL_FAILURES'); at++)
    world.relay.post(BOB, { from: ALICE, mail: `FORGED${at}`, kind: 'whisper', body: formatBase64(forged) })
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
  const shown = textsOf(bob, ALICE).length
  await alice.sendText(BOB, 'real one')
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken too')
  await turns(5)
  t.equal(bob.messages(jid(ALICE)).length, shown, 'held, and no placeholder')
  return { world, alice, bob }
}
const readable = (phone: Phone) => textsOf(phone, ALICE).filter((text) => text !== '')

t.test('it holds mail of a sender of too much that does not decrypt, and tries again in time', async (t) => {
  const { world, bob } = await flooded(t)
  const browser = await world.linked(bob)
  await world.clock.advance(60_000)
  await until(() => readable(bob).includes('real one'), 'the held mail')
  t.equal(readable(bob).filter((text) => text === 'real one').length, 1)
  t.strictSame(browser.relayed(), ['real one'])
})

t.test('it shows held mail before what came after it', async (t) => {
  const { world, alice, bob } = await flooded(t)
  await alice.sendText(BOB, 'real two')
  await turns(20)
  await world.clock.advance(10_000) // some of the budget is back, the timer has not run
  await alice.sendText(BOB, 'real three')
  await until(() => readable(bob).includes('real three'), 'the newest')
  t.strictSame(readable(bob).slice(-3), ['real one', 'real two', 'real three'])
  t.equal(
    bob.auditRecords(99).filter(({ fields }) => fields['code'] === 'TETHER_ERR_LIMIT').length,
    2,
    'held mail is recorded once',
  )
})

t.test('it tries held mail again after a restart', async (t) => {
  const path = `${t.testdir()}/bob.db`
  const first = new TestClock()
  const store = openPhoneStore(path, { clock: first })
  const { world, bob } = await flooded(t, store)
  await bob.stop()
  const again = await world.phone(BOB, 'Bob', { store: openPhoneStore(path, { clock: world.clock }) })
  await world.clock.advance(60_000)
  await until(() => readable(again).includes('real one'), 'the held mail')
})

t.test('it goes on with the session of a person who was blocked for long', async (t) => {
  const { world, alice, bob } = await pair(t)
  const browser = await world.linked(bob)
  await alice.sendText(BOB, 'hello')
  await until(() => textsOf(bob, ALICE).length === 1, 'delivery')
  await bob.sendText(ALICE, 'hello')
  await until(() => textsOf(alice, BOB).length === 2, 'the answer')
  const user = { tag: 'user', attrs: { jid: jid(ALICE) }, content: null }
  await browser.set({ tag: 'block', attrs: { type: 'add' }, content: [user] })
  for (let at = 0; at <= limit('SIGNAL_JUMP'); at++) await alice.sendText(BOB, `${at}`)
  const account = world.relay.account(BOB)
  await until(() => account.lastSeq > limit('SIGNAL_JUMP') && account.mailbox.length === 0, 'taken')
  await browser.set({ tag: 'block', attrs: { type: 'remove' }, content: [user] })
  await alice.sendText(BOB, 'and now')
  await until(() => bob.messages(jid(ALICE)).length === 3, 'the newest')
  t.match(bob.messages(jid(ALICE)).at(-1), { text: 'and now', type: 'conversation' })
})

t.test('it shows new mail of a server whose mailbox counts from an earlier number again', async (t) => {
  const { world, alice, bob } = await pair(t)
  for (const text of ['one', 'two', 'three']) await alice.sendText(BOB, text)
  await until(() => textsOf(bob, ALICE).length === 3, 'delivery')
  const account = world.relay.account(BOB)
  await until(() => account.mailbox.length === 0, 'taken')
  account.lastSeq = 1
  for (const text of ['four', 'five', 'six']) await alice.sendText(BOB, text)
  await until(() => textsOf(bob, ALICE).length === 6, 'delivery')
  t.strictSame(textsOf(bob, ALICE), ['one', 'two', 'three', 'four', 'five', 'six'])
  await until(() => account.mailbox.length === 0, 'taken')
})

t.test('it keeps nothing of what the writer has to say about its own copy', async (t) => {
  const { world, alice, bob } = await pair(t)
  const [hers, his] = [await world.linked(alice), await world.linked(bob)]
  await hers.answer(hers.relayText('3EB0CCCC0001', jid(BOB), 'sent as pending'))
  await until(() => his.relayed().length === 1, 'in his browser')
  const [info] = messagesOf(his.arrived.at(-1)!.node!)
  t.equal(statusOf(info), null, 'no status on what others wrote')
  t.equal(info.starred, false)
  t.equal(info.key.fromMe, false)
})

t.test('one mail that it cannot work on is set aside, and all others arrive', async (t) => {
  await sendPoisoned(t, 100)
})

t.test('a disk that fails for a while is no reason to set a mail aside', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  let isFull = true
  let attempts = 0
  const store = stumblingStore(world, (text) => {
    if (text !== 'patience' || !isFull) return
    attempts++
    throw new TetherError('TETHER_ERR_STORE_WRITE')
  })
  const bob = await world.phone(BOB, 'Bob', { store })
  await alice.sendText(BOB, 'patience')
  for (let rounds = 0; rounds < 8; rounds++) {
    await world.clock.advance(2_000)
    await turns(10)
  }
  t.ok(attempts > limit('MAIL_POISON_TRIES'), `${attempts} attempts`)
  isFull = false
  await world.clock.advance(limit('PHONE_BACKOFF_MAX_MS'))
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  t.strictSame(textsOf(bob, ALICE), ['patience'])
  t.strictSame(store.inbox.parked(), [])
})

t.test('a mail that ends the whole phone is set aside after as many starts', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const path = `${t.testdir()}/bob.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  await (await world.phone(BOB, 'Bob', { store: open() })).stop()
  await alice.sendText(BOB, 'poison')
  await alice.sendText(BOB, 'good')
  let ends = 0
  for (let start = 1; start <= limit('MAIL_POISON_TRIES'); start++) {
    const store = stumblingStore(world, () => {
      ends++
      throw new Error('killed')
    }, open()) // prettier-ignore
    const phone = await world.phone(BOB, 'Bob', { store })
    await until(() => ends === start, 'the end')
    await phone.stop()
  }
  const last = await world.phone(BOB, 'Bob', { store: open() })
  await until(() => last.messages(jid(ALICE)).length === 2, 'what follows')
  t.strictSame(
    last.messages(jid(ALICE)).map(({ type, text }) => (type === 'undecryptable' ? type : text)),
    ['undecryptable', 'good'],
  )
})
