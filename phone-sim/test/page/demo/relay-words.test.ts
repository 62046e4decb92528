import { browserRequests } from 'proto/browser-requests'
import { linkMessages } from 'proto/phone-link'
import t from 'tap'
import { wordsOfFrame } from '../../../src/page/demo/relay-words.ts'

/** Their bodies go on their way sealed or with a kind, or the demo does not show them. */
const unseen = new Set(['heartbeat', 'keepAlive', 'mail', 'delivery'])
/** Catalogues and profiles of businesses are not in the demo. */
const isOfBusiness = (name: string): boolean => /business|Product/i.test(name)

t.test('it has words for whatever the relay may carry in clear', (t) => {
  const names = [...Object.keys(linkMessages), ...Object.keys(browserRequests)]
  t.ok(names.length > 50)
  for (const name of names)
    if (!unseen.has(name) && !isOfBusiness(name)) t.not(wordsOfFrame(name), name, name)
  t.end()
})

t.test('it shows a name that has no words as it is', (t) => {
  t.equal(wordsOfFrame('sealed message'), 'sealed message')
  t.end()
})
