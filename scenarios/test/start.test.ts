/** `npm start` as a person runs it: both programs, the ready file, a clean stop, and the same phones afterwards. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const script = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url))

interface Started {
  readonly process: ChildProcess
  readonly output: () => string
  readonly exit: Promise<number | null>
}

function start(t: Test, folder: string, env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      TETHER_SERVER_PORT: '0',
      TETHER_PHONES_PORT: '0',
      TETHER_DATA_DIR: join(folder, 'data'),
      TETHER_READY_FILE: join(folder, 'ready.json'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await exit
  })
  return { process: child, output: () => output, exit }
}

interface Urls {
  readonly serverUrl: string
  readonly phonesUrl: string
}

async function ready(folder: string, { process: child, output }: Started): Promise<Urls> {
  const file = join(folder, 'ready.json')
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Urls
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not ready: ${output()}`)
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url)
  return (await response.json()) as T
}

t.test('it starts server and phones with a history, stops cleanly and finds all of it again', async (t) => {
  const folder = t.testdir({})
  const chats = async ({ phonesUrl }: Urls) =>
    getJson<{ name: string; lastMessage: { text: string } }[]>(`${phonesUrl}/phones/15550002222/chats`)

  const first = start(t, folder)
  const urls = await ready(folder, first)
  t.equal((await fetch(`${urls.serverUrl}/readyz`)).status, 200)
  t.match(await getJson(`${urls.phonesUrl}/phones`), [
    { number: '15550001111', name: 'Alice', state: 'online' },
    { number: '15550002222', name: 'Bob', state: 'online' },
  ])
  const before = await chats(urls)
  t.match(before, [{ name: 'Alice' }, {}, {}])
  t.match(first.output(), urls.serverUrl)
  t.match(first.output(), urls.phonesUrl)
  first.process.kill('SIGTERM')
  t.equal(await first.exit, 0, first.output())
  t.notOk(existsSync(join(folder, 'ready.json')), 'no ready file of a program that has ended')
  await t.rejects(fetch(urls.serverUrl))
  await t.rejects(fetch(urls.phonesUrl))

  const second = start(t, folder)
  t.strictSame(await chats(await ready(folder, second)), before)
  second.process.kill('SIGINT')
  t.equal(await second.exit, 0, second.output())
})

t.test('it ends with an error and leaves nothing running when one program cannot start', async (t) => {
  const folder = t.testdir({})
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const started = start(t, folder, { TETHER_PHONES_PORT: String(port) })
  t.equal(await started.exit, 1)
  t.match(started.output(), /EADDRINUSE/)
  t.match(started.output(), /phones ended unexpectedly/)
  t.notOk(existsSync(join(folder, 'ready.json')))
})

t.test('it names a setting that makes no sense', async (t) => {
  const started = start(t, t.testdir({}), { TETHER_SERVER_PORT: 'http' })
  t.equal(await started.exit, 1)
  t.match(started.output(), /TETHER_ERR_CONFIG.*TETHER_SERVER_PORT/)
})
