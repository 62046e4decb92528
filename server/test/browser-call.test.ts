import t from 'tap'
import { TetherError } from 'proto/errors'
import { isGroup, numberOf, refusalFor } from '../src/browser-call.ts'

t.test('reads the number of a person from every spelling, and from nothing else', async (t) => {
  for (const jid of ['15550001111', '15550001111@c.us', '15550001111@s.whatsapp.net'])
    t.equal(numberOf(jid), '15550001111')
  for (const jid of ['1555', '15550001111@g.us', 'nobody', '', 15550001111, null, ['15550001111']])
    t.equal(numberOf(jid), null)
})

t.test('knows a group by its JID', async (t) => {
  t.ok(isGroup('15550001111-1600000000@g.us'))
  for (const jid of ['15550001111@c.us', 'x@g.us', '@g.us', null]) t.notOk(isGroup(jid))
})

t.test('answers the status of what the asker may not, and keeps our own errors for the log', async (t) => {
  t.same(refusalFor(new TetherError('TETHER_ERR_GROUP_MEMBER')), { answer: { status: 401 } })
  t.same(refusalFor(new TetherError('TETHER_ERR_JID')), { answer: { status: 400 } })
  t.throws(() => refusalFor(new Error('boom')), { message: 'boom' })
})
