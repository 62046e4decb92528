/** Contract of LoginStore: pairing, resume, fencing, ends. */
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import type { Login, Owner, Stores } from '../src/stores.ts'
import { alice, attach, bob, credentials, noon, type OpenStores } from './stores-contract.ts'

async function pair(stores: Stores, owner: Owner, clientId: string, tokens = clientId): Promise<Login> {
  const result = await stores.logins.pair(owner, credentials(clientId, tokens), { at: noon, network: null })
  if (result.kind !== 'paired') throw new Error(result.kind)
  return result.login
}

export async function loginContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it finds a login by client id and both tokens, and by nothing less', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const login = await pair(stores, owner, 'x')
    t.match(login, { number: alice, clientId: 'x', epoch: 1, pairedAt: noon, lastSeen: noon })
    t.ok(login.login.length > 15 && login.login.length <= 64)
    const right = credentials('x')
    t.same(await stores.logins.find(right), { kind: 'known', login })
    const wrong = credentials('x', 'other')
    const unknown = { kind: 'unknown' }
    t.same(await stores.logins.find({ ...right, clientId: 'y' }), unknown)
    t.same(await stores.logins.find({ ...right, clientTokenHash: wrong.clientTokenHash }), unknown)
    t.same(await stores.logins.find({ ...right, serverTokenHash: wrong.serverTokenHash }), unknown)
    t.same(
      await stores.logins.find({ ...right, serverTokenHash: right.serverTokenHash.subarray(1) }),
      unknown,
    )
    t.same(await stores.logins.list(alice), [login], 'looking changed nothing')
  })

  await t.test('it finds a login by its id, with what its browser token is made of', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const login = await pair(stores, owner, 'x')
    const { serverTokenHash } = credentials('x')
    t.same(await stores.logins.findById(login.login), { login, isLocked: false, serverTokenHash })
    t.equal(await stores.logins.findById('nothing'), null)
    for (let i = 0; i < limit('CHALLENGE_FAILURES'); i++)
      await stores.logins.judged({ login: login.login, fits: false, at: noon })
    t.match(await stores.logins.findById(login.login), { isLocked: true })
  })

  await t.test('it moves the epoch on with each connection', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const { login } = await pair(stores, owner, 'x')
    const opens = [1, 2, 3].map((i) =>
      stores.logins.open({ login, challenged: false, at: noon + i, network: null }),
    )
    t.same(
      (await Promise.all(opens)).map((opened) => opened?.epoch),
      [2, 3, 4],
    )
    await stores.logins.touch({ login, at: noon + 9 })
    await stores.logins.touch({ login, at: noon + 5 })
    t.match(await stores.logins.list(alice), [{ login, epoch: 4, lastSeen: noon + 9 }])
    t.equal(await stores.logins.open({ login: 'nothing', challenged: false, at: noon, network: null }), null)
  })

  await t.test('it keeps the network of the newest connection', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const paired = await stores.logins.pair(owner, credentials('x'), { at: noon, network: '203.0.113' })
    if (paired.kind !== 'paired') throw new Error(paired.kind)
    t.equal(paired.login.network, '203.0.113')
    const { login } = paired.login
    for (const network of ['2001:db8:0:0', null, '10.0.0']) {
      t.match(await stores.logins.open({ login, challenged: false, at: noon, network }), { network })
      t.match(await stores.logins.find(credentials('x')), { login: { network } })
    }
  })

  await t.test('it holds so many logins and takes a browser that pairs again in its place', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const other = await attach(stores, bob)
    const most = limit('LOGINS_PER_PHONE')
    const logins: Login[] = []
    for (let i = 0; i < most; i++) logins.push(await pair(stores, owner, `client ${i}`))
    t.same(await stores.logins.pair(owner, credentials('one more'), { at: noon, network: null }), {
      kind: 'full',
    })
    const elsewhere = await pair(stores, other.owner, 'client 0', 'others')
    const again = await stores.logins.pair(owner, credentials('client 0', 'new'), { at: noon, network: null })
    t.match(again, { kind: 'paired', replaced: logins[0]?.login, login: { epoch: 1 } })
    t.same(await stores.logins.find(credentials('client 0')), { kind: 'unknown' })
    t.match(await stores.logins.find(credentials('client 0', 'new')), { kind: 'known' })
    t.match(await stores.logins.find(credentials('client 0', 'others')), {
      login: { login: elsewhere.login },
    })
    const ids = (await stores.logins.list(alice)).map((login) => login.login)
    t.equal(new Set(ids).size, most)
    t.same((await attach(stores, alice)).logins, ids, 'the phone is told the same, in the same order')
  })

  await t.test('it ends a login once, for its own phone only', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await attach(stores, bob)
    const { login } = await pair(stores, owner, 'x')
    t.equal(await stores.logins.end({ login, number: bob, by: 'phone', at: noon }), false)
    t.match(await stores.logins.find(credentials('x')), { kind: 'known' })
    t.equal(await stores.logins.end({ login, number: alice, by: 'phone', at: noon }), true)
    t.equal(await stores.logins.end({ login, number: alice, by: 'browser', at: noon }), false)
    t.same(await stores.logins.find(credentials('x')), { kind: 'unknown' })
    t.equal(await stores.logins.open({ login, challenged: false, at: noon, network: null }), null)
    t.equal(await stores.logins.judged({ login, fits: true, at: noon }), null)
    t.same(await stores.logins.list(alice), [])
  })

  await t.test('it locks a login after wrong answers until its phone attaches', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    const { login } = await pair(stores, owner, 'x')
    const judged = (fits: boolean) => stores.logins.judged({ login, fits, at: noon })
    const most = limit('CHALLENGE_FAILURES')
    t.same(await judged(false), { failuresLeft: most - 1 })
    t.same(await judged(true), { failuresLeft: most }, 'a right answer clears the count')
    for (let left = most - 1; left >= 0; left--) t.same(await judged(false), { failuresLeft: left })
    t.match(await stores.logins.find(credentials('x')), { kind: 'locked', login: { login } })
    t.equal(await stores.logins.open({ login, challenged: true, at: noon, network: null }), null)
    t.same(await judged(true), { failuresLeft: 0 }, 'a right answer comes too late')
    await attach(stores, alice)
    t.match(await stores.logins.find(credentials('x')), { kind: 'known' })
    t.match(await stores.logins.open({ login, challenged: true, at: noon, network: null }), { epoch: 2 })
  })
}
