import t, { type Test } from 'tap'
import { parseBase64 } from 'proto/base64'
import { parseGroupNotice, type GroupFacts, type GroupNotice } from 'proto/group'
import { limit } from 'proto/limits'
import { createPair, createWorld, type ScriptedLink, type TestPhone } from './world.ts'

const [ALICE, BOB, CARLA] = ['15550001111', '15550002222', '15550003333']
type Reply = { group: GroupFacts; results: Record<string, string> }

/** Alice and Bob with a browser each, Carla without; a group of Alice's with Bob. */
async function choir(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const alice = await createPair(world, ALICE)
  const carla = await (await world.phone(CARLA)).attach()
  const bob = await createPair(world, BOB)
  const by = alice.phone.heard('browser').at(-1)!['connection'] as number
  const made = await alice.phone.ask({ type: 'groupCreate', subject: 'Choir', members: [BOB], by })
  const { group } = made.ok as Reply
  const change = (phone: TestPhone, asked: object) =>
    phone.ask({ type: 'groupChange', group: group.jid, change: asked })
  return { world, alice, bob, carla, jid: group.jid, by, made: made.ok as Reply, change }
}

const notices = (phone: TestPhone): GroupNotice[] =>
  phone
    .heard('delivery')
    .flatMap(({ kind, body }) => (kind === 'notice' ? parseGroupNotice(parseBase64(String(body))) : []))
const chats = (browser: ScriptedLink): unknown[] =>
  browser.texts().flatMap((text) => {
    const body = JSON.parse(text.slice(text.indexOf(',') + 1)) as unknown[]
    return body[0] === 'Chat' ? [(body[1] as { data: unknown[] }).data] : []
  })

t.test('answers who made a group, mails a notice to all, and tells the browsers of the others', async (t) => {
  const { alice, bob, carla, jid, made } = await choir(t)
  t.match(made, { group: { jid, subject: 'Choir', version: 1 }, results: { [BOB]: '200' } })
  t.match(notices(alice.phone), [{ event: { kind: 'create' }, by: ALICE, group: made.group }])
  t.strictSame(notices(bob.phone), notices(alice.phone))
  t.match(chats(bob.browser), [['create', `${ALICE}@c.us`, { subject: 'Choir' }]])
  t.strictSame(chats(alice.browser), [], 'never the one it came from')
  t.strictSame(notices(carla), [])
})

t.test('changes a group for its members, and introduces it to new ones', async (t) => {
  const { alice, bob, carla, jid, change } = await choir(t)
  const added = (await change(alice.phone, { kind: 'add', members: [CARLA, '15559999999'] })).ok as Reply
  t.strictSame(added.results, { [CARLA]: '200', '15559999999': '404' })
  t.match(notices(carla), [{ event: { kind: 'add', members: [CARLA] }, group: { version: 2 } }])
  await change(alice.phone, { kind: 'promote', members: [BOB] })
  await change(bob.phone, { kind: 'remove', members: [CARLA] })
  t.match(chats(bob.browser).slice(1), [
    ['add', `${ALICE}@c.us`, { participants: [`${CARLA}@c.us`] }],
    ['promote', `${ALICE}@c.us`, { participants: [`${BOB}@c.us`] }],
  ])
  t.match(chats(alice.browser).slice(2), [['remove', `${BOB}@c.us`, { participants: [`${CARLA}@c.us`] }]])
  t.match((await carla.ask({ type: 'groupFacts', group: jid })).error, { code: 'TETHER_ERR_GROUP_MEMBER' })
  t.match((await bob.phone.ask({ type: 'groupFacts', group: jid })).ok, { version: 4 })
})

t.test(
  'tells the own browser what the phone itself changed, and not what that browser asked for',
  async (t) => {
    const { alice, by, jid } = await choir(t)
    const subject = (text: string, asker: object) =>
      alice.phone.ask({
        type: 'groupChange',
        group: jid,
        change: { kind: 'subject', subject: text },
        ...asker,
      })
    await subject('of the phone', {})
    await subject('of this browser', { by })
    await subject('of one before it', { by: by + 100 })
    t.match(chats(alice.browser), [
      ['subject', `${ALICE}@c.us`, { subject: 'of the phone' }],
      ['subject', `${ALICE}@c.us`, { subject: 'of one before it' }],
    ])
  },
)

t.test('names the groups of a phone when it attaches, and what waits for it', async (t) => {
  const { world, alice, jid, change } = await choir(t)
  const away = await world.phone('15550005555')
  await change(alice.phone, { kind: 'add', members: ['15550005555'] })
  await change(alice.phone, { kind: 'subject', subject: 'Band' })
  const back = await away.attach()
  t.match(back.heard('attached'), [{ groups: [{ jid, version: 3 }], waiting: 2 }])
  t.match(notices(back), [{ event: { kind: 'add' } }, { event: { kind: 'subject' } }])
})

