import t from 'tap'
import { numberIn } from '../../../src/page/conversation/contact-cards.tsx'

t.test('it finds the first number of a card', async (t) => {
  t.equal(
    numberIn('BEGIN:VCARD\nFN:Nora\nTEL;type=CELL;waid=15550006666:+1 555 000 6666\nEND:VCARD'),
    '15550006666',
  )
  t.equal(numberIn('BEGIN:VCARD\r\nTEL:+49 (30) 1234-567\r\nTEL:1\r\n'), '49301234567')
})

t.test('it finds none where there is none that could be one', async (t) => {
  for (const card of ['', 'FN:TEL', 'TEL:12', `TEL:${'9'.repeat(16)}`, 'NOTE:call TEL'])
    t.equal(numberIn(card), null, card)
})
