import { seededEntropy } from 'proto/entropy'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { Phones } from '../src/phones.ts'
import { RelayDouble } from './relay-double.ts'
import { ALICE, BOB } from './phone-world.ts'
import { TestClock, until } from './test-clock.ts'

/** Alice and Bob behind the app. */
async function start(t: Test) {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const seams = { clock, entropy: seededEntropy('group routes'), connect: relay.connect, server: relay.http }
  const phones = new Phones({ folder: null, passphrase: 'test', ...seams })
  const app = await buildApp({ phones, clock, allowedHosts: [] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  for (const [number, name] of [[ALICE, 'Alice'], [BOB, 'Bob']] as const) await phones.create(number, name) // prettier-ignore
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const headers = { host: 'localhost' }
    const response = await app.inject({ method, url: `/phones/${path}`, headers, ...(body && { body }) })
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
  }
  return { phones, ask }
}

t.test('it makes, lists, changes and leaves groups, and writes to them', async (t) => {
  const { phones, ask } = await start(t)
  const made = await ask('POST', `${ALICE}/groups`, { subject: 'Choir', members: [BOB] })
  const { jid } = made.body['group'] as { jid: string }
  const group = {
    ...{ jid, subject: 'Choir', description: null, owner: ALICE, isMember: true },
    ...{ restrict: false, announce: false, ephemeral: 0 },
    members: [
      { number: ALICE, role: 'owner' },
      { number: BOB, role: 'member' },
    ],
  }
  t.strictSame(made, { status: 200, body: { group, results: { [BOB]: '200' } } })
  t.strictSame((await ask('GET', `${ALICE}/groups`)).body, [group])
  const bob = phones.find(BOB)!
  await until(() => bob.groups.find(jid) !== null, 'Bob has it')
  t.match(await ask('PATCH', `${ALICE}/groups/${jid}`, { kind: 'subject', subject: 'Band' }), {
    body: { group: { subject: 'Band' }, results: {} },
  })
  t.match(await ask('POST', `${ALICE}/messages`, { to: jid, text: 'one, two, three, four' }), { status: 200 })
  await until(() => bob.messages(jid).length === 3, 'everything')
  t.match((await ask('GET', `${BOB}/chats/${jid}/messages`)).body, [
    {
      type: 'notice',
      notice: { stub: 'GROUP_CREATE', parameters: ['Choir'] },
      text: 'Alice created the group "Choir"',
    },
    { type: 'notice', notice: { stub: 'GROUP_CHANGE_SUBJECT', parameters: ['Band'] } },
    { text: 'one, two, three, four', author: `${ALICE}@s.whatsapp.net`, notice: undefined },
  ])
  t.match((await ask('GET', `${BOB}/chats`)).body, [{ jid, name: 'Band', unread: 1 }])
  t.match(await ask('DELETE', `${BOB}/groups/${jid}`), { status: 200, body: {} })
  t.match((await ask('GET', `${BOB}/groups`)).body, [{ isMember: false }])
})

t.test('it invites and joins', async (t) => {
  const { ask } = await start(t)
  const made = await ask('POST', `${ALICE}/groups`, { subject: 'Choir', members: [] })
  const { jid } = made.body['group'] as { jid: string }
  const { code } = (await ask('GET', `${ALICE}/groups/${jid}/invitation`)).body
  t.match(await ask('POST', `${BOB}/groups/join`, { code: String(code) }), {
    status: 200,
    body: { jid, isMember: true },
  })
  t.match(await ask('POST', `${BOB}/groups/join`, { code: 'guess' }), {
    ...{ status: 404, body: { code: 'TETHER_ERR_GROUP_UNKNOWN' } },
  })
  const again = (await ask('DELETE', `${ALICE}/groups/${jid}/invitation`)).body
  t.not(again['code'], code)
})

t.test('it refuses what has another shape, and says what the directory says', async (t) => {
  const { ask } = await start(t)
  for (const body of [
    {},
    { subject: '', members: [] },
    { subject: 'x', members: 'y' },
    { subject: 'x', members: [], z: 1 },
  ]) {
    t.match(await ask('POST', `${ALICE}/groups`, body), { status: 400, body: { code: 'TETHER_ERR_BODY' } })
  }
  for (const body of [{ kind: 'rename' }, { kind: 'add' }, { kind: 'subject', subject: '' }]) {
    t.match(await ask('PATCH', `${ALICE}/groups/${ALICE}-1@g.us`, body), { status: 400 })
  }
  t.match(await ask('DELETE', `${ALICE}/groups/${BOB}`), { status: 400, body: { code: 'TETHER_ERR_JID' } })
  t.match(await ask('DELETE', `${ALICE}/groups/${ALICE}-1@g.us`), { status: 404 })
  t.match(await ask('GET', '15559999999/groups'), { status: 404 })
})
