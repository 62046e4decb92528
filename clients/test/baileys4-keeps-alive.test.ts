import t from 'tap'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library } from '../src/baileys4.ts'

const { connectionLost } = library.DisconnectReason

/** Its own is 15 s, an option; the 5 s of patience on top are not. */
const timers = { keepAliveIntervalMs: 200 }
const PATIENCE_MS = 5_000

t.jobs = 4 // the client waits more than it works

t.test('the server answers its keep-alive in time and in milliseconds', async (t) => {
  const { paired, world } = await baileys4Story(t)
  const client = await paired({ timers })
  let pongs = 0
  client.socket.ws.on('received-pong', () => pongs++)

  await world.until(() => pongs === 4) // one in seconds would end it at the next
  t.equal(client.closedWith, null)
})

t.test('it gives up a server that is silent', async (t) => {
  const { paired, world } = await baileys4Story(t)
  const client = await paired({ timers })

  const silence = world.faults.add({ hop: 'browser-server', at: 'server', way: 'out' }, { do: 'drop' })
  await world.until(() => client.closedWith !== null, { withinMs: PATIENCE_MS + 5_000 })

  t.equal(client.closedWith, connectionLost)
  t.ok(silence.worked > 0)
})
