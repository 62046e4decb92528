import t from 'tap'
import { contentMessage, type ContentInit, disappearing } from 'proto/contents'
import { decodeWebMessage, encodeWebMessage } from 'proto/web-message'
import { readContext } from '../src/message-context.ts'
import { textContent, type TextOptions } from '../src/text-content.ts'
import { type ChatMessage, readMessage } from '../src/message.ts'
import { ALICE, BOB, CARLA } from './scripted-phone.ts'

const GROUP = '15550001111-1600000000@g.us'
const preview = {
  ...{ title: 'Plums', description: 'All of them', canonicalUrl: 'http://p/', matchedText: 'p.example' },
  thumbnail: Uint8Array.of(1, 2),
}

const infoOf = (content: ContentInit) =>
  decodeWebMessage(
    encodeWebMessage(contentMessage({ remoteJid: BOB, fromMe: true, id: 'X', timestampS: 1, content })),
  )
function roundTrip(text: string, options: TextOptions, me: string | null = ALICE): ChatMessage {
  const reading = readMessage(infoOf(textContent(text, options, me)!))
  return (reading as { message: ChatMessage }).message
}
const quoted = (more: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ jid: BOB, fromMe: false, id: 'Q', author: null, kind: 'text', text: 'shall we?', seconds: 1 },
  status: null,
  ...more,
})

t.test('a bare text stays one', async (t) => {
  t.equal(textContent('hi', {}, ALICE), null)
  t.equal(textContent('hi', { mentions: [], forwarded: false }, ALICE), null)
})

t.test('an answer shows what it answers: who wrote it, and what', async (t) => {
  const file = { kind: 'audio', mimetype: 'audio/ogg', ptt: true } as ChatMessage['media']
  // prettier-ignore
  const cases: [ChatMessage, object][] = [
    [quoted(),                                               { author: BOB, content: 'conversation', text: 'shall we?' }],
    [quoted({ fromMe: true }),                               { author: ALICE, content: 'conversation' }],
    [quoted({ jid: GROUP, author: CARLA }),                  { author: CARLA }],
    [quoted({ kind: 'image', text: 'look' }),                { content: 'imageMessage', text: 'look' }],
    [quoted({ kind: 'video', text: '' }),                    { content: 'videoMessage', text: '' }],
    [quoted({ kind: 'document', text: '' }),                 { content: 'documentMessage' }],
    [quoted({ kind: 'sticker', text: '' }),                  { content: 'stickerMessage' }],
    [quoted({ kind: 'audio', text: '', media: file! }),      { content: 'audioMessage' }],
    [quoted({ kind: 'location', text: 'the bridge' }),       { content: 'conversation', text: 'the bridge' }],
  ]
  for (const [quote, is] of cases)
    t.match(roundTrip('yes', { quote }), { kind: 'text', text: 'yes', quote: { id: 'Q', ...is } })
  t.equal(roundTrip('yes', { quote: quoted({ fromMe: true }) }, null).quote?.author, null)
})

t.test('never gives away the key of a quoted file', async (t) => {
  const media = { kind: 'image', mimetype: 'image/png', mediaKey: new Uint8Array(32).fill(7) }
  const quote = quoted({ kind: 'image', media: media as unknown as NonNullable<ChatMessage['media']> })
  const sent = encodeWebMessage(infoOf(textContent('x', { quote }, ALICE)!))
  t.notOk(Buffer.from(sent).includes(Buffer.alloc(8, 7)))
  t.ok(Buffer.from(sent).includes('image/png'))
})

t.test('mentions, forwarding and the page behind a link are read as they were written', async (t) => {
  const mentioned = roundTrip('ask @15550002222', { mentions: ['15550002222@c.us', CARLA] })
  t.same(mentioned.mentions, [BOB, CARLA])
  t.notOk('quote' in mentioned || 'link' in mentioned || 'forwarded' in mentioned)
  t.equal(roundTrip('read this', { forwarded: true }).forwarded, true)
  t.same(roundTrip('see p.example', { preview }).link, preview)
  t.equal(roundTrip('see p.example', { preview: { ...preview, thumbnail: null } }).link?.thumbnail, null)
})

t.test('is found inside a disappearing message too, and not where there is none', async (t) => {
  const inner = textContent('yes', { quote: quoted() }, ALICE)!
  t.match(readContext(infoOf(disappearing(inner, { seconds: 60, setAt: 1 }))), { quote: { id: 'Q' } })
  t.same(readContext(infoOf({ conversation: 'x' })), {})
  t.same(readContext(infoOf({ extendedTextMessage: { text: 'x', contextInfo: { stanzaId: 'Q' } } })), {})
})
