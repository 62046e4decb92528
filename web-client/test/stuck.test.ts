import t from 'tap'
import type { ChatMessage } from '../src/message.ts'
import { type ClientState, clientStates } from '../src/states.ts'
import { type StuckReason, stuckOf, type Surroundings, UNDER_WAY_MS } from '../src/stuck.ts'
import { BOB } from './scripted-phone.ts'

const WRITTEN = 1_600_000_000
const GROUP = '15550001111-1600000000@g.us'
const NOW = WRITTEN * 1000 + 60_000
const well: Surroundings = {
  ...{ state: 'open', browserOnline: true, phoneAsleep: false, batteryPercent: 50 },
  ...{ stateSince: 1, phoneHeardAt: 2, retryAt: null, otherAvailable: null },
}
const written = (more: Partial<ChatMessage>): ChatMessage => ({
  ...{ jid: BOB, fromMe: true, id: 'A', author: null, kind: 'text', text: 'x', seconds: WRITTEN },
  status: 'pending',
  ...more,
})
const relay = { passed: 'relay' } as const
const phone = { passed: 'phone' } as const
const mailbox = { status: 'server' } as const

// prettier-ignore
const cases: readonly [Partial<ChatMessage>, Partial<Surroundings>, StuckReason | null, object?][] = [
  [{ status: null },      {},                                                  null],
  [{ status: 'failed' },  {},                                                  'refused',           { hop: 'failed', freed: 'resend', since: WRITTEN * 1000 }],
  [{ status: 'failed' },  { state: 'offline' },                                'refused'],
  [{},                    { state: 'paused' },                                 'paused',            { freed: 'unpause', since: 1 }],
  [{},                    { state: 'replaced' },                               'replaced',          { freed: 'useHere' }],
  [phone,                 { state: 'replaced' },                               'replaced',          { hop: 'phone' }],
  [{},                    { state: 'loggedOut' },                              'notPaired',         { freed: 'pair' }],
  [{},                    { state: 'waitingForScan' },                         'notPaired'],
  [{},                    { state: 'expired' },                                'notPaired'],
  [{},                    { state: 'refused' },                                'serverRefused',     { freed: 'start' }],
  [{},                    { state: 'idle' },                                   'stopped'],
  [{},                    { state: 'offline', browserOnline: false, retryAt: 9 }, 'browserOffline', { freed: 'browserNetwork', retryAt: 9 }],
  [{},                    { state: 'offline', retryAt: 9 },                    'serverUnreachable', { freed: 'serverBack', since: 1, retryAt: 9 }],
  [{},                    { state: 'connecting' },                             'connecting',        { freed: 'wait', retryAt: null }],
  [{},                    { state: 'opening' },                                'connecting'],
  [relay,                 { phoneAsleep: true },                               'phoneDozing',       { hop: 'relay', freed: 'phoneAwake', since: 2 }],
  [relay,                 { state: 'phoneUnreachable', phoneAsleep: true },    'phoneDozing'],
  [relay,                 { state: 'phoneUnreachable', batteryPercent: 3 },    'phoneBatteryEmpty', { freed: 'phoneCharged' }],
  [relay,                 { state: 'phoneUnreachable', batteryPercent: 4 },    'phoneUnreachable',  { freed: 'phoneNetwork', since: 2 }],
  [relay,                 { state: 'phoneUnreachable', batteryPercent: null, phoneHeardAt: null }, 'phoneUnreachable', { since: null }],
  [{},                    { browserOnline: false },                            'serverSilent',      { hop: 'waiting', since: WRITTEN * 1000 }],
  [relay,                 {},                                                  'phoneSilent',       { hop: 'relay' }],
  [phone,                 {},                                                  'phoneCannotSend',   { hop: 'phone' }],
  [mailbox,               {},                                                  'otherPhoneAway',    { hop: 'mailbox', freed: 'otherPhone' }],
  [mailbox,               { state: 'offline' },                                'otherPhoneAway'],
  [mailbox,               { otherAvailable: false },                           'otherPhoneAway'],
  [mailbox,               { otherAvailable: true },                            'otherPhoneHasNotFetched', { freed: 'wait' }],
  [{ ...mailbox, jid: GROUP }, {},                                             'membersAway'],
  [{ ...mailbox, jid: '1@broadcast' }, {},                                     'membersAway'],
  [{ status: 'delivered' }, { state: 'offline' },                              null],
  [{ status: 'read' },    {},                                                  null],
]

t.test('the first thing that holds a message is named, with what frees it', async (t) => {
  for (const [message, around, reason, more] of cases) {
    const stuck = stuckOf(written(message), { ...well, ...around }, NOW)
    const name = JSON.stringify([message, around])
    if (reason === null) t.equal(stuck, null, name)
    else t.match(stuck, { reason, ...more }, name)
  }
})

t.test('every state that is not open holds a message that waits here', async (t) => {
  for (const state of Object.keys(clientStates) as ClientState[]) {
    const stuck = stuckOf(written({}), { ...well, state }, WRITTEN * 1000)
    t.equal(stuck === null, state === 'open', state)
  }
})

t.test('what was written a moment ago is on its way; what is known to hold it is said at once', async (t) => {
  const at = (afterMs: number, around: Partial<Surroundings>, message: Partial<ChatMessage> = {}) =>
    stuckOf(written(message), { ...well, ...around }, WRITTEN * 1000 + afterMs)
  t.equal(at(UNDER_WAY_MS - 1, {}), null)
  t.match(at(UNDER_WAY_MS, {}), { reason: 'serverSilent' })
  t.equal(at(UNDER_WAY_MS - 1, {}, mailbox), null)
  t.match(at(0, { state: 'offline' }), { reason: 'serverUnreachable' })
  t.match(at(0, {}, { status: 'failed' }), { reason: 'refused' })
})
