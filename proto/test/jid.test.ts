import t from 'tap'
import {
  formatJsonJid,
  isBroadcast,
  isGroup,
  isJid,
  isUser,
  jidOfNumber,
  jidParts,
  numberOfJid,
  parseJid,
  sameJid,
  STATUS_JID,
} from '../src/jid.ts'
import { codeFrom } from './vectors.ts'

t.test('it takes both spellings of a person and writes each where it belongs', async (t) => {
  for (const text of ['15550002222@c.us', '15550002222@s.whatsapp.net']) {
    const jid = parseJid(text)
    t.equal(jid, '15550002222@s.whatsapp.net')
    t.equal(formatJsonJid(jid), '15550002222@c.us')
    t.equal(numberOfJid(text), '15550002222')
    t.strictSame([isUser(text), isGroup(text), isBroadcast(text)], [true, false, false])
  }
  t.equal(jidOfNumber('15550002222'), '15550002222@s.whatsapp.net')
  t.equal(sameJid('1@c.us', '1@s.whatsapp.net'), true)
  t.equal(sameJid('1@c.us', '2@c.us'), false)
  t.equal(sameJid('x', 'x'), false)
})

t.test('it knows groups, broadcasts and devices', async (t) => {
  const group = parseJid('15550001111-1600000000@g.us')
  t.strictSame([isUser(group), isGroup(group), isBroadcast(group)], [false, true, false])
  t.equal(formatJsonJid(group), group)
  t.equal(parseJid('status@broadcast'), STATUS_JID)
  t.equal(isBroadcast(STATUS_JID), true)
  t.strictSame(jidParts('15550002222:3@c.us'), { user: '15550002222', server: 's.whatsapp.net', device: 3 })
  t.equal(parseJid('15550002222:3@c.us'), '15550002222:3@s.whatsapp.net')
  t.strictSame(jidParts('1@g.us'), { user: '1', server: 'g.us' })
})

t.test('it refuses what is no JID', async (t) => {
  for (const text of [
    '',
    '@c.us',
    '1@',
    '1@example.com',
    '1@C.US',
    '1@c.us ',
    ' 1@c.us',
    '1@c.us\n',
    '1@@c.us',
    'a b@c.us',
    '1@c.us@c.us',
    '1:256@c.us',
    '1:@c.us',
    '1:3@g.us',
    `${'1'.repeat(65)}@c.us`,
    '１@c.us',
    '../x@c.us',
    '__proto__@c.us',
  ]) {
    t.equal(
      codeFrom(() => parseJid(text)),
      'TETHER_ERR_JID',
      JSON.stringify(text),
    )
    t.equal(isJid(text), false)
  }
})

t.test('it takes 5 to 15 digits for a number', async (t) => {
  for (const number of ['', '1234', '1'.repeat(16), '+1555000', '1555 000', 'status']) {
    t.equal(
      codeFrom(() => jidOfNumber(number)),
      'TETHER_ERR_JID',
      number,
    )
    t.equal(
      codeFrom(() => numberOfJid(`${number}@c.us`)),
      'TETHER_ERR_JID',
      number,
    )
  }
  t.equal(numberOfJid(jidOfNumber('12345')), '12345')
  t.equal(numberOfJid(jidOfNumber('1'.repeat(15))), '1'.repeat(15))
  t.equal(
    codeFrom(() => numberOfJid('12345@g.us')),
    'TETHER_ERR_JID',
  )
})
