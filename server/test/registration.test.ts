import t from 'tap'
import { formatBase64 } from 'proto/base64'
import { limit } from 'proto/limits'
import { createPair, createWorld, type World } from './world.ts'

const NUMBER = '15550001111'
const KEY = formatBase64(new Uint8Array(33).fill(5))

const post = async (world: World, url: string, payload: object) => {
  const reply = await world.server.app.inject({ method: 'POST', url, payload })
  return { status: reply.statusCode, body: reply.json<{ code?: string }>() }
}
const confirm = (world: World, code: string, identityKey = KEY) =>
  post(world, '/v1/register/confirm', { number: NUMBER, code, identityKey, registrationId: 1, name: 'Alice' })
async function codeOf(world: World): Promise<string> {
  const reply = await world.server.app.inject({ url: `/sim/sms/${NUMBER}` })
  return reply.json<{ code: string }[]>()[0].code
}

t.test('takes a code until SMS_CODE_TTL_MS, once', async (t) => {
  const world = await createWorld()
  await post(world, '/v1/register', { number: NUMBER })
  await world.clock.pass(limit('SMS_CODE_TTL_MS'))
  t.match(await confirm(world, await codeOf(world)), { status: 403, body: { code: 'TETHER_ERR_SMS_CODE' } })
  await post(world, '/v1/register', { number: NUMBER })
  await world.clock.pass(limit('SMS_CODE_TTL_MS') - 1)
  const code = await codeOf(world)
  t.equal(code.length, limit('SMS_CODE_DIGITS'), 'unless configured otherwise')
  t.match(await confirm(world, code), { status: 201, body: { jid: `${NUMBER}@c.us`, relayKey: String } })
  t.match(await confirm(world, code), { status: 403 }, 'used')
  await world.server.close()
})

t.test('takes no code that it sent to another number, and none that it never sent', async (t) => {
  const world = await createWorld()
  t.match(await confirm(world, '123456'), { status: 403 })
  await post(world, '/v1/register', { number: '15550002222' })
  const other = await world.server.app.inject({ url: '/sim/sms/15550002222' })
  t.match(await confirm(world, other.json<{ code: string }[]>()[0].code), { status: 403 })
  t.same(await world.stores.accounts.find(NUMBER), null)
  await world.server.close()
})

t.test('takes identity keys of 33 bytes with the type byte only, and does not burn the code', async (t) => {
  const world = await createWorld()
  await post(world, '/v1/register', { number: NUMBER })
  const code = await codeOf(world)
  for (const key of [new Uint8Array(33).fill(6), new Uint8Array(32).fill(5)])
    t.match(await confirm(world, code, formatBase64(key)), { status: 400 })
  t.match(await confirm(world, code, '!'.repeat(44)), { status: 400 })
  t.match(await confirm(world, code), { status: 201 })
  await world.server.close()
})

t.test('ends what the old identity had: its link, its logins, their browsers', async (t) => {
  const world = await createWorld()
  const { phone, browser } = await createPair(world)
  browser.take()
  await post(world, '/v1/register', { number: NUMBER })
  t.match(await confirm(world, await codeOf(world)), { status: 201 })
  t.same(phone.link.closed, { code: 4409, reason: 'TETHER_ERR_REPLACED' })
  t.match(browser.take(), [/^s\d+,\["Cmd",\{"type":"disconnect"\}\]$/])
  t.ok(browser.closed)
  t.same(await world.stores.logins.list(NUMBER), [])
  t.match((await phone.attach()).link.closed, { code: 4401 }, 'the old key attaches no more')
  await world.server.close()
})
