import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { createWorld, type TestPhone, type World } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'

async function mail(phone: TestPhone, n: number, to = BOB, text = `mail ${n}`): Promise<void> {
  const body = formatBase64(new Uint8Array(Buffer.from(text)))
  await phone.tell({ type: 'mail', n, to, mail: `ID${n}`, kind: 'whisper', body })
}

async function two(
  config: Parameters<typeof createWorld>[0] = {},
): Promise<{ world: World; alice: TestPhone; bob: TestPhone; bobRegistered: TestPhone }> {
  const world = await createWorld(config)
  const alice = await (await world.phone(ALICE)).attach()
  const bobRegistered = await world.phone(BOB)
  return { world, alice, bob: await bobRegistered.attach(), bobRegistered }
}

const seqs = (phone: TestPhone): number[] => phone.heard('delivery').map(({ seq }) => Number(seq))

t.test('acknowledges stored mail and delivers it with the sender it stamped itself', async (t) => {
  const { world, alice, bob } = await two()
  await mail(alice, 1)
  t.same(alice.heard('mailed'), [{ type: 'mailed', n: 1 }])
  t.match(bob.heard('delivery'), [
    {
      seq: 1,
      from: ALICE,
      mail: 'ID1',
      kind: 'whisper',
      body: formatBase64(new Uint8Array(Buffer.from('mail 1'))),
    },
  ])
  await world.server.close()
})

t.test('says so when the disk takes no mail, and takes the same mail when it does again', async (t) => {
  const { world, alice, bob } = await two()
  const { mail: store } = world.stores
  const deposit = store.deposit.bind(store)
  const full = () => Promise.reject(new TetherError('TETHER_ERR_STORE_WRITE', 'SQLITE_FULL'))
  Object.assign(store, { deposit: full })
  for (const n of [1, 2]) await mail(alice, n)
  const again = { code: 'TETHER_ERR_STORE_WRITE', final: false, retryMs: limit('MAIL_STORE_RETRY_MS') }
  t.match(alice.heard('mailRefused'), [
    { n: 1, expected: 1, ...again },
    { n: 2, expected: 2, ...again },
  ])
  t.same(alice.heard('mailed'), [])
  t.notOk(alice.link.closed)
  t.equal(world.server.counters.value('mails', 'notStored'), 2)
  Object.assign(store, { deposit })
  for (const n of [1, 2]) await mail(alice, n)
  t.same(seqs(bob), [1, 2])
  await world.server.close()
})

t.test('keeps mail for a phone that is away and delivers it in order when it is back', async (t) => {
  const { world, alice, bob, bobRegistered } = await two()
  await bob.link.hangUp()
  for (const n of [1, 2, 3]) await mail(alice, n)
  const back = await bobRegistered.attach()
  t.same(seqs(back), [1, 2, 3])
  await world.server.close()
})

t.test('delivers again what was not taken, and never what was', async (t) => {
  const { world, alice, bob, bobRegistered } = await two()
  for (const n of [1, 2, 3]) await mail(alice, n)
  await bob.tell({ type: 'taken', seq: 2 })
  await bob.link.hangUp()
  t.same(seqs(await bobRegistered.attach()), [3])
  await world.server.close()
})

t.test('does not let a phone take what it was not given', async (t) => {
  const { world, alice, bob, bobRegistered } = await two()
  await mail(alice, 1)
  await bob.tell({ type: 'taken', seq: 1_000_000 })
  await mail(alice, 2)
  await bob.link.hangUp()
  t.same(seqs(await bobRegistered.attach()), [2])
  await world.server.close()
})

t.test('stores a counter once, and names the expected one after a gap', async (t) => {
  const { world, alice, bob } = await two()
  await mail(alice, 1)
  await mail(alice, 1)
  await mail(alice, 3)
  t.same(alice.heard('mailed').length, 2, 'the second time it is acknowledged again')
  t.same(alice.heard('mailRefused'), [
    { type: 'mailRefused', n: 3, code: 'TETHER_ERR_MAIL_ORDER', final: false, expected: 2 },
  ])
  t.same(seqs(bob), [1])
  await world.server.close()
})

