import t from 'tap'
import type { PhoneFacts } from '../src/conn.ts'
import type { ChatMessage } from '../src/message.ts'
import { Situation } from '../src/situation.ts'
import { BOB } from './scripted-phone.ts'
import { VirtualClock } from './virtual-clock.ts'

function newSituation() {
  const clock = new VirtualClock()
  const phones: PhoneFacts[] = []
  let synced = 0
  const situation = new Situation(clock, { phone: (phone) => phones.push(phone), synced: () => synced++ })
  return { clock, situation, phones, synced: () => synced }
}

t.test('knows how new the chats are: since the sync is over, each word of the phone', async (t) => {
  const { clock, situation, synced } = newSituation()
  situation.phoneSpoke()
  t.same([situation.phoneHeardAt, situation.sync.syncedAt], [clock.now(), null], 'in the middle of a sync')
  await clock.run(1_000)
  situation.syncSettled()
  t.equal(situation.sync.syncedAt, clock.now())
  await clock.run(1_000)
  situation.phoneSpoke()
  const last = clock.now()
  t.equal(situation.sync.syncedAt, last)
  situation.lost()
  await clock.run(1_000)
  situation.phoneSpoke()
  t.equal(situation.sync.syncedAt, last, 'a new connection begins with a new sync')
  t.equal(synced(), 2)
})

t.test('a phone that speaks is awake, and one that nobody hears is not known to sleep', async (t) => {
  const { situation, phones } = newSituation()
  situation.phoneSays({ asleep: true, batteryPercent: 5 })
  situation.phoneSpoke()
  situation.phoneSpoke()
  situation.phoneSays({ asleep: true })
  situation.lost()
  t.same(phones.map(({ asleep, batteryPercent }) => [asleep, batteryPercent]), [[true, 5], [false, 5], [true, 5], [false, 5]]) // prettier-ignore
})

t.test('forgets all with the login, and takes up what was kept', async (t) => {
  const { clock, situation } = newSituation()
  situation.restore({ syncedAt: 5, paused: true })
  t.same(situation.sync, { syncedAt: 5, paused: true })
  situation.pause(false)
  t.same(situation.sync, { syncedAt: 5, paused: false })
  situation.phoneSays({ batteryPercent: 5 })
  situation.phoneSpoke()
  await clock.run(10)
  situation.stateEntered()
  t.equal(situation.stateSince, clock.now())
  situation.reset()
  t.match(situation, { phone: { batteryPercent: null }, phoneHeardAt: null, sync: { syncedAt: null } })
})

t.test('says why a message is stuck from all that it knows', async (t) => {
  const { clock, situation } = newSituation()
  const message = { jid: BOB, fromMe: true, id: 'A', seconds: 1, status: 'pending' } as ChatMessage
  const around = {
    state: 'phoneUnreachable',
    retryAt: null,
    browserOnline: true,
    otherAvailable: null,
  } as const
  situation.phoneSpoke()
  situation.phoneSays({ batteryPercent: 1 })
  t.match(situation.stuck(message, around), { reason: 'phoneBatteryEmpty', since: clock.now() })
  situation.phoneSays({ asleep: true })
  t.match(situation.stuck(message, around), { reason: 'phoneDozing' })
})
