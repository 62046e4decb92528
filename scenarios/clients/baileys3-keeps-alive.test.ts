import t from 'tap'
import { baileys3Story } from '../src/baileys3-story.ts'

/** Fixed in its code, as is the patience of 5 s on top. */
const KEEP_ALIVE_MS = 20_000
const PATIENCE_MS = 5_000

t.test(
  'it asks for a sign of life after 20 s and takes the answer for a time of its own clock',
  async (t) => {
    const { paired, world } = await baileys3Story(t)
    const client = await paired()
    const pongs = () => client.events.filter(({ name }) => name === 'received-pong').length

    await world.until(() => pongs() === 1, { withinMs: KEEP_ALIVE_MS + PATIENCE_MS })

    const told = Reflect.get(client.connection, 'lastSeen') as Date
    const awayMs = Math.abs(told.getTime() - world.clock.now())
    t.ok(awayMs < PATIENCE_MS, `${awayMs} ms apart: seconds for milliseconds would end it at the next one`)
    t.equal(client.connection.state, 'open')
  },
)