t.test('refuses mail to nobody for good, and goes on with the next counter', async (t) => {
  const { world, alice, bob } = await two()
  await mail(alice, 1, '15550009999')
  await mail(alice, 2)
  t.match(alice.heard('mailRefused'), [{ n: 1, code: 'TETHER_ERR_ACCOUNT_UNKNOWN', final: true }])
  t.same(seqs(bob), [1])
  await world.server.close()
})

t.test('has at most MAIL_WINDOW deliveries out, and goes on as they are taken', async (t) => {
  const { world, alice, bob } = await two({ TETHER_MAIL_RATES: 'off' })
  const window = limit('MAIL_WINDOW')
  for (let n = 1; n <= window + 10; n++) await mail(alice, n)
  t.equal(seqs(bob).length, window)
  await bob.tell({ type: 'taken', seq: 4 })
  t.equal(seqs(bob).length, window + 4)
  await bob.tell({ type: 'taken', seq: window })
  t.same(seqs(bob).at(-1), window + 10)
  await world.server.close()
})

t.test('reads at most MAIL_PAGE mails from the store at once, and all of them', async (t) => {
  const { world, alice, bob, bobRegistered } = await two()
  await bob.link.hangUp()
  const count = limit('MAIL_PAGE') + 1
  for (let n = 1; n <= count; n++) await mail(alice, n)
  const page = world.stores.mail.page.bind(world.stores.mail)
  const sizes: number[] = []
  world.stores.mail.page = async (...which) => {
    const mails = await page(...which)
    sizes.push(mails.length)
    return mails
  }
  const back = await bobRegistered.attach()
  t.same(sizes, [limit('MAIL_PAGE'), 1])
  t.equal(seqs(back).length, count)
  await world.server.close()
})

t.test('tells a returning phone its last stored counter', async (t) => {
  const world = await createWorld()
  const registered = await world.phone(ALICE)
  await world.phone(BOB)
  const alice = await registered.attach()
  await mail(alice, 1)
  await mail(alice, 2)
  t.match((await registered.attach()).heard('attached'), [{ lastSent: 2 }])
  await world.server.close()
})

t.test(
  'stops pushing before mail alone makes a phone a slow reader, and goes on when it takes',
  async (t) => {
    const { world, alice, bob, bobRegistered } = await two()
    await bob.link.hangUp()
    const text = 'x'.repeat(limit('MAIL_BYTES'))
    const count = 30
    for (let n = 1; n <= count; n++) await mail(alice, n, BOB, text)
    const back = await bobRegistered.attach((said) => said, { readsNothing: true })
    const first = seqs(back).length
    t.ok(first > 0 && first < count, `${first} of ${count}`)
    t.equal(back.link.closed, null)
    t.ok(back.link.queuedBytes <= limit('READ_QUEUE_BYTES'), 'and it is heard, so that it can take')
    t.ok(world.server.counters.value('limits', 'MAIL_QUEUE_BYTES') > 0)
    while (seqs(back).length < count) {
      const seen = seqs(back).length
      back.link.queuedBytes = 0
      await back.tell({ type: 'taken', seq: seen })
      if (seqs(back).length === seen) break
    }
    t.same(
      seqs(back),
      Array.from({ length: count }, (_, at) => at + 1),
      'each once, in order',
    )
    await world.server.close()
  },
)

t.test('goes on by itself when the queue of a phone was full of other things', async (t) => {
  const { world, alice, bob } = await two()
  bob.link.queuedBytes = limit('MAIL_QUEUE_BYTES') + 1
  await mail(alice, 1)
  t.same(seqs(bob), [])
  t.equal(world.server.counters.value('limits', 'MAIL_QUEUE_BYTES'), 1)
  bob.link.queuedBytes = limit('MAIL_QUEUE_BYTES')
  await world.clock.pass(limit('MAIL_RETRY_MS') - 1)
  t.same(seqs(bob), [])
  await world.clock.pass(1)
  t.same(seqs(bob), [1])
  await world.server.close()
})

