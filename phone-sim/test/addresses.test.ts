import t from 'tap'
import {
  findBroadcastJid,
  findChatJid,
  findGroupJid,
  findPersonJid,
  jsonJid,
  numberOf,
  personJid,
} from '../src/addresses.ts'

t.test('it takes every spelling of a person', async (t) => {
  for (const spelling of ['15550001111', '+15550001111', '15550001111@c.us', '15550001111@s.whatsapp.net']) {
    t.equal(personJid(spelling), '15550001111@s.whatsapp.net')
  }
  t.equal(numberOf('15550001111@s.whatsapp.net'), '15550001111')
  t.equal(jsonJid('15550001111@s.whatsapp.net'), '15550001111@c.us')
})

t.test('it takes nothing else', async (t) => {
  for (const text of [
    '',
    'abc',
    '1234',
    '1@2@3',
    '15550001111-1@g.us',
    'status@broadcast',
    '15550001111@evil.example',
  ]) {
    t.throws(() => personJid(text), { code: 'TETHER_ERR_JID' }, text)
    t.equal(findPersonJid(text), null)
  }
  t.equal(findPersonJid(undefined), null)
})

t.test('it tells a group from a person', async (t) => {
  const group = '15550001111-1600000000@g.us'
  t.equal(findGroupJid(group), group)
  t.equal(findChatJid(group), group)
  t.equal(findChatJid('15550001111@c.us'), '15550001111@s.whatsapp.net')
  t.equal(jsonJid(group), group)
  for (const text of ['15550001111@s.whatsapp.net', 'abc-1@g.us', '15550001111@g.us', undefined])
    t.equal(findGroupJid(text), null)
  for (const text of ['abc-1@g.us', 'other@broadcast', '', undefined]) t.equal(findChatJid(text), null)
  for (const text of ['status@broadcast', '1600000000@broadcast']) {
    t.equal(findBroadcastJid(text), text)
    t.equal(findChatJid(text), text)
  }
  t.equal(findBroadcastJid('15550001111@s.whatsapp.net'), null)
})
