/** The trap of the doors (spec 20, number 17): any Host, two Origins, no sub-protocol; and pages of others stay out. */
import t from 'tap'
import { createWorld } from 'harness'
import { upgrade } from '../src/upgrade.ts'

const HOST = 'Host: web.whatsapp.com'
const ORIGIN = 'Origin: https://web.whatsapp.com'

t.test('it keeps trap 17: /ws opens for any Host and any path behind it', async (t) => {
  const world = await createWorld({ clock: 'real', phones: [] })
  t.teardown(() => world.stop())
  for (const host of ['web.whatsapp.com', 'w7.web.whatsapp.com', 'localhost:1', 'anything.example']) {
    for (const path of ['/ws', '/ws/', '/ws/chat', '/ws?ED=1']) {
      t.equal(
        (await upgrade(world.serverUrl!, path, [`Host: ${host}`, ORIGIN])).status,
        101,
        `${host} ${path}`,
      )
    }
  }
})

t.test('it keeps trap 17: two Origin headers are fine when one of them is right', async (t) => {
  const world = await createWorld({ clock: 'real', phones: [] })
  t.teardown(() => world.stop())
  for (const [expected, ...origins] of [
    [101, 'Origin: http://web.whatsapp.com', ORIGIN],
    [101, ORIGIN, 'Origin: http://web.whatsapp.com'],
    [101, 'Origin: http://web.whatsapp.com, https://web.whatsapp.com'],
    [403, 'Origin: http://web.whatsapp.com'],
    [403, 'Origin: https://web.whatsapp.com.example'],
    [403, 'Origin: null'],
    [403],
  ] as const) {
    const { status, body } = await upgrade(world.serverUrl!, '/ws', [HOST, ...origins])
    t.equal(status, expected, origins.join(' and ') || 'no Origin')
    if (expected === 403) t.match(body, 'TETHER_ERR_ORIGIN')
  }
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_ORIGIN'), 4)
})

t.test('it keeps trap 17: no sub-protocol and no extension is chosen, whatever is offered', async (t) => {
  const world = await createWorld({ clock: 'real', phones: [] })
  t.teardown(() => world.stop())
  const { status, headers } = await upgrade(world.serverUrl!, '/ws', [
    HOST,
    ORIGIN,
    'Sec-WebSocket-Protocol: chat, superchat',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  ])
  t.equal(status, 101)
  t.notOk(headers.has('sec-websocket-protocol'))
  t.notOk(headers.has('sec-websocket-extensions'))
})

t.test(
  'it keeps pages of other sites away from the door of phones, and names that are not ours',
  async (t) => {
    const world = await createWorld({ clock: 'real', phones: [] })
    t.teardown(() => world.stop())
    const own = `Host: 127.0.0.1:${new URL(world.serverUrl!).port}`
    t.equal((await upgrade(world.serverUrl!, '/phone', [own])).status, 101)
    t.equal((await upgrade(world.serverUrl!, '/phone', [own, 'Origin: https://evil.example'])).status, 403)
    t.equal((await upgrade(world.serverUrl!, '/phone', ['Host: rebound.example'])).status, 421)
  },
)
