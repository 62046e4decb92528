/**
 * The relay's disk is full, amid what is written: it takes nothing that it cannot keep and says so, goes on reading,
 * and goes on writing when there is room again (research: reliability 1.4 D7).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { formatMediaPath } from 'proto/media-path'
import { phonesHttp } from './phones-http.ts'
import { startPhones, startServer } from './programs.ts'
import { onSmallDisk, SmallDisk } from './small-disk.ts'

const [ALICE, BOB, CAROL] = ['15550001111', '15550002222', '15550003333'] as const
/** More than a log ever takes, so that the disk is full only when it is filled. */
const DISK_BYTES = 12_000_000
/** Written while the disk fills up, in each round. */
const AT_ONCE = 6
/** The errors are meant. */
const QUIET = { TETHER_LOG_LEVEL: 'silent' }
const SOON_MS = 40_000
const LOOK_MS = 50

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; waited < SOON_MS; waited += LOOK_MS) {
    if (await isSo()) return true
    await pause(LOOK_MS)
  }
  return false
}

/** `rounds` times the disk fills up and is cleared. */
export async function diskFullStory(t: Test, rounds: number): Promise<void> {
  const folder = t.testdir({ relay: {} })
  const at = join(folder, 'relay')
  const relay = await startServer(at, QUIET, { wrap: onSmallDisk(at, DISK_BYTES) })
  const disk = new SmallDisk(relay.pid, at)
  mkdirSync(join(folder, 'phones'))
  const phones = await startPhones(folder, relay.url, '', QUIET)
  t.teardown(() => Promise.all([phones.kill(), relay.kill()]))
  const http = phonesHttp(phones.url)
  for (const number of [ALICE, BOB]) await http.ask('POST', '/phones', { number, name: number })
  const status = async (path: string) => (await fetch(relay.url + path)).status
  const refusals = async () => {
    const metrics = await (await fetch(`${relay.url}/metrics`)).text()
    return Number(/\{[^}]*"notStored"\} (\d+)/.exec(metrics)?.[1] ?? 0)
  }
  const own = () => http.messages(ALICE, BOB)
  const pending = async () => (await own()).filter((message) => message.status === 'pending')
  const sendFile = async (content: string) => {
    const body = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: content }
    const query = `to=${BOB}&type=document&mimetype=text/plain&fileName=a.txt`
    return (await fetch(`${phones.url}/phones/${ALICE}/media?${query}`, body)).status
  }
  t.equal(await sendFile('a file that was here before '.repeat(200)), 200)
  t.ok(await until(async () => (await http.messages(BOB, ALICE)).length === 1))
  t.equal(await status('/readyz'), 200)

  for (let round = 1; round <= rounds; round++) {
    const refused = await refusals()
    const writing = Array.from({ length: AT_ONCE }, (_, n) => http.write(ALICE, BOB, `round ${round}, ${n}`))
    disk.fill()
    await Promise.all(writing)
    t.equal(await status('/readyz'), 503, `round ${round}: it says that it is not ready`)
    t.equal(await status('/healthz'), 200, 'though it lives')
    const late = await http.write(ALICE, BOB, `round ${round}, into the full disk`)
    t.ok(await until(async () => (await refusals()) > refused), 'mail is refused and counted')
    t.ok(
      (await pending()).some(({ id }) => id === late),
      'nothing is acknowledged',
    )
    await t.rejects(http.ask('POST', '/phones', { number: CAROL, name: 'Carol' }), 'nobody can register')
    t.equal(await sendFile(`a file for round ${round}`.repeat(300)), 500, 'or is told that a file was taken')
    t.equal(await status(formatMediaPath('document', disk.blob())), 200, 'what is there can be read')

    disk.clear()
    t.ok(await until(async () => (await status('/readyz')) === 200), 'it is ready when there is room')
    t.ok(await until(async () => (await pending()).length === 0), 'and takes the same mail')
  }
  const all = 1 + rounds * (AT_ONCE + 1)
  t.ok(await until(async () => (await http.messages(BOB, ALICE)).length >= all))
  const written = (await own()).filter(({ status }) => status !== 'error').map(({ id }) => id)
  t.equal(written.length, all)
  t.same(
    (await http.messages(BOB, ALICE)).map(({ id }) => id),
    written,
    'the other phone has all of it, once and in order',
  )
  await http.ask('POST', '/phones', { number: CAROL, name: 'Carol' })
  t.equal(await relay.stop(), 0)
}
