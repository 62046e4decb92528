import t from 'tap'
import { encodeWebMessage, textMessage } from 'proto/web-message'
import { jsonLines, nodeLines, ValueNames } from '../../src/flows/text.ts'

const TOKEN = '1@2K01cKKVJGRyADT3cT3TTQRP'
const OTHER = 'xNFjYLGGbmnp8PqHZ0m+Wg=='

t.test('it names random values after their member, the same value always the same', (t) => {
  const names = new ValueNames()
  t.strictSame(jsonLines({ ref: TOKEN, wid: '15550001111@c.us', t: 1 }, names), [
    '{"ref": ‹ref›, "wid": "15550001111@c.us", "t": 1}',
  ])
  t.strictSame(jsonLines(['admin', 'x', TOKEN, OTHER], names), ['["admin", "x", ‹ref›, ‹value›]'])
  t.strictSame(jsonLines({ ref: `${TOKEN}Q` }, names), ['{"ref": ‹ref 2›}'])
  names.name('short', 'secret word')
  t.strictSame(jsonLines(['short'], names), ['[‹secret word›]'])
  t.end()
})

t.test('it leaves alone what tells something', (t) => {
  const names = new ValueNames()
  const telling = [
    '15550001111@s.whatsapp.net',
    '15550001111-1600000000',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA5',
    '3EB0C767D097',
    'TETHER_ERR_REF_UNKNOWN',
    'Do you have pumpkins?',
  ]
  t.strictSame(
    telling.map((text) => names.bare(text, 'x')),
    telling,
  )
  t.end()
})

t.test('it breaks long JSON at its members, a push behind its word', (t) => {
  const facts = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`member${n}`, `value ${n}`]))
  const lines = jsonLines(['Conn', facts], new ValueNames())
  t.equal(lines[0], '["Conn", {')
  t.equal(lines.at(-1), '}]')
  t.ok(lines.length > 3 && lines.every((line) => line.length < 110))
  t.strictSame(JSON.parse(lines.join('\n')), ['Conn', facts], 'it is still JSON')
  t.end()
})

t.test('it prints a node with its children below, and the fields of a message', (t) => {
  const info = textMessage({ remoteJid: 'a@g.us', fromMe: false, id: 'A', timestampS: 7, text: 'hello' })
  const content = encodeWebMessage(info)
  const node = {
    tag: 'action',
    attrs: { add: 'relay', ref: TOKEN },
    content: [
      { tag: 'message', attrs: {}, content },
      { tag: 'status', attrs: {}, content: new TextEncoder().encode('busy') },
      { tag: 'image', attrs: {}, content: new Uint8Array([0, 255]) },
      { tag: 'empty', attrs: {}, content: [] },
      { tag: 'none', attrs: { a: '1' }, content: null },
    ],
  }
  t.strictSame(nodeLines(node, new ValueNames()), [
    'action {add: relay, ref: ‹ref›}',
    `  message <${content.length} bytes>`,
    '    {',
    '      "key": {"remoteJid": "a@g.us", "fromMe": false, "id": "A"}, "message": {"conversation": "hello"},',
    '      "messageTimestamp": "7"',
    '    }',
    '  status <4 bytes> "busy"',
    '  image <2 bytes>',
    '  empty []',
    '  none {a: 1}',
  ])
  t.end()
})