t.test('refuses with a code, and changes nothing', async (t) => {
  const { alice, bob, carla, jid, change } = await choir(t)
  const announce = { kind: 'announce', value: true }
  t.match((await change(bob.phone, announce)).error, { code: 'TETHER_ERR_GROUP_RIGHT' })
  t.match((await change(carla, announce)).error, { code: 'TETHER_ERR_GROUP_MEMBER' })
  const nowhere = { type: 'groupChange', group: `${ALICE}-1@g.us`, change: announce }
  t.match((await alice.phone.ask(nowhere)).error, { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  t.match((await carla.ask({ type: 'groupJoin', code: 'guess' })).error, { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  t.match((await alice.phone.ask({ type: 'groupFacts', group: jid })).ok, { version: 1, announce: false })
})

t.test(
  'gives the code of an invitation to admins, by phone and by browser, and lets in who has it',
  async (t) => {
    const { world, alice, bob, carla, jid } = await choir(t)
    const { code } = (await alice.phone.ask({ type: 'groupInvite', group: jid, reset: false })).ok as {
      code: string
    }
    const ask = async (browser: ScriptedLink, group: string) => {
      browser.take()
      await browser.say(`q,["query","inviteCode","${group}"]`)
      await world.clock.pass(50)
      return browser.take()[0]
    }
    t.equal(await ask(alice.browser, jid), `q,{"status":200,"code":"${code}"}`)
    t.equal(await ask(bob.browser, jid), 'q,{"status":403}')
    t.equal(await ask(bob.browser, `${ALICE}-1@g.us`), 'q,{"status":404}')
    t.match((await carla.ask({ type: 'groupJoin', code })).ok, { jid, version: 2 })
    t.match(chats(alice.browser), [['add', `${CARLA}@c.us`, { participants: [`${CARLA}@c.us`] }]])
    const reset = (await alice.phone.ask({ type: 'groupInvite', group: jid, reset: true })).ok as {
      code: string
    }
    t.not(reset.code, code)
    t.match(notices(bob.phone).at(-1), { event: { kind: 'invite' } })
    t.equal(await ask(alice.browser, jid), `q,{"status":200,"code":"${reset.code}"}`)
  },
)

t.test('lets a number make GROUP_CHANGES_RATE changes a minute', async (t) => {
  const { world, alice, bob, change } = await choir(t)
  const most = limit('GROUP_CHANGES_RATE')
  const rename = (n: number) => change(alice.phone, { kind: 'subject', subject: `Choir ${n}` })
  for (let n = 1; n < most; n++) t.match((await rename(n)).ok, {}, 'the first was the creation')
  t.match((await rename(most)).error, { code: 'TETHER_ERR_LIMIT' })
  t.equal(world.server.counters.value('limits', 'GROUP_CHANGES_RATE'), 1)
  t.match((await change(bob.phone, { kind: 'subject', subject: 'Band' })).ok, {}, 'others are not concerned')
  await world.clock.pass(60_000 / most)
  t.match((await rename(most)).ok, {})
})

t.test('lets GROUP_MEMBERS people into a group, and counts who came too late', async (t) => {
  const { world, alice, change } = await choir(t)
  const { accounts } = world.stores
  const others = Array.from({ length: limit('GROUP_MEMBERS') - 2 }, (_, n) => `1777${1_000_000 + n}`)
  const codeHash = new Uint8Array(32)
  const person = { identityKey: new Uint8Array(33).fill(5), registrationId: 1, name: 'x', codeHash, at: 1 }
  await Promise.all(others.map((number) => accounts.requestCode({ number, codeHash, at: 1 })))
  await Promise.all(others.map((number) => accounts.register({ number, ...person })))
  const added = (await change(alice.phone, { kind: 'add', members: others })).ok as Reply
  t.same(new Set(Object.values(added.results)), new Set(['200']))
  const late = (await change(alice.phone, { kind: 'add', members: [CARLA] })).ok as Reply
  t.strictSame(late.results, { [CARLA]: '403' })
  t.equal(world.server.counters.value('limits', 'GROUP_MEMBERS'), 1)
})

t.test('keeps MAILBOX_NOTICES notices for a phone, and counts those it misses', async (t) => {
  const { world, alice, bob, jid } = await choir(t)
  const { stores } = world
  const { owner } = (await stores.accounts.attach({
    ...{ number: ALICE, identityKey: (await stores.accounts.find(ALICE))!.identityKey, at: 1 },
  }))!
  const rename = async (n: number) => {
    const asked = { kind: 'subject', subject: `Choir ${n}` } as const
    const { notices } = await stores.groups.change(owner, { group: jid, change: asked, at: n * 1_000 })
    return notices.flatMap(({ missed }) => missed)
  }
  // the first was the creation
  const missed = await Promise.all(Array.from({ length: limit('MAILBOX_NOTICES') - 1 }, (_, n) => rename(n)))
  t.strictSame(missed.flat(), [])
  const back = await alice.phone.attach()
  const more = { type: 'groupChange', group: jid, change: { kind: 'subject', subject: 'Band' } }
  t.match((await back.ask(more)).ok, {})
  t.equal(world.server.counters.value('limits', 'MAILBOX_NOTICES'), 2, 'hers and his')
  t.equal((await stores.mail.waiting(BOB)).mails, limit('MAILBOX_NOTICES'))
  t.ok(bob.phone.heard('delivery').length > 0)
})

t.test('counts what kept somebody out', async (t) => {
  const { world, alice, change } = await choir(t)
  const { stores } = world
  const { owner } = (await stores.accounts.attach({
    ...{ number: CARLA, identityKey: (await stores.accounts.find(CARLA))!.identityKey, at: 1 },
  }))!
  for (let n = 0; n < limit('GROUPS_PER_NUMBER'); n++) {
    await stores.groups.create(owner, { subject: 'x', members: [], at: n * 1000 })
  }
  const added = (await change(alice.phone, { kind: 'add', members: [CARLA] })).ok as Reply
  t.strictSame(added.results, { [CARLA]: '403' })
  t.equal(world.server.counters.value('limits', 'GROUPS_PER_NUMBER'), 1)
  const again = await world.phone(CARLA)
  const phone = await again.attach()
  t.match((await phone.ask({ type: 'groupCreate', subject: 'x', members: [] })).error, {
    code: 'TETHER_ERR_LIMIT',
  })
  t.equal(world.server.counters.value('limits', 'GROUPS_PER_NUMBER'), 2)
})
