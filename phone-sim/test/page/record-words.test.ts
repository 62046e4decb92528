import t from 'tap'
import { titleOfRecord, wordsOfRecord } from '../../src/page/record-words.ts'

const NOW = new Date(2026, 0, 5, 10, 30).getTime()
const row = (kind: string, fields: Record<string, string | number | boolean | null>) => ({
  position: 1,
  at: 0,
  kind,
  fields,
})

t.test('it says what was consented, by which screen, and how it ended', (t) => {
  const consent = {
    name: 'Firefox',
    scope: 'read',
    chats: 'a@b c@d',
    expiresAt: null,
    paused: true,
    screen: 'demo',
  }
  t.equal(
    wordsOfRecord(row('companion.changed', consent), NOW),
    'Firefox reads 2 chats, until revoked, paused; decided on: demo',
  )
  const today = wordsOfRecord(row('companion.linked', { ...consent, expiresAt: NOW }), NOW)
  t.match(today, /reads 2 chats, until today, 10.30/, 'a time as all pages write it')
  t.match(
    wordsOfRecord(row('companion.linked', { ...consent, networkDiffers: true }), NOW),
    ', from another network; decided on: demo',
  )
  t.notMatch(
    wordsOfRecord(row('companion.linked', { ...consent, networkDiffers: false }), NOW),
    'another network',
  )
  t.equal(wordsOfRecord(row('companion.ended', { login: 'x', reason: 'expired' }), NOW), 'its time was over')
  t.equal(wordsOfRecord(row('key.rotated', { before: 'signed-prekey/1', key: 'signed-prekey/2' }), NOW), 'signed-prekey/1 → signed-prekey/2') // prettier-ignore
  t.end()
})

t.test('it hides no kind that it has no words for', (t) => {
  t.equal(titleOfRecord('mail.gap'), 'mail.gap')
  t.equal(wordsOfRecord(row('mail.gap', { expected: 1, seq: 3 }), NOW), 'expected: 1, seq: 3')
  t.end()
})
