import t from 'tap'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { encodeNode } from 'proto/node-encoder'
import { encodeWebMessage, textMessage } from 'proto/web-message'
import { chatNode, contactNode, fitting, fittingList, messageNode, response } from '../src/lists.ts'
import type { ChatRow, MessageRow } from '../src/store.ts'
import { BOB, jid } from './phone-world.ts'

const chat: ChatRow = {
  jid: jid(BOB),
  at: 1_600_000_000_999,
  unread: 0,
  archived: false,
  pinnedS: 0,
  mutedUntilS: 0,
  modifyTag: 3,
  timerS: 0,
  timerSetS: 0,
}
function rowOf(id: string, bytes = 0): MessageRow {
  const text = 'x'.repeat(bytes)
  const info = textMessage({ remoteJid: jid(BOB), fromMe: false, id, timestampS: 1, text })
  const key = { chat: jid(BOB), fromMe: false, id }
  const flags = {
    seen: true,
    hidden: false,
    starred: false,
    deliveredAt: null,
    readAt: null,
    expiresAt: null,
    author: null,
  }
  return { ...key, ...flags, position: 1, at: 1, status: 0, text, type: 'x', info: encodeWebMessage(info) }
}

t.test('it leaves out what is absent, as empty values break some clients', (t) => {
  t.strictSame(contactNode({ jid: jid(BOB), name: null, notify: null, blocked: false }).attrs, {
    jid: jid(BOB),
  })
  t.strictSame(contactNode({ jid: jid(BOB), name: 'bob jones', notify: '', blocked: false }).attrs, {
    jid: jid(BOB),
    name: 'bob jones',
    short: 'bob',
    index: 'B',
  })
  t.strictSame(chatNode(chat).attrs, {
    jid: jid(BOB),
    t: '1600000000',
    count: '0',
    modify_tag: '3',
    spam: 'false',
    message: 'true',
  })
  t.end()
})

t.test('it writes every fact of a chat as a text', (t) => {
  const full = { ...chat, unread: -1, archived: true, pinnedS: 5, mutedUntilS: -1 }
  t.match(chatNode(full).attrs, { count: '-1', archive: 'true', pin: '5', mute: '-1' })
  t.end()
})

t.test('it gives every list a type and every message bytes', (t) => {
  t.strictSame(response('message', []), { tag: 'response', attrs: { type: 'message' }, content: [] })
  t.type(messageNode(rowOf('1')).content, Uint8Array)
  t.end()
})

t.test('it takes what fits from the end that matters, and never nothing', (t) => {
  const third = Math.floor((limit('PHONE_FRAME_BYTES') * 0.9) / 3)
  const rows = ['1', '2', '3', '4'].map((id) => rowOf(id, third - 200))
  const ids = (list: MessageRow[]) => list.map(({ id }) => id).join('')
  t.equal(ids(fitting(rows)), '234')
  t.equal(ids(fitting(rows, 'first')), '123')
  t.equal(ids(fitting([rowOf('big', limit('PHONE_FRAME_BYTES'))])), 'big')
  t.strictSame(fitting([]), [])
  t.end()
})

t.test('it lets a list fill its frame to the last byte, and leaves out what is wanted least', (t) => {
  const user = (number: number, name: string) =>
    contactNode({ jid: jid(String(number)), name, notify: null, blocked: false })
  const list = Array.from({ length: 2_000 }, (_, at) => user(15_551_000_000 + at, `N${at} ${'ü'.repeat(80)}`))
  t.equal(fittingList(list).length, 2_000, '2,000 people with long names')
  const thrice = [...list, ...list, ...list].map((each) => ({ ...each }))
  const full = response('contacts', fittingList(thrice), {
    checksum: '0123456789abcdef',
  })
  t.ok(encodeNode(full).length <= limit('LIST_BYTES'), 'never more than it says')
  // a node, its jid, a name, its first word and its first letter
  const room = limit('LIST_BYTES') - 4 - (6 + jid(BOB).length) - (6 + 2) - (6 + 1) - (6 + 1)
  const named = (length: number) => user(Number(BOB), `x ${'y'.repeat(length)}`)
  const [long, longer, short] = [named(room), named(room + 1), user(1, 'z')]
  t.strictSame(fittingList([long]), [long])
  t.strictSame(fittingList([long, short]), [long])
  t.strictSame(fittingList([longer]), [])
  t.strictSame(fittingList([longer, short]), [short])
  const isWanted = ({ attrs }: Node) => attrs['jid'] === jid('15551002999')
  const cut = fittingList([...thrice, user(15_551_002_999, 'Last')], isWanted)
  t.ok(cut.length < thrice.length)
  t.equal(cut.at(-1)?.attrs['name'], 'Last', 'in its place')
  t.end()
})
