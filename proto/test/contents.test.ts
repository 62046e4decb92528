import t from 'tap'
import {
  type ContentInit,
  contentMessage,
  contextOf,
  disappearing,
  expirationOf,
  forwardedContent,
  timerContent,
  timerOf,
} from '../src/contents.ts'
import {
  contentOf,
  contentTypeOf,
  decodeWebMessage,
  encodeWebMessage,
  revokeMessage,
  textMessage,
  textOf,
} from '../src/web-message.ts'

const frame = { remoteJid: '15550002222@s.whatsapp.net', fromMe: true, id: 'A1', timestampS: 1_600_000_000 }
const read = (content: ContentInit) =>
  decodeWebMessage(encodeWebMessage(contentMessage({ ...frame, content })))

t.test('a content is written in the names of the schema and read back', async (t) => {
  const info = read({ locationMessage: { degreesLatitude: 52.5, degreesLongitude: 13.4, name: 'Here' } })
  t.equal(contentTypeOf(info), 'locationMessage')
  t.match(contentOf(info)?.locationMessage, { degreesLatitude: 52.5, degreesLongitude: 13.4, name: 'Here' })
  t.match(info.key, { id: 'A1', fromMe: true })
})

t.test('the timer is switched on and off by a message of its own', async (t) => {
  t.equal(timerOf(read(timerContent(604_800))), 604_800)
  t.equal(timerOf(read(timerContent(0))), 0)
  t.equal(timerOf(read({ conversation: 'hi' })), null)
  t.equal(timerOf(revokeMessage({ ...frame, revoked: frame })), null, 'taking back is no timer')
  t.equal(contentTypeOf(read(timerContent(0))), 'protocolMessage')
})

t.test('a content that disappears carries its time and keeps everything else', async (t) => {
  const timer = { seconds: 60, setAt: 1_599_999_999 }
  const text = read(disappearing({ conversation: 'soon gone' }, timer))
  t.equal(textOf(text), 'soon gone')
  t.equal(contentTypeOf(text), 'extendedTextMessage', 'a bare text has no room for a timer')
  t.equal(expirationOf(text), 60)

  const quote = { stanzaId: 'Q1', participant: frame.remoteJid, quotedMessage: { conversation: 'old' } }
  const answer = read(disappearing({ extendedTextMessage: { text: 'yes', contextInfo: quote } }, timer))
  const context = contextOf(contentOf(answer)!)!
  t.match(context, { stanzaId: 'Q1', expiration: 60, ephemeralSettingTimestamp: 1_599_999_999n })
  t.equal(context.quotedMessage?.conversation, 'old')

  t.equal(expirationOf(textMessage({ ...frame, text: 'stays' })), 0)
  t.equal(expirationOf(read({ ephemeralMessage: { message: { conversation: 'no time' } } })), 0)
  t.equal(
    expirationOf(read({ extendedTextMessage: { text: 'x', contextInfo: { expiration: 60 } } })),
    0,
    'only a wrapped one disappears',
  )
})

t.test('what is no content has no context', async (t) => {
  t.equal(contextOf(contentOf(read({ conversation: 'x' }))!), null)
  t.equal(contextOf(contentOf(read(timerContent(5)))!), null)
})

t.test('what is passed on says so, how often, and not what it answered or whom it named', async (t) => {
  const answer = {
    text: 'yes',
    contextInfo: {
      stanzaId: 'Q',
      mentionedJid: ['15550003333@s.whatsapp.net'],
      quotedMessage: { conversation: 'x' },
    },
  }
  const once = read(forwardedContent({ extendedTextMessage: answer }))
  const context = contextOf(contentOf(once)!)!
  t.match(context, { isForwarded: true, forwardingScore: 1, stanzaId: '', mentionedJid: [] })
  t.equal(context.quotedMessage, undefined)
  t.equal(textOf(once), 'yes')
  const twice = read(forwardedContent(contentOf(once)!))
  t.equal(contextOf(contentOf(twice)!)?.forwardingScore, 2)
  const bare = read(forwardedContent({ conversation: 'hi' }))
  t.match([textOf(bare), contextOf(contentOf(bare)!)?.isForwarded], ['hi', true])
  const place = read(forwardedContent({ locationMessage: { degreesLatitude: 1, degreesLongitude: 2 } }))
  t.match(contentOf(place)?.locationMessage, { degreesLatitude: 1, contextInfo: { isForwarded: true } })
})
