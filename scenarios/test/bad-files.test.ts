/** Stored files that are damaged, foreign or of another version: the program says so and leaves every byte. */
import t from 'tap'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALICE, createWorld } from 'harness'
import { giveBackstory, BOB_JID } from '../src/backstory.ts'

const require = createRequire(import.meta.url)
const USER_VERSION = 60
const APPLICATION_ID = 68

/** What was done to a file, and the code that names it. */
const damages: Readonly<Record<string, readonly [(path: string) => void, string]>> = {
  'of a newer version': [(path) => patch(path, USER_VERSION, 99), 'TETHER_ERR_STORE_VERSION'],
  'of an unknown version': [(path) => patch(path, USER_VERSION, -1), 'TETHER_ERR_STORE_VERSION'],
  'of another program': [(path) => patch(path, APPLICATION_ID, 0x0f055112), 'TETHER_ERR_STORE_VERSION'],
  'cut short': [(path) => truncateSync(path, 5_000), 'TETHER_ERR_STORE_DAMAGED'],
  'cut in its header': [(path) => truncateSync(path, 50), 'TETHER_ERR_STORE_DAMAGED'],
  'no database at all': [(path) => writeFileSync(path, 'Dear diary, today'), 'TETHER_ERR_STORE_DAMAGED'],
}

t.test('it refuses a stored file that is not right, in words, and loses nothing', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'files-'))
  t.teardown(() => rmSync(storage, { recursive: true }))
  const world = await createWorld({ storage: join(storage, 'good'), seed: 'files' })
  await giveBackstory(world)
  await world.stop()

  for (const file of ['server/server.db', `phones/${ALICE.number}.db`]) {
    for (const [what, [damage, code]] of Object.entries(damages)) {
      const folder = join(storage, 'bad')
      rmSync(folder, { recursive: true, force: true })
      cpSync(join(storage, 'good'), folder, { recursive: true })
      damage(join(folder, file))
      const damaged = readFileSync(join(folder, file))
      await t.rejects(createWorld({ storage: folder, seed: 'again' }), { code }, `${file} ${what}`)
      t.ok(readFileSync(join(folder, file)).equals(damaged), `${file} ${what} stays as it is`)
    }
  }

  const again = await createWorld({ storage: join(storage, 'good'), seed: 'again' })
  t.equal(again.phone(ALICE.number).messages(BOB_JID).length, 5, 'the good files still hold everything')
  await again.stop()
})

t.test('it ends the relay with the code on its error output', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'server'))
  writeFileSync(join(folder, 'server', 'server.db'), 'Dear diary, today')
  const env = { ...process.env, TETHER_DATA_DIR: folder, TETHER_SERVER_PORT: '0' }
  const { status, stderr } = spawnSync(process.execPath, [require.resolve('server/main')], {
    env,
    encoding: 'utf8',
  })
  t.equal(status, 1)
  t.match(stderr, /^TETHER_ERR_STORE_DAMAGED /)
  t.equal(readFileSync(join(folder, 'server', 'server.db'), 'utf8'), 'Dear diary, today')
})

function patch(path: string, offset: number, value: number): void {
  const bytes = readFileSync(path)
  bytes.writeInt32BE(value, offset)
  writeFileSync(path, bytes)
}
