/** `docker compose up` as a person runs it; says so and skips where no Docker Engine is. */
import { memoryKeyStore } from 'web-client/keys'
import { Client } from 'web-client/client'
import { openSocketLink } from 'web-client/socket'
import { realClock, systemEntropy } from 'proto/system'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { type Compose, composeStory, type Service } from '../src/compose.ts'
import { waitUntil } from '../src/real-wait.ts'

const [ALICE, BOB] = ['15550001111', '15550002222']
const BOB_JID = `${BOB}@s.whatsapp.net`

interface Line {
  readonly text: string
  readonly fromMe: boolean
}

async function call<T>(url: string, body?: object): Promise<T> {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const response = await fetch(url, request)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** A browser of ours at the server in the container; its keys outlive it. */
async function browser(t: Test, compose: Compose, keys = memoryKeyStore()): Promise<Client> {
  const address = `${(await compose.url('server')).replace('http', 'ws')}/ws`
  const client = new Client({
    clock: realClock,
    entropy: systemEntropy,
    keys,
    connect: () =>
      openSocketLink(new WebSocket(address, { origin: address.replace(/^ws(.*)\/ws$/, 'http$1') })),
  })
  t.teardown(() => client.stop())
  await client.start()
  return client
}

const saidToAlice = async (compose: Compose): Promise<string[]> => {
  const url = `${await compose.url('phones')}/phones/${BOB}/chats/${ALICE}@s.whatsapp.net/messages`
  return (await call<Line[]>(url)).filter(({ fromMe }) => !fromMe).map(({ text }) => text)
}

t.test(
  'both containers get healthy, pair a browser, carry messages, and stop with nothing lost',
  async (t) => {
    const compose = composeStory(t)
    if (compose === null) {
      t.pass('skipped: no Docker Engine here', { skip: 'no Docker Engine here' })
      return
    }
    await compose.up()

    const keys = memoryKeyStore()
    const client = await browser(t, compose, keys)
    await waitUntil(() => client.qr !== null)
    const scan = `${await compose.url('phones')}/phones/${ALICE}/scan`
    await call(scan, { qr: client.qr!.text, consent: { grant: true } })
    await waitUntil(() => client.state === 'open' && client.chats().length > 0)
    const sent = client.send(BOB_JID, 'From inside a container')
    await waitUntil(() =>
      client.messages(BOB_JID).some(({ id, status }) => id === sent.id && status === 'delivered'),
    )
    t.equal((await saidToAlice(compose)).at(-1), 'From inside a container')

    for (const service of ['server', 'phones'] satisfies Service[]) {
      await t.test(`${service} has no more rights than it needs`, async (t) => {
        const { HostConfig, Config } = await compose.inspect(service)
        t.match(HostConfig, { ReadonlyRootfs: true, Privileged: false })
        t.match(HostConfig.CapDrop, ['ALL'])
        t.match(HostConfig.SecurityOpt, [/no-new-privileges/])
        for (const [{ HostIp }] of Object.values(HostConfig.PortBindings)) t.equal(HostIp, '127.0.0.1')
        t.equal(Config.User, 'node')
        await t.rejects(compose.inside(service, 'touch', '/tether/x'), /Read-only file system/)
        t.match(await compose.inside(service, 'stat', '--format', '%a %U', '/data'), '700 node')
      })
    }

    client.stop()
    await compose.stop()
    for (const service of ['server', 'phones'] satisfies Service[])
      t.equal((await compose.inspect(service)).State.ExitCode, 0, `${service} ends by itself`)

    await compose.up()
    const again = await browser(t, compose, keys)
    await waitUntil(() => again.state === 'open')
    t.equal((await saidToAlice(compose)).at(-1), 'From inside a container')
    again.send(BOB_JID, 'And after a restart')
    await waitUntil(() => again.messages(BOB_JID).at(-1)?.status === 'delivered')
    t.equal((await saidToAlice(compose)).at(-1), 'And after a restart')
  },
)
