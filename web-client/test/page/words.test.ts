import t from 'tap'
import type { ClientState } from '../../src/states.ts'
import { clientStates } from '../../src/states.ts'
import type { ChatMessage } from '../../src/message.ts'
import { noticeWords, previewOf, quoteWords, refusalWords, wordsForPairing } from '../../src/page/words.ts'

const message: ChatMessage = {
  jid: 'x',
  fromMe: false,
  id: 'A',
  author: null,
  kind: 'text',
  text: 'hi',
  seconds: 1,
  status: null,
}

t.test('shows one line for each kind of message', async (t) => {
  t.equal(previewOf(message), 'hi')
  t.equal(previewOf({ ...message, kind: 'image' }), 'Photo: hi')
  t.equal(previewOf({ ...message, kind: 'audio', text: '' }), 'Voice message')
  t.equal(previewOf({ ...message, kind: 'revoked', text: '' }), 'This message was taken back')
  t.equal(previewOf({ ...message, kind: 'notice', text: '' }), 'A notice of the phone')
})

t.test('says something on the pairing page only where something went wrong', async (t) => {
  const speaking = (Object.keys(clientStates) as ClientState[]).filter(
    (state) => wordsForPairing(state, null) !== null,
  )
  t.same(speaking.sort(), ['expired', 'loggedOut', 'offline', 'refused'])
})

t.test('tells a log-out here from one by the phone', async (t) => {
  const here = wordsForPairing('loggedOut', { status: null, code: null, detail: '' })
  const there = wordsForPairing('loggedOut', { status: 401, code: null, detail: '' })
  t.match(here, /You are logged out/)
  t.match(there, /phone has ended/)
  t.match(wordsForPairing('loggedOut', { status: 419, code: null, detail: '' }), /login has expired/)
})

t.test('gives each refusal its own words', async (t) => {
  const codes = [
    'TETHER_ERR_STORE_VERSION',
    'TETHER_ERR_CHALLENGE_SHAPE',
    'TETHER_ERR_SECRET_MAC',
    'TETHER_ERR_BODY',
  ] as const
  const texts = codes.map((code) => refusalWords({ status: null, code, detail: '' }))
  t.equal(new Set(texts).size, codes.length)
  t.match(refusalWords({ status: 403, code: null, detail: '' }), /403/)
})

t.test('puts names in the place of numbers', async (t) => {
  const nameOf = (jid: string): string => (jid.startsWith('15550002222@') ? 'Bob' : jid)
  const notice = { ...message, kind: 'notice', text: '+15550002222 added 15550002222' } as const
  t.equal(noticeWords(notice, nameOf, null), 'Bob added Bob')
  t.equal(noticeWords(notice, nameOf, '15550002222@s.whatsapp.net'), 'You added You')
})

t.test('shows what an answer quotes by its kind and its words', async (t) => {
  t.equal(quoteWords({ id: 'A', author: null, content: 'conversation', text: 'hi' }), 'hi')
  t.equal(quoteWords({ id: 'A', author: null, content: 'imageMessage', text: 'hi' }), 'Photo: hi')
  t.equal(quoteWords({ id: 'A', author: null, content: null, text: '' }), '')
})
