import t from 'tap'
import { numberOf, personJid } from '../src/address.ts'

t.test('spells people one way and leaves everything else alone', async (t) => {
  for (const [given, want] of [
    ['15550001111@c.us', '15550001111@s.whatsapp.net'],
    ['15550001111@s.whatsapp.net', '15550001111@s.whatsapp.net'],
    ['15550001111-16@g.us', '15550001111-16@g.us'],
    ['status@broadcast', 'status@broadcast'],
    ['', ''],
    ['nobody', 'nobody'],
  ] as const) {
    t.equal(personJid(given), want)
  }
})

t.test('shows numbers as people write them', async (t) => {
  t.equal(numberOf('15550001111@s.whatsapp.net'), '+15550001111')
  t.equal(numberOf('status@broadcast'), 'status')
  t.equal(numberOf('nobody'), 'nobody')
})
