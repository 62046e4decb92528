/**
 * A program that is told to stop while everybody writes ends soon and by itself, keeps what it has answered for, and
 * is whole when it starts again: nothing lost, nothing twice.
 */
import t from 'tap'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { phonesHttp, type PhonesHttp } from '../src/phones-http.ts'
import { startPhones, startServer, type Program } from '../src/programs.ts'

const [ALICE, BOB] = ['15550001111', '15550002222'] as const
const LANES = 8
/** How long everybody writes before the word, and after it. */
const WRITING_MS = 1_000
/** A stop takes one sync and a few closed sockets, not the time of what waits. */
const STOP_MS = 3_000
const ARRIVE_MS = 20_000
const LOOK_MS = 50

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Writes both ways on all lanes until it is stopped; gives the ids that were answered, by writer. */
function writeAll(http: PhonesHttp) {
  const answered = { [ALICE]: [] as string[], [BOB]: [] as string[] }
  let goesOn = true
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const [from, to] = lane % 2 === 0 ? ([ALICE, BOB] as const) : ([BOB, ALICE] as const)
    for (let n = 0; goesOn; n++) {
      const id = await http.write(from, to, `lane ${lane}, ${n}`).catch(() => null)
      if (id === null) await pause(LOOK_MS)
      else answered[from].push(id)
    }
  })
  return async () => {
    goesOn = false
    await Promise.all(lanes)
    return answered
  }
}

async function timedStop(program: Program): Promise<{ code: number | null; ms: number }> {
  const from = performance.now()
  const code = await program.stop()
  return { code, ms: performance.now() - from }
}

t.test('server and phones are stopped while everybody writes', async (t) => {
  const folder = t.testdir()
  const programs = new Set<Program>()
  const keep = <P extends Program>(program: P): P => (programs.add(program), program)
  t.teardown(() => Promise.all([...programs].map((program) => program.kill())))
  const server = keep(await startServer(folder))
  const phones = keep(await startPhones(folder, server.url, ''))
  const http = phonesHttp(phones.url)
  for (const number of [ALICE, BOB]) await http.ask('POST', '/phones', { number, name: number })
  const firstDone = writeAll(http)
  await pause(WRITING_MS)

  const serverStop = await timedStop(server)
  programs.delete(server)
  t.equal(serverStop.code, 0)
  t.ok(serverStop.ms < STOP_MS, `the server stopped in ${Math.round(serverStop.ms)} ms`)
  t.notOk(existsSync(join(folder, 'server', 'server.db-wal')), 'its log is folded into the file')
  await pause(WRITING_MS)
  const { port } = new URL(server.url)
  keep(await startServer(folder, { TETHER_SERVER_PORT: port }))
  await pause(WRITING_MS)

  const phonesStop = await timedStop(phones)
  programs.delete(phones)
  t.equal(phonesStop.code, 0)
  t.ok(phonesStop.ms < STOP_MS, `the phones stopped in ${Math.round(phonesStop.ms)} ms`)
  for (const number of [ALICE, BOB]) t.notOk(existsSync(join(folder, 'phones', `${number}.db-wal`)))
  const answered = await firstDone()

  const again = phonesHttp(keep(await startPhones(folder, server.url, '')).url)
  let [atAlice, atBob] = [await again.messages(ALICE, BOB), await again.messages(BOB, ALICE)]
  for (let waited = 0; waited < ARRIVE_MS && atAlice.length + atBob.length > 0; waited += LOOK_MS) {
    const isOpen = [...atAlice, ...atBob].some(({ fromMe, status }) => fromMe && status === 'pending')
    if (!isOpen && atAlice.length === atBob.length) break
    await pause(LOOK_MS)
    ;[atAlice, atBob] = [await again.messages(ALICE, BOB), await again.messages(BOB, ALICE)]
  }
  for (const [writer, own, other] of [
    [ALICE, atAlice, atBob],
    [BOB, atBob, atAlice],
  ] as const) {
    const written = own.filter(({ fromMe }) => fromMe).map(({ id }) => id)
    const read = other.filter(({ fromMe }) => !fromMe).map(({ id }) => id)
    t.ok(answered[writer].length > LANES, `${answered[writer].length} messages of ${writer} were answered`)
    const kept = new Set(written)
    t.same(
      answered[writer].filter((id) => !kept.has(id)),
      [],
      'each that was answered is there',
    )
    t.same(read, written, 'the other phone has the same, once and in order')
  }
})
