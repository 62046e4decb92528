/** Contract of MailStore: counters, order, quotas, expiry (research 2.2). */
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import { alice, attach, bob, carol, mailTo, noon, register, type OpenStores } from './stores-contract.ts'

export async function mailContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it stores mail once, in the order of the sender', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await register(stores, bob)
    const send = (n: number) => stores.mail.deposit(owner, mailTo(bob, n))
    t.same(await send(2), { kind: 'order', expected: 1 })
    t.same(await Promise.all([send(1), send(2), send(2), send(4), send(3)]), [
      { kind: 'stored', seq: 1 },
      { kind: 'stored', seq: 2 },
      { kind: 'duplicate' },
      { kind: 'order', expected: 3 },
      { kind: 'stored', seq: 3 },
    ])
    t.same(await send(1), { kind: 'duplicate' })
    t.equal((await attach(stores, alice)).lastSent, 3)
    const { n: _, to: __, ...sent } = mailTo(bob, 2)
    t.same((await stores.mail.page(bob, 1, 1))[0], { seq: 2, from: alice, ...sent })
    t.same(await stores.mail.waiting(bob), { mails: 3, bytes: 9 })
  })

  await t.test('it pages, deletes what was taken, and never uses a place twice', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const recipient = (await attach(stores, bob)).owner
    for (let n = 1; n <= 5; n++) await stores.mail.deposit(owner, mailTo(bob, n))
    const seqs = async (after: number, count: number) =>
      (await stores.mail.page(bob, after, count)).map((mail) => mail.seq)
    t.same(await seqs(0, 3), [1, 2, 3])
    t.same(await seqs(3, 3), [4, 5])
    t.equal(await stores.mail.take(recipient, 3), 3)
    t.equal(await stores.mail.take(recipient, 3), 0)
    t.same(await seqs(0, 9), [4, 5])
    t.equal(await stores.mail.take(recipient, 1_000_000), 2)
    t.same(await stores.mail.waiting(bob), { mails: 0, bytes: 0 })
    t.same(await stores.mail.deposit(owner, mailTo(bob, 5)), { kind: 'duplicate' }, 'also after delivery')
    t.same(await stores.mail.deposit(owner, mailTo(bob, 6)), { kind: 'stored', seq: 6 })
    t.same(await stores.mail.page(carol, 0, 9), [])
  })

  await t.test('it keeps bodies as they are', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const all = Uint8Array.from({ length: limit('MAIL_BYTES') }, (_, i) => i * 7)
    const bodies = [new Uint8Array(0), new Uint8Array([0]), all.subarray(3, 300), all]
    for (const [i, body] of bodies.entries()) await stores.mail.deposit(owner, mailTo(alice, i + 1, body))
    const page = await stores.mail.page(alice, 0, 9)
    t.same(
      page.map((mail) => mail.body),
      bodies,
    )
    t.ok(page.every((mail) => mail.body.constructor === Uint8Array))
  })

  await t.test('it refuses finally, consumes the counter, and says the same again', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const unknown = { kind: 'refused', reason: 'unknownRecipient' }
    t.same(await stores.mail.deposit(owner, mailTo(carol, 1)), unknown)
    const large = mailTo(alice, 2, new Uint8Array(limit('MAIL_BYTES') + 1))
    t.match(await stores.mail.deposit(owner, large), {
      kind: 'refused',
      reason: 'tooLarge',
      met: 'MAIL_BYTES',
    })
    const largest = mailTo(alice, 3, new Uint8Array(limit('MAIL_BYTES')))
    t.same(await stores.mail.deposit(owner, largest), { kind: 'stored', seq: 1 })
    t.same(await stores.mail.deposit(owner, large), { kind: 'refused', reason: 'tooLarge' }, 'not met anew')
    await register(stores, carol)
    t.same(await stores.mail.deposit(owner, mailTo(carol, 1)), unknown, 'an old answer does not change')
    t.same(await stores.mail.waiting(carol), { mails: 0, bytes: 0 })
  })

  await t.test('it refuses new mail for a reason of the caller, and no other', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await register(stores, bob)
    const refused = { kind: 'refused', reason: 'inboundFull' }
    t.same(await stores.mail.deposit(owner, mailTo(bob, 2), 'inboundFull'), { kind: 'order', expected: 1 })
    t.same(await stores.mail.deposit(owner, mailTo(bob, 1), 'inboundFull'), refused)
    t.same(await stores.mail.deposit(owner, mailTo(bob, 1)), refused)
    t.same(await stores.mail.deposit(owner, mailTo(bob, 2)), { kind: 'stored', seq: 1 })
    t.same(await stores.mail.deposit(owner, mailTo(bob, 2), 'inboundFull'), { kind: 'duplicate' })
  })

  await t.test('it gives one sender a share of a mailbox, exactly', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const other = await attach(stores, carol)
    const recipient = (await attach(stores, bob)).owner
    const share = limit('MAILBOX_SENDER_SHARE')
    const results = await Promise.all(
      Array.from({ length: share + 1 }, (_, i) => stores.mail.deposit(owner, mailTo(bob, i + 1))),
    )
    t.same(results[share - 1], { kind: 'stored', seq: share })
    t.same(results[share], { kind: 'refused', reason: 'mailboxFull', met: 'MAILBOX_SENDER_SHARE' })
    t.match(await stores.mail.deposit(other.owner, mailTo(bob, 1)), { kind: 'stored' })
    t.match(await stores.mail.deposit(owner, mailTo(carol, share + 2)), { kind: 'stored' })
    await stores.mail.take(recipient, 1)
    t.match(await stores.mail.deposit(owner, mailTo(bob, share + 3)), { kind: 'stored' })
    t.match(await stores.mail.deposit(owner, mailTo(bob, share + 4)), { kind: 'refused' })
  })

  await t.test('it bounds a mailbox in bytes, exactly', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const recipient = (await attach(stores, bob)).owner
    const [size, most] = [limit('MAIL_BYTES'), limit('MAILBOX_BYTES')]
    const body = new Uint8Array(size)
    const whole = Math.floor(most / size)
    let n = 0
    while (n < whole) await stores.mail.deposit(owner, mailTo(bob, ++n, body))
    const rest = most - whole * size
    t.match(await stores.mail.deposit(owner, mailTo(bob, ++n, body.subarray(0, rest + 1))), {
      met: 'MAILBOX_BYTES',
    })
    t.match(await stores.mail.deposit(owner, mailTo(bob, ++n, body.subarray(0, rest))), { kind: 'stored' })
    t.equal((await stores.mail.waiting(bob)).bytes, most)
    t.match(await stores.mail.deposit(owner, mailTo(bob, ++n, new Uint8Array(1))), { kind: 'refused' })
    await stores.mail.take(recipient, 1)
    t.match(await stores.mail.deposit(owner, mailTo(bob, ++n, body)), { kind: 'stored' })
  })

  await t.test('it bounds the mails of a mailbox, exactly', async (t) => {
    const stores = await open(t)
    await register(stores, bob)
    const share = limit('MAILBOX_SENDER_SHARE')
    const senders = limit('MAILBOX_MAILS') / share
    for (let i = 0; i < senders; i++) {
      const { owner } = await attach(stores, `4400000${i}`)
      const sends = Array.from({ length: share }, (_, n) => stores.mail.deposit(owner, mailTo(bob, n + 1)))
      t.same((await Promise.all(sends)).at(-1), { kind: 'stored', seq: (i + 1) * share })
    }
    const { owner } = await attach(stores, alice)
    t.same(await stores.mail.deposit(owner, mailTo(bob, 1)), {
      kind: 'refused',
      reason: 'mailboxFull',
      met: 'MAILBOX_MAILS',
    })
  })

  await t.test('it lets mail live as long as promised and records what expired', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await register(stores, bob)
    await stores.mail.deposit(owner, { ...mailTo(bob, 1), at: noon })
    await stores.mail.deposit(owner, { ...mailTo(bob, 2), at: noon + 1 })
    await stores.mail.deposit(owner, { ...mailTo(alice, 3), at: noon })
    const life = limit('MAILBOX_LIFE_MS')
    t.same(await stores.mail.expire(noon + life - 1), { mails: 0, recipients: 0 })
    t.same(await stores.mail.expire(noon + life), { mails: 2, recipients: 2 })
    t.same(await stores.mail.waiting(bob), { mails: 1, bytes: 3 })
    t.same(await stores.mail.waiting(alice), { mails: 0, bytes: 0 })
    const rows = (await stores.audit.page(0, 100)).filter((row) => row.kind === 'mailExpired')
    t.same(
      new Map(rows.map((row) => [row.number, row.detail])),
      new Map([alice, bob].map((number) => [stores.audit.idHash(number), { mails: 1 }])),
    )
    t.match(await stores.sweep(noon + life + 1), { mails: 1 })
  })
}
