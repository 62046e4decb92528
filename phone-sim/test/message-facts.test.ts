import t from 'tap'
import { disappearing, contentMessage } from 'proto/contents'
import { stubMessage, textMessage } from 'proto/web-message'
import { describe, factsOf, keyOf } from '../src/message-facts.ts'
import { ALICE, BOB, jid } from './phone-world.ts'

const GROUP = `${ALICE}-1@g.us`
const frame = { remoteJid: jid(BOB), fromMe: false, id: 'A1', timestampS: 1_600_000_000 }
const text = textMessage({ ...frame, text: 'hi' })
const NOON = 1_600_000_000_000

t.test('it takes the time of the message, unless there is none or it cannot be', async (t) => {
  t.match(factsOf(text, NOON), { at: NOON, expiresAt: null, author: null, text: 'hi', type: 'conversation' })
  const late = textMessage({ ...frame, timestampS: 1_700_000_000, text: 'x' })
  t.equal(factsOf(late, NOON).at, NOON, 'far in the future')
  t.equal(factsOf(textMessage({ ...frame, timestampS: 0, text: 'x' }), NOON).at, NOON)
})

t.test('it knows when a message disappears', async (t) => {
  const content = disappearing({ conversation: 'psst' }, { seconds: 60, setAt: 1 })
  t.equal(factsOf(contentMessage({ ...frame, content }), NOON).expiresAt, NOON + 60_000)
})

t.test('it knows the author where the chat is not the writer', async (t) => {
  const inGroup = { ...frame, remoteJid: GROUP, participant: jid(BOB), text: 'x' }
  t.equal(factsOf(textMessage(inGroup), NOON).author, jid(BOB))
  t.equal(factsOf(textMessage({ ...inGroup, fromMe: true }), NOON).author, null)
  t.equal(
    factsOf(textMessage({ ...inGroup, remoteJid: jid(BOB) }), NOON).author,
    null,
    'a person is the chat',
  )
})

t.test('it names what is no content', async (t) => {
  t.match(describe(stubMessage({ ...frame, stub: 'REVOKE' })), { type: 'revoked', text: '' })
  t.match(describe(stubMessage({ ...frame, stub: 'CIPHERTEXT' })), { type: 'undecryptable' })
  t.match(describe(stubMessage({ ...frame, stub: 'GROUP_CREATE', parameters: ['x'] })), {
    type: 'notice',
    text: '',
  })
  t.strictSame(keyOf(text), { chat: jid(BOB), fromMe: false, id: 'A1' })
})
