import t from 'tap'
import { hostOf, splitLinks } from '../../../src/page/conversation/links.ts'

const hrefs = (text: string): string[] => splitLinks(text).flatMap(({ href }) => href ?? [])
const joined = (text: string): string =>
  splitLinks(text)
    .map((part) => part.text)
    .join('')

t.test('it makes links of addresses and loses no character', async (t) => {
  const text = 'See https://example.org/a?b=c, www.example.com/x. And (https://example.org/y_(z)).'
  t.same(hrefs(text), ['https://example.org/a?b=c', 'https://www.example.com/x', 'https://example.org/y_(z)'])
  t.equal(joined(text), text)
  t.equal(joined(''), '')
})

t.test('it makes no link of anything but http and https', async (t) => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    'example.org',
    'https://',
  ]) {
    t.same(hrefs(text), [], text)
  }
})

t.test('it is quick with long texts', async (t) => {
  const text = 'https://'.repeat(20_000) + ')'.repeat(20_000)
  t.equal(joined(text), text)
})

t.test('it names the host of an address', async (t) => {
  t.equal(hostOf('https://example.org/a'), 'example.org')
  t.equal(hostOf('example.org/a'), 'example.org')
  t.equal(hostOf(''), '')
})