t.test('delivers again what nobody took, at most MAIL_TRIES times, and stops once it is taken', async (t) => {
  const { world, alice, bob } = await two()
  await mail(alice, 1)
  await mail(alice, 2)
  const period = async () => {
    for (const phone of [alice, bob]) await phone.tell({ type: 'heartbeat' })
    await world.clock.pass(limit('MAIL_RETRY_MS'))
  }
  await period()
  t.same(seqs(bob), [1, 2], 'not before a whole period is over')
  await period()
  t.same(seqs(bob), [1, 2, 1, 2])
  for (let i = 0; i < limit('MAIL_TRIES') + 3; i++) await period()
  t.equal(seqs(bob).length, 2 * (1 + limit('MAIL_TRIES')))
  t.equal(
    world.server.counters.value('limits', 'MAIL_TRIES'),
    1,
    'once, not each time it might have gone out',
  )
  await bob.tell({ type: 'taken', seq: 2 })
  await mail(alice, 3)
  t.equal(seqs(bob).at(-1), 3)
  await world.server.close()
})

t.test('reads on after the store failed once', async (t) => {
  const { world, alice, bob } = await two()
  const page = world.stores.mail.page.bind(world.stores.mail)
  world.stores.mail.page = () => Promise.reject(new Error('the disk is full'))
  await mail(alice, 1)
  t.same(seqs(bob), [])
  world.stores.mail.page = page
  await world.clock.pass(limit('MAIL_RETRY_MS'))
  t.same(seqs(bob), [1])
  await world.server.close()
})

t.test(
  'refuses haste until later, stores nothing out of order, and goes on from the same counter',
  async (t) => {
    const { world, alice, bob, bobRegistered } = await two()
    await bob.link.hangUp()
    const burst = limit('MAIL_PAIR_BURST')
    for (let n = 1; n <= burst + 1; n++) await mail(alice, n)
    const refused = {
      type: 'mailRefused',
      n: burst + 1,
      code: 'TETHER_ERR_LIMIT',
      final: false,
      retryMs: 1_000,
    }
    t.same(alice.heard('mailRefused'), [{ ...refused, expected: burst + 1 }])
    t.equal(world.server.counters.value('limits', 'MAIL_PAIR_BURST'), 1)
    await mail(alice, burst + 2, ALICE)
    t.match(alice.heard('mailRefused')[1], { code: 'TETHER_ERR_MAIL_ORDER', expected: burst + 1 })
    await world.clock.pass(limit('MAIL_PAIR_REFILL_MS'))
    await mail(alice, burst + 1)
    t.equal(alice.heard('mailed').length, burst + 1)
    t.equal((await bobRegistered.attach()).heard('delivery').length > 0, true)
    t.same(await world.stores.mail.waiting(BOB), { mails: burst + 1, bytes: bytesOf(burst + 1) })
    await world.server.close()
  },
)

t.test('lets a phone send MAIL_SENDER_BURST mails at once, and counts one more', async (t) => {
  const { world, alice } = await two()
  world.stores.mail.deposit = async () => ({ kind: 'stored', seq: 1 }) // their number alone matters
  const receipt = (n: number) =>
    alice.link.say(
      JSON.stringify({ type: 'mail', n, to: BOB, mail: `ID${n}`, kind: 'receipt', body: 'AA==' }),
    )
  const burst = limit('MAIL_SENDER_BURST')
  await Promise.all(Array.from({ length: burst }, (_, at) => receipt(at + 1)))
  t.same(alice.heard('mailRefused'), [])
  await receipt(burst + 1)
  t.match(alice.heard('mailRefused'), [{ n: burst + 1, code: 'TETHER_ERR_LIMIT', final: false }])
  t.equal(world.server.counters.value('limits', 'MAIL_SENDER_BURST'), 1)
  await world.server.close()
})

t.test('takes a mail of MAIL_BYTES and not one byte more', async (t) => {
  const { world, alice } = await two()
  await mail(alice, 1, BOB, 'x'.repeat(limit('MAIL_BYTES')))
  await mail(alice, 2, BOB, 'x'.repeat(limit('MAIL_BYTES') + 1))
  t.same(alice.heard('mailed'), [{ type: 'mailed', n: 1 }])
  t.match(alice.heard('mailRefused'), [{ n: 2, code: 'TETHER_ERR_TOO_LARGE', final: true }])
  t.equal(world.server.counters.value('limits', 'MAIL_BYTES'), 1)
  await world.server.close()
})

