import t from 'tap'
import { BOB } from './scripted-phone.ts'
import { newWorld } from './world.ts'

t.test('pairs, and shows who it is, contacts, chats and messages', async (t) => {
  const world = newWorld()
  const { relay, clock } = world
  relay.phone.write(BOB, { id: 'A1', seconds: 1 })
  relay.phone.write(BOB, { id: 'A2', seconds: 2, fromMe: true })
  relay.phone.write(BOB, { id: 'A3', seconds: 3 })
  await world.client.start()
  await clock.run()
  t.equal(world.client.state, 'waitingForScan')
  relay.scan(world.client.qr?.text ?? '')
  await clock.run(3000)
  const { client } = world
  t.equal(client.state, 'open')
  t.equal(client.qr, null)
  t.same(client.me, { jid: '15550001111@s.whatsapp.net', name: 'Alice' })
  t.match(client.phone, { batteryPercent: 77, plugged: false, model: 'Sim Phone' })
  t.match(client.chats(), [{ jid: BOB, name: 'Bob', unread: 2, newest: { id: 'A3' } }])
  t.same(
    client.messages(BOB).map(({ id, fromMe, status }) => [id, fromMe, status]),
    [
      ['A1', false, null],
      ['A2', true, 'server'],
      ['A3', false, null],
    ],
  )
})
