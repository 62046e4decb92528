import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { openDatabase } from 'database'
import { fraction, seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { realClock } from 'proto/system'
import t, { type Test } from 'tap'
import { openStores } from '../src/store-sqlite.ts'
import { serverSchema } from '../src/store-sqlite-schema.ts'
import type { Stores } from '../src/stores.ts'
import {
  alice,
  attach,
  credentials,
  hash,
  mailTo,
  noon,
  publicKey,
  register,
  storesContract,
} from './stores-contract.ts'
import { recipients } from './mail-recipients.ts'

const depositor = new URL('./mail-depositor.js', import.meta.url).pathname
let opened = 0

async function open(path: string, seed = `store ${++opened}`): Promise<Stores> {
  return openStores(path, { clock: realClock, entropy: seededEntropy(seed) })
}
async function openUntilEnd(t: Test, path: string): Promise<Stores> {
  const stores = await open(path)
  t.teardown(() => stores.close())
  return stores
}

t.test('SQLite in a file', (t) =>
  storesContract(t, (t) => openUntilEnd(t, join(t.testdir(), `${++opened}`, 'server.db'))),
)
t.test('SQLite in memory', (t) => storesContract(t, (t) => openUntilEnd(t, ':memory:')))

t.test('it has everything again after a restart, its own key included', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const stores = await open(path, 'same seed')
  const seed = await stores.meta.relaySeed()
  const salted = stores.audit.idHash(alice)
  const { owner } = await attach(stores, alice)
  await stores.mail.deposit(owner, mailTo(alice, 1))
  await stores.logins.pair(owner, credentials('x'), { at: noon, network: null })
  await stores.limits.take({ key: 'X', capacity: 1, refillMs: 1000 }, noon)
  const image = Uint8Array.of(0xff, 0xd8, 0xff, 0, 1)
  await stores.profiles.saveAbout(owner, 'Gone fishing')
  await stores.profiles.savePicture(owner, alice, { image, preview: null })
  await stores.profiles.block(owner, { add: true, numbers: ['15550009999'] })
  const picture = await stores.profiles.picture(alice)
  await stores.close()
  const again = await open(path, 'same seed')
  t.same(await again.meta.relaySeed(), seed)
  t.equal(again.audit.idHash(alice), salted)
  t.match(await again.limits.take({ key: 'X', capacity: 1, refillMs: 1000 }, noon), { kind: 'refused' })
  t.match(await again.audit.verify(), { broken: null })
  const attached = await attach(again, alice)
  t.match(attached, { lastSent: 1, owner: { epoch: owner.epoch + 1 } })
  t.match(await again.logins.find(credentials('x')), { kind: 'known' })
  const second = await again.logins.pair(attached.owner, credentials('y'), { at: noon, network: null })
  t.match(second, { kind: 'paired' }, 'the same seed does not draw a living id again')
  t.equal((await again.mail.page(alice, 0, 9)).length, 1)
  t.equal(await again.profiles.about(alice), 'Gone fishing')
  t.same(await again.profiles.picture(alice), picture)
  t.match(await again.profiles.pictureBytes(picture!.key), { image })
  t.same(await again.profiles.blocked(alice), ['15550009999'])
  await again.profiles.savePicture(attached.owner, '15550001111-1@g.us', { image, preview: null })
  const other = await again.profiles.picture('15550001111-1@g.us')
  t.not(other?.key, picture!.key, 'the same seed does not draw a living key again')
  await again.close()
})

t.test(
  'it brings the file of every earlier version up, with what is in it, and its media folder beside it',
  async (t) => {
    for (let version = 1; version < serverSchema.steps.length; version++) {
      const path = join(t.testdir(), `${version}`, 'server.db')
      const old = openDatabase(path, { ...serverSchema, steps: serverSchema.steps.slice(0, version) })
      old.run('INSERT INTO codes VALUES (?, ?, ?, 0)', alice, new Uint8Array(32), noon)
      old.close()
      const stores = await open(path)
      t.same(await stores.media.find(new Uint8Array(32)), null)
      t.match(await stores.sweep(noon + limit('SMS_CODE_TTL_MS')), { codes: 1 })
      const draft = await stores.blobs.receive(Readable.from([Buffer.from('blob')]), 9)
      await draft.keep()
      await stores.close()
      t.same(
        readdirSync(join(path, '..', 'media')),
        ['incoming', Buffer.from(draft.hash).toString('hex', 0, 1)].sort(),
      )
    }
  },
)

