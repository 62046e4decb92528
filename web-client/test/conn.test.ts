import t from 'tap'
import { readConn } from '../src/conn.ts'
import { connBody } from './scripted-relay.ts'

t.test('reads a full Conn', async (t) => {
  t.same(readConn({ ...connBody(), secret: 'S' }), {
    tokens: {
      wid: '15550001111@c.us',
      clientToken: 'client token',
      serverToken: 'server token',
      browserToken: 'browser token',
    },
    secret: 'S',
    pushname: 'Alice',
    connected: true,
    phone: { batteryPercent: 77, plugged: false, model: 'Sim Phone' },
  })
})

t.test('takes a browser token that is missing as empty: only an HTTP log-out needs it', async (t) => {
  t.equal(readConn({ ...connBody(), browserToken: undefined }).tokens?.browserToken, '')
})

for (const alter of [
  { wid: 5 },
  { wid: 'nobody' },
  { wid: undefined },
  { clientToken: null },
  { serverToken: 1 },
]) {
  t.test(`takes a Conn with ${JSON.stringify(alter)} as partial`, async (t) => {
    t.equal(readConn({ ...connBody(), ...alter }).tokens, null)
  })
}

for (const body of [
  null,
  undefined,
  5,
  'text',
  [],
  { phone: 'x', battery: '77', plugged: 1, pushname: {}, secret: 1 },
]) {
  t.test(`finds nothing in ${JSON.stringify(body)}`, async (t) => {
    t.same(readConn(body), {
      ...{ tokens: null, secret: null, pushname: null },
      connected: true,
      phone: {},
    })
  })
}

t.test('is told when the phone is away', async (t) => {
  t.equal(readConn({ ...connBody(), connected: false }).connected, false)
  t.equal(readConn({ ...connBody(), connected: 'no' }).connected, true)
})
