/** `npm start` as a person runs it: both programs, the ready file, a clean stop, and the same phones afterwards. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { settings as phonesSettings } from 'phone-sim/config'
import { settings as serverSettings } from 'server/config'
import t from 'tap'
import { ready, SCRIPT, start, type Urls } from '../src/started.ts'

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

t.test('it lists every setting with --help, and docs/operations.md does too', (t) => {
  const help = execFileSync(process.execPath, [SCRIPT, '--help'], { encoding: 'utf8' })
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  for (const { env } of [
    ...Object.values(serverSettings),
    ...Object.values(phonesSettings),
    { env: 'TETHER_READY_FILE' },
  ]) {
    t.match(help, env)
    t.match(page, `\`${env}\``)
  }
  t.end()
})

t.test('it ends with an error and stops the server when the phones die', async (t) => {
  const folder = t.testdir({})
  const started = start(t, folder)
  const { serverUrl } = await ready(folder, started)
  const own = readFileSync(`/proc/${started.process.pid}/task/${started.process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
  const phones = own.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('phone-sim'))
  process.kill(Number(phones), 'SIGKILL')
  t.equal(await started.exit, 1)
  t.match(started.output(), /phones ended unexpectedly \(SIGKILL\)/)
  await t.rejects(fetch(serverUrl))
})

t.test('it leaves no program behind when it is killed itself', async (t) => {
  const folder = t.testdir({})
  const started = start(t, folder)
  const urls = await ready(folder, started)
  started.process.kill('SIGKILL')
  await started.exit
  const answers = async (url: string) => fetch(url).then(Boolean, () => false)
  for (let waited = 0; waited < 10_000 && (await answers(urls.phonesUrl)); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (let waited = 0; waited < 10_000 && (await answers(urls.serverUrl)); waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.notOk(await answers(urls.phonesUrl))
  t.notOk(await answers(urls.serverUrl))
})
