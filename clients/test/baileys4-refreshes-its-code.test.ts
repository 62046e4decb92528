import t from 'tap'
import { baileys4Story } from '../src/baileys4-story.ts'

t.jobs = 4 // the client waits more than it works

const config = { refTtlMs: 300 }

t.test('its code changes when its time is over, and the new one pairs', async (t) => {
  const { client, alice, world } = await baileys4Story(t, { config })
  const codes: string[] = []
  const made = client({ scan: (qr) => void codes.push(qr) })
  await world.until(() => codes.length === 3)

  t.equal(new Set(codes.map(refOf)).size, 3, 'each has a ref of its own')
  t.equal(new Set(codes.map(keyOf)).size, 1, 'and the same key')
  await alice.scan(codes[2], { grant: true })
  await world.until(() => made.isSynced)
  t.equal(made.state, 'open')
})

t.test('the code before the newest still pairs, an older one does not', async (t) => {
  const { client, alice, world } = await baileys4Story(t, { config })
  const codes: string[] = []
  const made = client({ scan: (qr) => void codes.push(qr) })
  await world.until(() => codes.length === 3)

  await t.rejects(alice.scan(codes[0], { grant: true }), { code: 'TETHER_ERR_REF_UNKNOWN' })
  await alice.scan(codes[1], { grant: true })
  await world.until(() => made.isSynced)
})

t.test('it is told when it has asked for too many codes', async (t) => {
  const { client, world } = await baileys4Story(t, { config })
  const made = client()
  await world.until(() => made.closedWith !== null)

  t.equal(made.closedWith, 429)
  t.equal(made.all('connection.update').filter(({ qr }) => qr !== undefined).length, 6)
})

const refOf = (qr: string) => qr.split(',')[0]
const keyOf = (qr: string) => qr.split(',')[1]
