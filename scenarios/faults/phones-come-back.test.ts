/**
 * The relay is killed while mail waits for phones that are away. It is started again, all of them come at once, and each
 * has all of its mail within five seconds (research: reliability R9).
 */
import t from 'tap'
import { phonesHttp } from '../src/phones-http.ts'
import { startPhones, startServer } from '../src/programs.ts'

const PAIRS = 10
const MESSAGES = 20
const MOST_MS = 5_000
const LOOK_MS = 50
const QUIET = { TETHER_LOG_LEVEL: 'silent' }

const people = Array.from({ length: PAIRS }, (_, n) => ({
  writer: `1555000${n}001`,
  reader: `1555000${n}002`,
}))
const texts = Array.from({ length: MESSAGES }, (_, n) => `message ${n + 1}`)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('phones whose relay was killed come back and have what waited within five seconds', async (t) => {
  const folder = t.testdir({ relay: {}, writers: {}, readers: {} })
  const atRelay = `${folder}/relay`
  const killed = await startServer(atRelay, QUIET)
  t.teardown(() => killed.kill())
  const writers = await startPhones(`${folder}/writers`, killed.url, '', QUIET)
  t.teardown(() => writers.kill())
  const readers = await startPhones(`${folder}/readers`, killed.url, '', QUIET)
  t.teardown(() => readers.kill())
  const [writing, reading] = [phonesHttp(writers.url), phonesHttp(readers.url)]
  for (const { writer, reader } of people) {
    await writing.ask('POST', '/phones', { number: writer, name: writer })
    await reading.ask('POST', '/phones', { number: reader, name: reader })
  }
  const network = (kind: string) =>
    Promise.all(
      people.map(({ reader }) => reading.ask('PATCH', `/phones/${reader}/device`, { network: kind })),
    )
  await network('none')
  await Promise.all(
    people.map(async ({ writer, reader }) => {
      for (const text of texts) await writing.write(writer, reader, text)
    }),
  )
  const here = async ({ writer, reader }: (typeof people)[number]) =>
    (await reading.messages(reader, writer).catch(() => [])).map(({ text }) => text)
  const isTaken = async ({ writer, reader }: (typeof people)[number]) =>
    (await writing.messages(writer, reader)).every(({ status }) => status === 'server')
  const all = async (isSo: (one: (typeof people)[number]) => Promise<boolean>): Promise<void> => {
    for (const one of people) while (!(await isSo(one))) await pause(LOOK_MS)
  }
  await all(isTaken)

  const port = new URL(killed.url).port
  await killed.kill()
  await network('wifi')
  const from = performance.now()
  const relay = await startServer(atRelay, { ...QUIET, TETHER_SERVER_PORT: port })
  t.teardown(() => relay.kill())
  const readyMs = performance.now() - from
  await all(async (one) => (await here(one)).length >= MESSAGES)
  const ms = performance.now() - from
  t.comment(
    `ready after ${readyMs.toFixed(0)} ms, ${PAIRS * MESSAGES} mails drained after ${ms.toFixed(0)} ms`,
  )
  t.ok(ms < MOST_MS, `${ms.toFixed(0)} ms`)
  for (const one of people) t.same(await here(one), texts, 'once and in order')
})
