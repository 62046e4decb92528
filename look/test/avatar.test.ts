import t from 'tap'
import { letterOf, tintOf } from '../src/avatar.tsx'

t.test('it takes the first letter or digit of a name', (t) => {
  t.equal(letterOf('bob'), 'B')
  t.equal(letterOf('+1 555'), '1')
  t.equal(letterOf('“Élodie”'), 'É')
  t.equal(letterOf('نور'), 'ن')
  t.equal(letterOf('…'), '?')
  t.end()
})

t.test('it gives one address always the same tint', (t) => {
  t.equal(tintOf('15550001111@s.whatsapp.net'), tintOf('15550001111@s.whatsapp.net'))
  const tints = Array.from({ length: 50 }, (_, n) => tintOf(`1555000${n}@s.whatsapp.net`))
  t.same(new Set(tints), new Set([0, 1, 2, 3, 4, 5]))
  t.end()
})
