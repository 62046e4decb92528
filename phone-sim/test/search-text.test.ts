import t from 'tap'
import { foldText, gramsOf } from '../src/search-text.ts'

t.test('it folds texts so that case and composition make no difference, in every script', async (t) => {
  const same: [string, string][] = [
    ['Straße', 'STRAßE'],
    ['ÉTÉ', 'été'],
    ['café', 'cafe\u0301'],
    ['ΟΔΟΣ', 'οδος'],
    ['ПРИВЕТ', 'привет'],
    ['İstanbul', 'istanbul'],
    ['Ǆ', 'ǆ'],
  ]
  for (const [one, other] of same) t.equal(foldText(one), foldText(other), one)
  t.not(foldText('cafe'), foldText('café'), 'an accent is a difference')
  t.equal(foldText('東京 👍🏽'), '東京 👍🏽')
})

t.test('it keeps one character where the store would spell one with two', async (t) => {
  t.equal(foldText('a\0b\u{10fffe}c'), 'a\u{fffd}b\u{fffd}c')
})

t.test('it asks for every part of three characters, whatever they are', async (t) => {
  t.equal(gramsOf('jam'), '"jam"')
  t.equal(gramsOf('jams'), '"jam" AND "ams"')
  t.equal(gramsOf('aaaaaa'), '"aaa"', 'each once')
  t.equal(gramsOf('a "b'), '"a """ AND " ""b"')
  t.equal(gramsOf('👍👎🙂'), '"👍👎🙂"', 'characters, not halves of them')
})

t.test('it has no parts for a shorter text, and not too many for a long one', async (t) => {
  for (const short of ['', 'a', 'ab', '東京', '👍👎']) t.equal(gramsOf(short), null)
  const long = Array.from({ length: 5_000 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join('')
  t.equal(gramsOf(long)?.split(' AND ').length, 32)
})