t.test('it refuses a file of a newer server and of another program, and changes nothing', async (t) => {
  const folder = t.testdir()
  const newer = join(folder, 'newer.db')
  openDatabase(newer, { ...serverSchema, steps: [...serverSchema.steps, 'CREATE TABLE later (x)'] }).close()
  const other = join(folder, 'other.db')
  openDatabase(other, { applicationId: 5, steps: ['CREATE TABLE accounts (x)'] }).close()
  const text = join(folder, 'text.db')
  writeFileSync(text, 'these are not the stores you are looking for\n'.repeat(100))
  const before = [newer, other, text].map((path) => readFileSync(path))
  await t.rejects(open(newer), { code: 'TETHER_ERR_STORE_VERSION' })
  await t.rejects(open(other), { code: 'TETHER_ERR_STORE_VERSION' })
  await t.rejects(open(text), { code: 'TETHER_ERR_STORE_DAMAGED' })
  t.same(
    [newer, other, text].map((path) => readFileSync(path)),
    before,
  )
})

t.test('it names the audit row that was altered, removed, moved or cut off', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const stores = await open(path)
  for (let i = 0; i < 1200; i++) void stores.audit.append({ at: noon + i, kind: 'limit', number: `${i}` })
  await stores.close()
  const verdictAfter = async (sql: string): Promise<unknown> => {
    const copy = join(t.testdirName, `${++opened}.db`)
    writeFileSync(copy, readFileSync(path))
    const db = openDatabase(copy, serverSchema)
    db.exec(sql)
    db.close()
    const tampered = await open(copy)
    const { broken } = await tampered.audit.verify()
    await tampered.close()
    return broken
  }
  t.equal(await verdictAfter('SELECT 1'), null)
  for (const row of [1, 2, 600, 1000, 1001, 1199, 1200]) {
    const altered = { row, reason: 'altered' }
    t.same(await verdictAfter(`UPDATE audit SET at = at + 1 WHERE place = ${row}`), altered)
    t.same(await verdictAfter(`UPDATE audit SET detail = '{"x":1}' WHERE place = ${row}`), altered)
    t.same(await verdictAfter(`DELETE FROM audit WHERE place = ${row}`), { row, reason: 'missing' })
  }
  const swap = 'UPDATE audit SET place = -1 WHERE place = 7; UPDATE audit SET place = 7 WHERE place = 8;'
  t.same(await verdictAfter(`${swap} UPDATE audit SET place = 8 WHERE place = -1`), {
    row: 7,
    reason: 'altered',
  })
  t.same(await verdictAfter('DELETE FROM audit WHERE place > 900'), { row: 901, reason: 'missing' })
  t.same(await verdictAfter('DELETE FROM audit'), { row: 1, reason: 'missing' })
})

