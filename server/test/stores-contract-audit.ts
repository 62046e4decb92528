/** Contract of AuditLog: a row for each effect, no plain ids, a chain that holds. */
import type { Test } from 'tap'
import type { Stores } from '../src/stores.ts'
import { alice, attach, credentials, noon, register, type OpenStores } from './stores-contract.ts'

async function kinds(stores: Stores): Promise<string[]> {
  return (await stores.audit.page(0, 1000)).map((row) => row.kind)
}

export async function auditContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it has a row for each effect, and none for what had no effect', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const paired = await stores.logins.pair(owner, credentials('x'), { at: noon, network: null })
    const login = paired.kind === 'paired' ? paired.login.login : ''
    await stores.logins.open({ login, challenged: true, at: noon, network: null })
    await stores.logins.judged({ login, fits: false, at: noon })
    await stores.logins.pair(owner, credentials('x', 'again'), { at: noon, network: null })
    const [live] = await stores.logins.list(alice)
    const end = { login: live.login, number: alice, at: noon }
    await stores.logins.end({ ...end, by: 'browser' })
    await stores.logins.end({ ...end, by: 'phone' })
    await register(stores, alice, 'another phone')
    t.same(await kinds(stores), [
      ...['register', 'attach', 'pair', 'resume', 'challenge', 'loginReplaced', 'pair', 'logout'],
      'identityChange',
    ])
    t.match(await stores.audit.verify(), { rows: 9, broken: null })
  })

  await t.test('it says who ended a login: its phone, its browser or time', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const before = (await kinds(stores)).length
    for (const by of ['phone', 'browser', 'time'] as const) {
      const paired = await stores.logins.pair(owner, credentials(by), { at: noon, network: null })
      const login = paired.kind === 'paired' ? paired.login.login : ''
      t.equal(await stores.logins.end({ login, number: alice, by, at: noon }), true)
      t.equal(await stores.logins.end({ login, number: alice, by, at: noon }), false)
      t.same(await stores.logins.find(credentials(by)), { kind: 'unknown' })
    }
    t.same((await kinds(stores)).slice(before), ['pair', 'unpair', 'pair', 'logout', 'pair', 'loginExpired'])
    t.match(await stores.audit.verify(), { broken: null })
  })

  await t.test('it undoes the row with the effect', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const before = await kinds(stores)
    await t.rejects(stores.logins.pair({ ...owner, epoch: 1 }, credentials('x'), { at: noon, network: null }))
    t.same(await kinds(stores), before)
    t.match(await stores.audit.verify(), { broken: null })
  })

  await t.test('it stores ids as salted hashes', async (t) => {
    const stores = await open(t)
    const event = {
      at: noon,
      kind: 'limit',
      number: alice,
      login: 'L',
      detail: { limit: 'X', n: 1 },
    } as const
    await stores.audit.append(event)
    const [row] = await stores.audit.page(0, 9)
    t.match(row, { row: 1, at: noon, kind: 'limit', detail: { limit: 'X', n: 1 } })
    t.equal(row.number, stores.audit.idHash(alice))
    t.equal(row.login, stores.audit.idHash('L'))
    t.match(row.number, /^[0-9a-f]{32}$/)
    const { audit } = await open(t)
    t.not(audit.idHash(alice), stores.audit.idHash(alice), 'another deployment has another salt')
  })

  await t.test('it pages, and its head follows the last row', async (t) => {
    const { audit } = await open(t)
    t.same(await audit.verify(), { rows: 0, head: '', broken: null })
    for (let i = 0; i < 5; i++) await audit.append({ at: noon + i, kind: 'limit' })
    t.same(
      (await audit.page(2, 2)).map((row) => row.row),
      [3, 4],
    )
    const [last] = await audit.page(4, 9)
    t.same(await audit.verify(), { rows: 5, head: last.hash, broken: null })
  })
}
