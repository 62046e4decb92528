/** Contract of GroupStore: one transaction for rules, rows and notices; fences; limits (spec 14.5). */
import { utf8Text } from 'proto/bytes'
import { parseGroupNotice, type GroupChange, type GroupNotice } from 'proto/group'
import { limit } from 'proto/limits'
import type { Test } from 'tap'
import type { Owner, Stores } from '../src/stores.ts'
import { alice, attach, bob, carol, noon, register, type OpenStores } from './stores-contract.ts'

const dora = '15550004444'
const DAY_MS = 86_400_000

interface Scene {
  readonly stores: Stores
  readonly owners: Readonly<Record<string, Owner>>
  readonly jid: string
  change(by: string, change: GroupChange, at?: number): ReturnType<Stores['groups']['change']>
  /** Takes the notices out of a mailbox. */
  notices(number: string): Promise<GroupNotice[]>
}

/** Alice's group with Bob and Carol; Dora is registered. */
async function choir(t: Test, open: OpenStores): Promise<Scene> {
  const stores = await open(t)
  const owners: Record<string, Owner> = {}
  for (const number of [alice, bob, carol, dora]) owners[number] = (await attach(stores, number)).owner
  const { group } = await stores.groups.create(owners[alice], {
    subject: 'Choir',
    members: [bob, carol],
    at: noon,
  })
  return {
    ...{ stores, owners, jid: group.jid },
    change: (by, change, at = noon + 1000) =>
      stores.groups.change(owners[by], { group: group.jid, change, at }),
    async notices(number) {
      const page = await stores.mail.page(number, 0, 1000)
      if (page.length > 0) await stores.mail.take(owners[number], page.at(-1)!.seq)
      return page.map(({ body }) => parseGroupNotice(body))
    },
  }
}

