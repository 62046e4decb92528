/** Server and phones as processes under strace, and a day in which everything durable is answered for once. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client, memoryKeyStore, openSocketLink } from 'web-client'
import { WebSocket } from 'ws'
import { realClock, systemEntropy } from 'proto/system'
import { TetherError } from 'proto/errors'
import { LEGACY_ORIGIN } from './browser.ts'
import { DISK_CALLS } from './disk-model.ts'
import { jidOf, phonesHttp } from './phones-http.ts'
import { startPhones, startServer, type Program } from './programs.ts'
import { waitUntil } from './real-wait.ts'
import { SOCKET_CALLS } from './traced-sockets.ts'

export type TracedRun = {
  readonly server: Traced
  readonly phones: Traced
}

export interface Traced {
  readonly trace: string
  /** Everything the program wrote is below; it was empty before. */
  readonly root: string
  /** The folder of its databases. */
  readonly data: string
}

const ALICE = '15550001111'
const BOB = '15550002222'
const CAROL = '15550003333'
const PATIENCE_MS = 60_000
/** Calls at once. */
const LANES = 4

/** Runs the day with `messages` messages in `folder`; `preload` is loaded into both programs. */
export async function tracedRun(folder: string, messages: number, preload?: string): Promise<TracedRun> {
  const { server, phones } = tracesIn(folder)
  for (const { root } of [server, phones]) mkdirSync(root)
  const calls = [...new Set([...DISK_CALLS, ...SOCKET_CALLS])]
  const watched = ({ trace }: Traced) => ({
    trace: { file: trace, calls },
    ...(preload !== undefined && { preload }),
  })
  const relay = await startServer(join(server.root, 'data'), {}, watched(server))
  const program = await startPhones(join(phones.root, 'data'), relay.url, '', {}, watched(phones))
  try {
    await aDay(relay, program, messages)
  } finally {
    await program.stop()
    await relay.stop()
  }
  return { server, phones }
}

/** Where the traces of a day are, or will be. */
export function tracesIn(folder: string): TracedRun {
  const of = (name: string): Traced => {
    const root = join(folder, name)
    return { trace: join(folder, `${name}.trace`), root, data: join(root, 'data', name) }
  }
  return { server: of('server'), phones: of('phones') }
}

async function aDay(relay: Program, phones: Program, messages: number): Promise<void> {
  const { ask, write: say, messages: read } = phonesHttp(phones.url)
  for (const number of [ALICE, BOB, CAROL]) await ask('POST', '/phones', { number, name: `Nr ${number}` })
  const browserOf = async (number: string): Promise<{ client: Client; login: string }> => {
    const client = new Client({
      clock: realClock,
      entropy: systemEntropy,
      keys: memoryKeyStore(),
      connect: () =>
        openSocketLink(new WebSocket(`${relay.url.replace('http', 'ws')}/ws`, { origin: LEGACY_ORIGIN })),
      fetch: (path, init) => fetch(relay.url + path, init),
    })
    await client.start()
    await waitUntil(() => client.qr !== null, PATIENCE_MS)
    const scan = { qr: client.qr!.text, consent: { grant: true } }
    const { id } = await ask<{ id: string }>('POST', `/phones/${number}/scan`, scan)
    await waitUntil(() => client.state === 'open', PATIENCE_MS)
    return { client, login: id }
  }
  const [atAlice, atBob] = [await browserOf(ALICE), await browserOf(BOB)]

  const write = (from: string, to: string, n: number) => say(from, to, `message ${n}`)
  const kinds = [
    (n: number) => write(ALICE, BOB, n),
    (n: number) => write(BOB, ALICE, n),
    (n: number) => Promise.resolve(atAlice.client.send(jidOf(BOB), `message ${n}`)),
    (n: number) => Promise.resolve(atBob.client.send(jidOf(ALICE), `message ${n}`)),
    (n: number) => write(CAROL, BOB, n),
  ]
  let begun = 0
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (begun < messages) {
        const n = begun++
        await kinds[n % kinds.length](n)
        if (n % 10 === 9) await ask('POST', `/phones/${BOB}/chats/${jidOf(ALICE)}/read`)
      }
    }),
  )
  const subject = { subject: 'Audit', members: [BOB, CAROL] }
  const { group } = await ask<{ group: { jid: string } }>('POST', `/phones/${ALICE}/groups`, subject)
  for (let n = 0; n < 3; n++) await write(ALICE, group.jid, messages + n)
  for (const name of ['first', 'second'])
    await fetch(
      `${phones.url}/phones/${ALICE}/media?to=${BOB}&type=document&mimetype=text/plain&fileName=${name}.txt`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: `the ${name} file `.repeat(3_000),
      },
    )

  // what each phone has to have in the end: its share of the messages
  const between = (one: number[]): number =>
    one.reduce((sum, kind) => sum + Math.ceil((messages - kind) / 5), 0)
  const arrived = async (number: string, other: string) => (await read(number, other)).length
  const expected: [string, string, number][] = [
    [BOB, ALICE, between([0, 1, 2, 3]) + 2],
    [ALICE, BOB, between([0, 1, 2, 3]) + 2],
    [BOB, CAROL, between([4])],
  ]
  const end = realClock.now() + PATIENCE_MS
  for (const [number, other, count] of expected)
    while ((await arrived(number, other)) < count) {
      if (realClock.now() > end) throw new TetherError('TETHER_ERR_WAIT', `${number} has not got everything`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  await ask('DELETE', `/phones/${BOB}/companions/${atBob.login}`)
  await atAlice.client.logout()
  for (const { client } of [atAlice, atBob]) client.stop()
}
