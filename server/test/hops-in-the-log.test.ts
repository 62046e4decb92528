/** The log tells of a frame or a mail only when it is out: not when its reader was cut off instead. */
import t from 'tap'
import { limit } from 'proto/limits'
import type { Trace, TraceFields } from 'proto/trace'
import { createPair, createWorld, type TestPhone } from './world.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** A pair, and what the log says since. */
async function loggedPair() {
  const lines: { readonly kind: string; readonly fields: TraceFields }[] = []
  const trace: Trace = { emit: (kind, fields) => void lines.push({ kind, fields }), party: () => trace }
  const world = await createWorld({}, undefined, undefined, { trace })
  const pair = await createPair(world)
  const told = (kind: string): readonly TraceFields[] =>
    lines.flatMap((line) => (line.kind === kind ? [line.fields] : []))
  return { world, told, ...pair }
}

const relayedTo = (phone: TestPhone): number =>
  phone.link.frames.filter((frame) => typeof frame !== 'string').length

t.test('a frame for a phone that is cut off is handed when the phone is back', async (t) => {
  const { world, told, browser, phone, connection, epoch } = await loggedPair()
  await browser.say(bytes('1.--2,x'))
  phone.link.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await browser.say(bytes('1.--3,x'))
  t.equal(phone.link.closed?.reason, 'TETHER_ERR_SLOW')
  t.equal(relayedTo(phone), 1)
  t.match(told('frame.handed'), [{ messageTag: '1.--2', bytes: 7 }])
  t.equal(told('frame.handed').length, 1)
  const back = await phone.attach()
  await back.tell({ type: 'resume', connection, epoch, received: 1 })
  t.equal(relayedTo(back), 1)
  t.match(told('frame.handed'), [{}, { connection, messageTag: '1.--3', bytes: 7 }])
  await world.server.close()
})

t.test('a push for a browser that is cut off acknowledges nothing', async (t) => {
  const { world, told, browser, phone, connection } = await loggedPair()
  const push = (id: string) =>
    phone.tell({ type: 'push', connection, body: ['Msg', { cmd: 'ack', id, ack: 2 }] })
  await push('A')
  browser.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await push('B')
  t.equal(browser.closed?.reason, 'TETHER_ERR_SLOW')
  t.same(
    told('ack.out').map(({ message }) => message),
    ['A'],
  )
  await world.server.close()
})

t.test('a mail for a phone that is cut off is pushed when the phone is back', async (t) => {
  const { world, told, phone } = await loggedPair()
  const bob = await (await world.phone('15550002222')).attach()
  const mail = { type: 'mail', to: phone.number, kind: 'whisper', body: 'AAAA' } as const
  const delivered = () => world.server.counters.value('mails', 'delivered')
  await bob.tell({ ...mail, n: 1, mail: 'first' })
  t.equal(delivered(), 1)
  // there is room when the server looks for it, before and after it has read the mail, and then no more
  let looks = 0
  Object.defineProperty(phone.link, 'queuedBytes', {
    get: () => (looks++ < 2 ? 0 : limit('SEND_QUEUE_BYTES') + 1),
  })
  await bob.tell({ ...mail, n: 2, mail: 'second' })
  t.equal(phone.link.closed?.reason, 'TETHER_ERR_SLOW')
  t.equal(delivered(), 1)
  const pushed = () => told('mail.pushed').map((line) => line.mail)
  t.same(pushed(), ['first'])
  const back = await phone.attach()
  t.equal(back.heard('delivery').length, 2)
  t.same(pushed(), ['first', 'first', 'second'])
  await world.server.close()
})