export async function groupContract(t: Test, open: OpenStores): Promise<void> {
  await t.test('it makes a group and tells every member by mail of the server', async (t) => {
    const { stores, jid } = await choir(t, open)
    t.equal(jid, `${alice}-${noon / 1000}@g.us`)
    const [mail] = await stores.mail.page(bob, 0, 9)
    t.match(mail, { seq: 1, from: alice, kind: 'notice', at: noon })
    const notice = parseGroupNotice(mail.body)
    t.match(notice, { id: mail.mail, by: alice, at: noon / 1000, event: { kind: 'create' } })
    t.strictSame(notice.group, await stores.groups.facts(bob, jid))
    t.strictSame(notice.group.members, [
      { number: alice, role: 'owner' },
      { number: bob, role: 'member' },
      { number: carol, role: 'member' },
    ])
    for (const number of [alice, carol]) {
      t.equal(
        utf8Text((await stores.mail.page(number, 0, 9))[0].body),
        utf8Text(mail.body),
        'the same for all',
      )
    }
    t.strictSame(await stores.mail.page(dora, 0, 9), [])
    t.match(await stores.audit.page(0, 99).then((rows) => rows.at(-1)), {
      kind: 'group',
      number: stores.audit.idHash(alice),
      detail: { event: 'create', members: 3 },
    })
  })

  await t.test(
    'it changes it for all at once: rows, version, notices of who was and who is in',
    async (t) => {
      const { stores, jid, change, notices } = await choir(t, open)
      for (const number of [alice, bob, carol]) await notices(number)
      const added = await change(alice, { kind: 'add', members: [dora, '15559999999', bob] })
      t.strictSame(added.results, { [dora]: '200', '15559999999': '404', [bob]: '409' })
      t.match(await change(alice, { kind: 'remove', members: [carol] }), { group: { version: 3 } })
      t.match(await change(alice, { kind: 'promote', members: [bob] }), { group: { version: 4 } })
      t.match(await change(bob, { kind: 'subject', subject: 'Band' }), {
        group: { version: 5, subject: 'Band' },
      })
      const kinds = async (number: string) =>
        (await notices(number)).map(({ event, group }) => `${event.kind} ${group.version}`)
      t.strictSame(await kinds(alice), ['add 2', 'remove 3', 'promote 4', 'subject 5'])
      t.strictSame(await kinds(dora), ['add 2', 'remove 3', 'promote 4', 'subject 5'])
      t.strictSame(await kinds(carol), ['add 2', 'remove 3'], 'and nothing after')
      const facts = await stores.groups.facts(dora, jid)
      t.match(facts, { version: 5, subject: 'Band', subjectBy: bob })
      t.strictSame(
        facts.members.map(({ number, role }) => `${number} ${role}`),
        [`${alice} owner`, `${bob} admin`, `${dora} member`],
      )
      t.strictSame(await stores.groups.list(dora), [{ jid, version: 5 }])
      t.strictSame(await stores.groups.list(carol), [])
      t.match(await attach(stores, dora), { groups: [{ jid, version: 5 }], lastWaiting: 0 })
    },
  )

  await t.test('it changes nothing when it refuses, or when nothing differs', async (t) => {
    const { stores, jid, change, notices } = await choir(t, open)
    await notices(bob)
    const rows = (await stores.audit.page(0, 999)).length
    await t.rejects(change(dora, { kind: 'leave' }), { code: 'TETHER_ERR_GROUP_MEMBER' })
    await t.rejects(change(bob, { kind: 'announce', value: true }), { code: 'TETHER_ERR_GROUP_RIGHT' })
    const elsewhere = { group: '15550001111-9@g.us', change: { kind: 'leave' }, at: noon } as const
    await t.rejects(stores.groups.change((await attach(stores, alice)).owner, elsewhere), {
      code: 'TETHER_ERR_GROUP_UNKNOWN',
    })
    await t.rejects(stores.groups.facts(dora, jid), { code: 'TETHER_ERR_GROUP_MEMBER' })
    await t.rejects(stores.groups.facts(dora, '15550001111-9@g.us'), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
    t.match(await change(bob, { kind: 'subject', subject: 'Choir' }), { notices: [], group: { version: 1 } })
    t.strictSame(await notices(bob), [])
    t.equal((await stores.audit.page(0, 999)).length, rows + 1, 'the attach')
  })

  await t.test('it keeps when the timer was set, for those who join later', async (t) => {
    const { stores, jid, change } = await choir(t, open)
    t.equal((await stores.groups.facts(bob, jid)).ephemeralAt, undefined)
    await change(bob, { kind: 'ephemeral', seconds: 60 }, noon + 5000)
    await change(alice, { kind: 'add', members: [dora] }, noon + 9000)
    t.match(await stores.groups.facts(dora, jid), { ephemeral: 60, ephemeralAt: noon / 1000 + 5 })
  })

  await t.test('it fences a phone connection that was replaced', async (t) => {
    const { stores, owners, jid, change } = await choir(t, open)
    await attach(stores, alice)
    const at = noon
    await t.rejects(change(alice, { kind: 'leave' }), { code: 'TETHER_ERR_REPLACED' })
    await t.rejects(stores.groups.create(owners[alice], { subject: 'x', members: [], at }), {
      code: 'TETHER_ERR_REPLACED',
    })
    await t.rejects(stores.groups.resetInvite(owners[alice], { group: jid, at }), {
      code: 'TETHER_ERR_REPLACED',
    })
    await t.rejects(stores.groups.join(owners[alice], { code: 'x', at }), { code: 'TETHER_ERR_REPLACED' })
    await t.rejects(stores.groups.changeIcon(owners[alice], { group: jid, tag: '1', at }), {
      code: 'TETHER_ERR_REPLACED',
    })
  })

  await t.test('it gives two groups of one second two names', async (t) => {
    const { stores, owners, jid } = await choir(t, open)
    const { group } = await stores.groups.create(owners[alice], {
      subject: 'Band',
      members: [],
      at: noon + 1,
    })
    t.equal(group.jid, `${alice}-${noon / 1000 + 1}@g.us`)
    t.strictSame(
      (await stores.groups.list(alice)).map((each) => each.jid),
      [jid, group.jid],
    )
  })

  await t.test('it lets in by a code until that is reset, but not who was removed', async (t) => {
    const { stores, owners, jid, change, notices } = await choir(t, open)
    const code = await stores.groups.inviteCode(alice, jid)
    t.equal(await stores.groups.inviteCode(alice, jid), code)
    await t.rejects(stores.groups.inviteCode(bob, jid), { code: 'TETHER_ERR_GROUP_RIGHT' })
    await t.rejects(stores.groups.inviteCode(dora, jid), { code: 'TETHER_ERR_GROUP_MEMBER' })
    await notices(bob)
    t.match(await stores.groups.join(owners[dora], { code, at: noon }), { group: { jid, version: 2 } })
    t.match(await stores.groups.join(owners[dora], { code, at: noon }), { notices: [] }, 'in already')
    t.match(await notices(bob), [{ by: dora, event: { kind: 'join' } }])
    await change(alice, { kind: 'remove', members: [dora] })
    await t.rejects(stores.groups.join(owners[dora], { code, at: noon }), { code: 'TETHER_ERR_GROUP_RIGHT' })
    await change(carol, { kind: 'leave' })
    const reset = await stores.groups.resetInvite(owners[alice], { group: jid, at: noon })
    t.not(reset.code, code)
    t.match(await notices(bob), [{}, {}, { event: { kind: 'invite' } }])
    await t.rejects(stores.groups.join(owners[carol], { code, at: noon }), {
      code: 'TETHER_ERR_GROUP_UNKNOWN',
    })
    t.match(await stores.groups.join(owners[carol], { code: reset.code, at: noon }), { group: { jid } })
    await change(alice, { kind: 'add', members: [dora] })
    t.match(await change(dora, { kind: 'leave' }), {})
    t.match(
      await stores.groups.join(owners[dora], { code: reset.code, at: noon }),
      {},
      'forgiven by being added',
    )
  })

  await t.test('it remembers who left for as long as GROUP_LEFT_MS', async (t) => {
    const { stores, change } = await choir(t, open)
    await change(bob, { kind: 'leave' }, noon)
    const again: GroupChange = { kind: 'add', members: [bob] }
    t.match(await change(alice, again, noon + DAY_MS - 1000), { results: { [bob]: '408' }, notices: [] })
    await stores.sweep(noon + DAY_MS - 1000)
    t.match(await change(alice, again, noon + DAY_MS - 1000), { results: { [bob]: '408' } })
    t.match(await change(alice, again, noon + DAY_MS), { results: { [bob]: '200' } })
    const later = noon + DAY_MS
    await change(bob, { kind: 'leave' }, later)
    await stores.sweep(later + DAY_MS - 1)
    t.match(await change(alice, again, later + DAY_MS - 1), { results: { [bob]: '408' } }, 'to the end')
  })

  await t.test('a sweep forgets who left longer ago, and never who was removed', async (t) => {
    const { stores, owners, jid, change } = await choir(t, open)
    const code = await stores.groups.inviteCode(alice, jid)
    await change(bob, { kind: 'leave' }, noon)
    await change(alice, { kind: 'remove', members: [carol] }, noon)
    await stores.sweep(noon + DAY_MS)
    const again: GroupChange = { kind: 'add', members: [bob] }
    t.match(
      await change(alice, again, noon + DAY_MS - 1000),
      { results: { [bob]: '200' } },
      'no row, whatever the time',
    )
    await t.rejects(stores.groups.join(owners[carol], { code, at: noon + DAY_MS }), {
      code: 'TETHER_ERR_GROUP_RIGHT',
    })
  })

  await t.test(
    'it keeps a group without members until mail about it has expired, then forgets it',
    async (t) => {
      const { stores, owners, jid, change } = await choir(t, open)
      const code = await stores.groups.inviteCode(alice, jid)
      for (const number of [carol, bob, alice]) await change(number, { kind: 'leave' }, noon)
      const life = limit('MAILBOX_LIFE_MS')
      t.match(await stores.sweep(noon + life - 1000), { groups: 0 })
      await t.rejects(stores.groups.facts(alice, jid), { code: 'TETHER_ERR_GROUP_MEMBER' })
      t.match(await stores.sweep(noon + life), { groups: 1 })
      await t.rejects(stores.groups.facts(alice, jid), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
      await t.rejects(stores.groups.join(owners[bob], { code, at: noon }), {
        code: 'TETHER_ERR_GROUP_UNKNOWN',
      })
    },
  )

  await t.test('it makes an heir in the same transaction as the last admin leaves', async (t) => {
    const { stores, jid, change, notices } = await choir(t, open)
    await notices(carol)
    t.match(await change(alice, { kind: 'leave' }), { group: { version: 3 } })
    t.match(await notices(carol), [
      { event: { kind: 'leave' }, by: alice },
      { event: { kind: 'promote', members: [bob] }, by: alice },
    ])
    t.match(await stores.groups.inviteCode(bob, jid), /^[\w-]{22}$/)
  })

  await t.test('it tells of another picture who may change it', async (t) => {
    const { stores, owners, jid, change, notices } = await choir(t, open)
    await notices(carol)
    await stores.groups.changeIcon(owners[bob], { group: jid, tag: '77', at: noon })
    t.match(await notices(carol), [{ event: { kind: 'icon', tag: '77' }, by: bob }])
    await change(alice, { kind: 'restrict', value: true })
    await t.rejects(stores.groups.changeIcon(owners[bob], { group: jid, tag: '78', at: noon }), {
      code: 'TETHER_ERR_GROUP_RIGHT',
    })
  })

  await t.test('it bounds the groups of a number, exactly', async (t) => {
    const stores = await open(t)
    const { owner } = await attach(stores, alice)
    await register(stores, bob)
    const other = (await attach(stores, carol)).owner
    const most = limit('GROUPS_PER_NUMBER')
    const make = (n: number) =>
      stores.groups.create(owner, { subject: `${n}`, members: [bob], at: noon + n * 1000 })
    const made = await Promise.all(Array.from({ length: most }, (_, n) => make(n)))
    t.ok(made.every(({ results }) => results[bob] === '200'))
    await t.rejects(make(most), { code: 'TETHER_ERR_LIMIT' })
    const full = await stores.groups.create(other, { subject: 'x', members: [bob], at: noon })
    t.match(full, { results: { [bob]: '403' }, met: ['GROUPS_PER_NUMBER'] })
    t.equal((await attach(stores, bob)).groups.length, most)
  })

  await t.test('it gives notices a share of their own, beyond which members miss them', async (t) => {
    const { stores, owners, jid, change } = await choir(t, open)
    const most = limit('MAILBOX_NOTICES')
    const renamed = (n: number) => change(alice, { kind: 'subject', subject: `${n}` })
    const all = await Promise.all(Array.from({ length: most - 1 }, (_, n) => renamed(n)))
    t.ok(all.every(({ notices }) => notices[0].missed.length === 0))
    t.match(await renamed(most), { notices: [{ missed: [alice, bob, carol] }] })
    t.match(await stores.mail.waiting(bob), { mails: most })
    const whisper = { n: 1, to: bob, mail: 'm', kind: 'whisper', body: new Uint8Array(1), at: noon } as const
    t.match(
      await stores.mail.deposit(owners[alice], whisper),
      { kind: 'stored' },
      'no share of the actor is used',
    )
    t.match(await attach(stores, bob), { groups: [{ jid, version: most + 1 }], lastWaiting: most + 1 })
    await stores.mail.take((await attach(stores, bob)).owner, 1)
    t.match(await renamed(most + 1), { notices: [{ missed: [alice, carol] }] })
    t.match(await stores.sweep(noon + 2000 + limit('MAILBOX_LIFE_MS')), { mails: 3 * most + 1 })
    t.match(await renamed(most + 2), { notices: [{ missed: [] }] }, 'expired ones give their room back')
  })
}