t.test('it loses nothing that was acknowledged and doubles nothing when killed, 20 times', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const stores = await open(path)
  for (const number of [alice, ...recipients]) await register(stores, number)
  await stores.close()
  const chance = seededEntropy('kills')
  let acked = 0
  for (let kill = 0; kill < 20; kill++) {
    const child = spawn(process.execPath, [depositor, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    const lines = createInterface({ input: child.stdout })
    const read = once(lines, 'close')
    // Half of them while they open the file or begin, the others while mail flows.
    if (kill % 2 === 0) setTimeout(() => child.kill('SIGKILL'), 80 + fraction(chance) * 160)
    else lines.once('line', () => setTimeout(() => child.kill('SIGKILL'), fraction(chance) * 80))
    lines.on('line', (line) => (acked = Math.max(acked, Number(line))))
    t.equal(await ended, 'SIGKILL')
    await read
  }
  const survivor = await open(path)
  const found: number[] = []
  for (const [i, number] of recipients.entries()) {
    const mails = await survivor.mail.page(number, 0, limit('MAILBOX_MAILS'))
    const ns = mails.map((mail) => Number(mail.mail.slice('mail-'.length)))
    t.same(
      ns,
      [...ns].sort((a, b) => a - b),
      `in order: ${ns.length} for recipient ${i}`,
    )
    found.push(...ns)
  }
  found.sort((a, b) => a - b)
  t.ok(acked > 100, `${acked} acknowledged`)
  t.ok(found.length >= acked, `${found.length} stored`)
  t.same(
    found,
    found.map((_, i) => i + 1),
    'each once',
  )
  t.match(await survivor.audit.verify(), { broken: null })
  await survivor.close()
})

t.test('a kill fills no scarce bucket: each is as empty as before, and fills at its time', async (t) => {
  const folder = t.testdir({ killed: {} })
  const stores = await open(join(folder, 'killed', 'server.db'))
  const HOUR_MS = 3_600_000
  // prettier-ignore
  const buckets = [
    { key: `PAIRINGS_PER_PHONE:${alice}`, capacity: limit('PAIRINGS_PER_PHONE'), refillMs: limit('PAIRING_REFILL_MS') },
    { key: `BUNDLES_PER_PAIR:1:${alice}`, capacity: limit('BUNDLES_PER_PAIR'), refillMs: limit('BUNDLE_REFILL_MS') },
    { key: `BUNDLES_PER_TARGET:${alice}`, capacity: limit('BUNDLES_PER_TARGET'), refillMs: HOUR_MS / limit('BUNDLES_PER_TARGET') },
  ]
  for (const bucket of buckets)
    for (let left = bucket.capacity - 1; left >= 0; left--)
      t.same(await stores.limits.take(bucket, noon), { kind: 'granted', left })
  const ask = (of: Stores, at: number) =>
    of.accounts.requestCode({ number: alice, codeHash: hash('right'), at })
  const guess = (of: Stores, code: string) => {
    const account = { identityKey: publicKey('a'), registrationId: 9, name: 'Alice', at: noon }
    return of.accounts.register({ number: alice, codeHash: hash(code), ...account })
  }
  for (let n = 0; n < limit('SMS_PER_HOUR'); n++) t.same(await ask(stores, noon), { kind: 'issued' })
  for (let left = limit('SMS_ATTEMPTS') - 1; left >= 0; left--)
    t.same(await guess(stores, 'wrong'), { kind: 'wrongCode', attemptsLeft: left })

  // nothing is closed: what the kernel has is what the next life finds
  mkdirSync(join(folder, 'again'))
  for (const name of readdirSync(join(folder, 'killed')).filter((name) => name.startsWith('server.db')))
    copyFileSync(join(folder, 'killed', name), join(folder, 'again', name))
  const again = await openUntilEnd(t, join(folder, 'again', 'server.db'))
  for (const bucket of buckets) {
    t.same(await again.limits.take(bucket, noon), { kind: 'refused', retryMs: bucket.refillMs }, bucket.key)
    t.match(await again.limits.take(bucket, noon + bucket.refillMs - 1), { kind: 'refused' })
    t.same(await again.limits.take(bucket, noon + bucket.refillMs), { kind: 'granted', left: 0 })
  }
  t.same(await guess(again, 'right'), { kind: 'limited' }, 'no new guesses')
  t.match(await ask(again, noon), { kind: 'limited' })
  t.same(await ask(again, noon + HOUR_MS / limit('SMS_PER_HOUR')), { kind: 'issued' })
  await stores.close()
})

t.test('with the same seed it does not draw the id of a login that has ended again', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const ids: unknown[] = []
  for (let life = 0; life < 3; life++) {
    const stores = await open(path, 'same seed')
    const { owner } = await attach(stores, alice)
    const paired = await stores.logins.pair(owner, credentials('x', `${life}`), { at: noon, network: null })
    if (paired.kind === 'paired') ids.push(paired.login.login)
    await stores.close()
  }
  t.equal(new Set(ids).size, 3, 'each replaced the one before')
})
