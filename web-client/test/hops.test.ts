import t from 'tap'
import { hopOf, hopOrder, hopsOf, laterPassed } from '../src/hops.ts'
import type { ChatMessage } from '../src/message.ts'

const voice = { ptt: true } as ChatMessage['media']

t.test('a message is where it is last known to be', async (t) => {
  // prettier-ignore
  const cases = [
    [{ status: null },                        null],
    [{ status: 'failed' },                    'failed'],
    [{ status: 'pending' },                   'waiting'],
    [{ status: 'pending', passed: 'relay' },  'relay'],
    [{ status: 'pending', passed: 'phone' },  'phone'],
    [{ status: 'server' },                    'mailbox'],
    [{ status: 'server', passed: 'relay' },   'mailbox'],
    [{ status: 'delivered' },                 'delivered'],
    [{ status: 'read' },                      'read'],
    [{ status: 'played' },                    'played'],
  ] as const
  for (const [message, hop] of cases) t.equal(hopOf(message), hop, JSON.stringify(message))
})

t.test('its way is what is behind it, where it is, and what is ahead', async (t) => {
  t.same(hopsOf({ status: null }), [])
  t.same(hopsOf({ status: 'failed' }), [{ hop: 'failed', is: 'here' }])
  t.same(hopsOf({ status: 'pending', passed: 'phone' }), [
    { hop: 'waiting', is: 'past' },
    { hop: 'relay', is: 'past' },
    { hop: 'phone', is: 'here' },
    { hop: 'mailbox', is: 'ahead' },
    { hop: 'delivered', is: 'ahead' },
    { hop: 'read', is: 'ahead' },
  ])
  t.same(hopsOf({ status: 'pending', media: voice! }).map(({ hop }) => hop), hopOrder, 'a voice note is played, too') // prettier-ignore
  t.match(hopsOf({ status: 'played' }).at(-1), { hop: 'played', is: 'here' })
})

t.test('of two places the further one counts', async (t) => {
  t.equal(laterPassed('relay', 'phone'), 'phone')
  t.equal(laterPassed('phone', 'relay'), 'phone')
  t.equal(laterPassed(undefined, 'relay'), 'relay')
  t.equal(laterPassed('relay', undefined), 'relay')
  t.equal(laterPassed(undefined, undefined), undefined)
})