t.test('counts the limit of a mailbox that was in the way of a mail', async (t) => {
  const { world, alice } = await two()
  const { mail: store } = world.stores
  for (const [n, met] of (['MAILBOX_MAILS', 'MAILBOX_BYTES', 'MAILBOX_SENDER_SHARE'] as const).entries()) {
    store.deposit = async () => ({ kind: 'refused', reason: 'mailboxFull', met })
    await mail(alice, n + 1)
    t.match(alice.heard('mailRefused').at(-1), { n: n + 1, code: 'TETHER_ERR_MAILBOX_FULL', final: true })
    t.equal(world.server.counters.value('limits', met), 1)
  }
  await world.server.close()
})

t.test('lets mail wait for MAILBOX_LIFE_MS, then deletes and counts it', async (t) => {
  const { world, alice, bob } = await two()
  await bob.link.hangUp()
  await mail(alice, 1)
  await world.clock.pass(1)
  await mail(alice, 2)
  await world.clock.pass(limit('MAILBOX_LIFE_MS') - 2)
  t.equal((await world.stores.mail.waiting(BOB)).mails, 2)
  await world.clock.pass(1)
  t.equal((await world.stores.mail.waiting(BOB)).mails, 1, 'the server looks each hour, and has just looked')
  t.equal(world.server.counters.value('limits', 'MAILBOX_LIFE_MS'), 1)
  await world.server.close()
})

t.test('refuses for good what one recipient cannot take, and remembers it', async (t) => {
  const { world, alice } = await two()
  const { mail: store } = world.stores
  const deposit = store.deposit.bind(store)
  let n = 0
  store.deposit = async () => ({ kind: 'stored', seq: n }) // the bytes alone matter
  const bytes = limit('MAIL_BYTES')
  const body = formatBase64(new Uint8Array(bytes))
  const receipt = (to: string, text = body) =>
    alice.link.say(JSON.stringify({ type: 'mail', n: ++n, to, mail: `ID${n}`, kind: 'receipt', body: text }))
  for (let sum = bytes; sum <= limit('MAIL_INBOUND_BYTES'); sum += bytes) await receipt(BOB)
  t.same(alice.heard('mailRefused'), [])
  store.deposit = deposit
  n = 0
  const rest = limit('MAIL_INBOUND_BYTES') % bytes
  await receipt(BOB, formatBase64(new Uint8Array(rest + 1)))
  const refused = { type: 'mailRefused', n: 1, code: 'TETHER_ERR_MAILBOX_FULL', final: true }
  t.same(alice.heard('mailRefused'), [refused])
  t.equal(world.server.counters.value('limits', 'MAIL_INBOUND_BYTES'), 1)
  await receipt(BOB, formatBase64(new Uint8Array(rest)))
  t.match(alice.heard('mailed').at(-1), { n: 2 }, 'what fits is taken')
  await receipt(ALICE)
  t.match(alice.heard('mailed').at(-1), { n: 3 }, 'what is for others goes on')
  await world.clock.pass(1_000)
  n = 0
  await receipt(BOB, 'AA==')
  t.same(alice.heard('mailRefused')[1], refused, 'the same answer to the same mail')
  await world.server.close()
})

function bytesOf(mails: number): number {
  return Array.from({ length: mails }, (_, at) => `mail ${at + 1}`.length).reduce(
    (sum, each) => sum + each,
    0,
  )
}

t.test('stamps the sender whatever a phone says of it, 200 times', async (t) => {
  const { world, alice, bob } = await two()
  const names = ['from', 'sender', 'number', 'author', 'participant']
  for (let n = 1; n <= 200; n++) {
    const claimed = n % 2 === 0 ? BOB : `1555${2_000_000 + n}`
    const value = n % 3 === 0 ? `${claimed}@s.whatsapp.net` : claimed
    const body = formatBase64(new Uint8Array(Buffer.from(`spoof ${n}`)))
    const said = { type: 'mail', n, to: BOB, mail: `ID${n}`, kind: 'whisper', body, [names[n % 5]]: value }
    await alice.link.say(JSON.stringify(said))
  }
  const heard = bob.heard('delivery')
  t.equal(alice.link.closed, null)
  t.equal(heard.length + alice.heard('mailRefused').length, 200, 'each was stored or refused')
  t.equal(heard.length, 200)
  t.ok(
    heard.every(({ from }) => from === ALICE),
    `${heard.length} came, all from Alice`,
  )
  await world.server.close()
})
