/** Contract of AccountStore: codes, registration, epochs. */
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import type { RegisterResult, Stores } from '../src/stores.ts'
import {
  alice,
  attach,
  bob,
  credentials,
  facts,
  hash,
  mailTo,
  noon,
  publicKey,
  register,
} from './stores-contract.ts'
import type { OpenStores } from './stores-contract.ts'

function confirm(stores: Stores, code: string, at = noon): Promise<RegisterResult> {
  return stores.accounts.register({
    ...{
      number: alice,
      codeHash: hash(code),
      identityKey: publicKey('a'),
      registrationId: 9,
      name: 'Alice',
      at,
    },
  })
}
const request = (stores: Stores, code: string, at = noon) =>
  stores.accounts.requestCode({ number: alice, codeHash: hash(code), at })

export async function accountContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it creates an account with the right code, once', async (t) => {
    const { accounts } = await open(t)
    const stores = { accounts } as Stores
    t.same(await confirm(stores, '1'), { kind: 'expired' }, 'no code was asked for')
    t.same(await request(stores, '1'), { kind: 'issued' })
    t.equal(await accounts.find(alice), null)
    const result = await confirm(stores, '1')
    t.match(result, { kind: 'registered', replaced: false, ended: [] })
    const account = await accounts.find(alice)
    t.match(account, {
      number: alice,
      name: 'Alice',
      registrationId: 9,
      facts: null,
      epoch: 1,
      registeredAt: noon,
    })
    t.same(account?.identityKey, publicKey('a'))
    t.same(await confirm(stores, '1'), { kind: 'expired' }, 'the code is used up')
  })

  await t.test('it counts wrong codes and asks for a new code after the last', async (t) => {
    const stores = await open(t)
    await request(stores, '1')
    for (let left = limit('SMS_ATTEMPTS') - 1; left >= 0; left--) {
      t.same(await confirm(stores, 'wrong'), { kind: 'wrongCode', attemptsLeft: left })
    }
    t.same(await confirm(stores, '1'), { kind: 'limited' }, 'the right code comes too late')
    await request(stores, '2')
    t.same(await confirm(stores, '1'), { kind: 'wrongCode', attemptsLeft: limit('SMS_ATTEMPTS') - 1 })
    t.match(await confirm(stores, '2'), { kind: 'registered' })
  })

  await t.test('it lets a code die at the end of its life and not before', async (t) => {
    const stores = await open(t)
    await request(stores, '1')
    t.same(await confirm(stores, '1', noon + limit('SMS_CODE_TTL_MS')), { kind: 'expired' })
    t.match(await confirm(stores, '1', noon + limit('SMS_CODE_TTL_MS') - 1), { kind: 'registered' })
    await request(stores, '2')
    t.match(await stores.sweep(noon + limit('SMS_CODE_TTL_MS') - 1), { codes: 0 })
    t.match(await stores.sweep(noon + limit('SMS_CODE_TTL_MS')), { codes: 1 })
  })

  await t.test('it limits the codes sent to one number', async (t) => {
    const stores = await open(t)
    for (let i = 0; i < limit('SMS_PER_HOUR'); i++) t.same(await request(stores, `${i}`), { kind: 'issued' })
    const refused = await request(stores, 'more')
    t.match(refused, { kind: 'limited', retryMs: 3_600_000 / limit('SMS_PER_HOUR') })
    const other = await stores.accounts.requestCode({ number: bob, codeHash: hash('1'), at: noon })
    t.same(other, { kind: 'issued' }, 'another number is not concerned')
    const later = noon + 3_600_000 / limit('SMS_PER_HOUR')
    t.same(await request(stores, 'more', later), { kind: 'issued' })
  })

  await t.test('it gives each connection of a phone a higher epoch and fences the one before', async (t) => {
    const stores = await open(t)
    await register(stores, alice)
    const wrongKey = { number: alice, identityKey: publicKey('thief'), at: noon }
    t.equal(await stores.accounts.attach(wrongKey), null)
    t.equal(await stores.accounts.attach({ ...wrongKey, number: bob }), null, 'nobody is registered')
    const first = await attach(stores, alice)
    t.same(first, {
      owner: { number: alice, epoch: 2 },
      lastSent: 0,
      prekeys: 0,
      signedPrekeyId: 0,
      logins: [],
      groups: [],
      lastWaiting: 0,
    })
    t.equal(await stores.accounts.saveFacts(first.owner, facts), true)
    t.equal(await stores.accounts.saveFacts(first.owner, facts), false, 'as before')
    t.same((await stores.accounts.find(alice))?.facts, facts)
    const second = await attach(stores, alice)
    t.equal(second.owner.epoch, 3)
    const stale = first.owner
    const replaced = { code: 'TETHER_ERR_REPLACED' }
    await t.rejects(stores.accounts.saveFacts(stale, facts), replaced)
    await t.rejects(stores.prekeys.publish(stale, { prekeys: [], at: noon }), replaced)
    await t.rejects(stores.logins.pair(stale, credentials('x'), { at: noon, network: null }), replaced)
    await t.rejects(stores.mail.deposit(stale, mailTo(alice, 1)), replaced)
    await t.rejects(stores.mail.take(stale, 1), replaced)
    const nobody = { number: bob, epoch: 1 }
    await t.rejects(stores.mail.deposit(nobody, mailTo(alice, 1)), { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' })
  })

  await t.test('it keeps everything when the same phone registers again', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await stores.accounts.saveFacts(owner, facts)
    await stores.logins.pair(owner, credentials('x'), { at: noon, network: null })
    await stores.mail.deposit(owner, mailTo(alice, 1))
    await register(stores, alice)
    const again = await attach(stores, alice)
    t.match(again, { lastSent: 1, owner: { epoch: owner.epoch + 2 } })
    t.equal(again.logins.length, 1)
    t.same((await stores.accounts.find(alice))?.facts, facts)
  })

  await t.test('it starts a number over when it registers with another identity key', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await attach(stores, bob)
    const signedPrekey = { id: 1, key: publicKey('signed'), signature: new Uint8Array(64) }
    const prekeys = [{ id: 2, key: publicKey('2') }]
    await stores.prekeys.publish(owner, { signedPrekey, prekeys, at: noon })
    const paired = await stores.logins.pair(owner, credentials('x'), { at: noon, network: null })
    await stores.mail.deposit(owner, mailTo(bob, 1))
    await stores.mail.deposit(owner, mailTo(alice, 2))
    await request(stores, '1')
    const result = await confirm(stores, '1')
    t.match(result, { kind: 'registered', replaced: true, account: { epoch: owner.epoch + 1, facts: null } })
    t.same(result.kind === 'registered' && result.ended, [paired.kind === 'paired' && paired.login.login])
    t.equal(await stores.prekeys.claim({ number: alice, oneTime: true, by: bob, at: noon }), null)
    t.same(await stores.logins.find(credentials('x')), { kind: 'unknown' })
    await t.rejects(stores.accounts.saveFacts(owner, facts), { code: 'TETHER_ERR_REPLACED' })
    const fresh = await stores.accounts.attach({ number: alice, identityKey: publicKey('a'), at: noon })
    t.match(fresh, { lastSent: 0, prekeys: 0, signedPrekeyId: 0, logins: [] })
    t.equal((await stores.mail.waiting(alice)).mails, 1, 'mail for the number waits')
    t.ok(fresh && (await stores.mail.deposit(fresh.owner, mailTo(bob, 1))).kind === 'stored')
    t.equal((await stores.mail.waiting(bob)).mails, 2)
  })
}
