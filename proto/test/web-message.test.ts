import { create, isFieldSet, type MessageInitShape, toJson } from '@bufbuild/protobuf'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { TetherError } from '../src/errors.ts'
import { MessageKeySchema, MessageSchema, WebMessageInfoSchema } from '../src/gen/web-message_pb.ts'
import { limit } from '../src/limits.ts'
import {
  contentTypeOf,
  decodeWebMessage,
  encodeWebMessage,
  messageStatus,
  moveKey,
  removeAuthor,
  revokedKeyOf,
  revokeMessage,
  statusName,
  statusOf,
  stubMessage,
  textMessage,
  textOf,
  timestampOf,
  type WebMessageInfo,
  webMessageJson,
} from '../src/web-message.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const toPlain = (info: WebMessageInfo) => toJson(WebMessageInfoSchema, info)

// messages.md 7
const example = hex(`
  0a340a1a313535353030303232323240732e77686174736170702e6e65741000
  1a144141414130303030303030303030303030303031120a0a0868656c6c6f20
  696e1881a0f8fa052000`)
const jid = '15550002222@s.whatsapp.net'

interface Child {
  readonly tag: string
  readonly content?: { readonly bytes?: string }
}
interface Vector {
  readonly id: string
  readonly title: string
  readonly node?: { readonly content?: { readonly children?: readonly Child[] } }
  readonly protobuf?: readonly unknown[]
}
const vectors = (
  JSON.parse(readFileSync(new URL('../../test/vectors/nodes.json', import.meta.url), 'utf8')) as {
    vectors: Vector[]
  }
).vectors.filter((vector) => vector.protobuf !== undefined)

t.test('it builds the worked example byte for byte', (t) => {
  const info = textMessage({
    remoteJid: jid,
    fromMe: false,
    id: 'AAAA0000000000000001',
    text: 'hello in',
    timestampS: 1600000001,
    status: 'ERROR',
  })
  t.equal(hexOf(encodeWebMessage(info)), hexOf(example))
  t.end()
})

t.test('it reads the worked example', (t) => {
  const info = decodeWebMessage(example)
  t.equal(info.key.remoteJid, jid)
  t.equal(info.key.fromMe, false)
  t.ok(isFieldSet(info.key, MessageKeySchema.field.fromMe))
  t.equal(timestampOf(info), 1600000001)
  t.equal(statusOf(info), 'ERROR')
  t.equal(textOf(info), 'hello in')
  t.equal(contentTypeOf(info), 'conversation')
  t.end()
})

t.test('it reads and writes every protobuf vector', (t) => {
  t.ok(vectors.length >= 7)
  for (const vector of vectors) {
    const contents = (vector.node?.content?.children ?? [])
      .filter((child) => child.tag === 'message')
      .map((child) => hex(child.content?.bytes ?? ''))
    t.equal(contents.length, vector.protobuf?.length, vector.id)
    contents.forEach((bytes, index) => {
      const info = decodeWebMessage(bytes)
      t.same(toPlain(info), vector.protobuf?.[index], `${vector.id} members`)
      t.equal(hexOf(encodeWebMessage(info)), hexOf(bytes), `${vector.id} bytes`)
    })
  }
  t.end()
})

t.test('it keeps fields and enum values that the schema does not know', (t) => {
  const unknown = [
    'a03e07', // 996, varint
    'aa3e03010203', // 997, bytes
    'b53e01020304', // 998, fixed32
    '20e707', // status 999: not in the enum
  ]
  const bytes = hex(hexOf(example.subarray(0, -2)) + unknown.join(''))
  const info = decodeWebMessage(bytes)
  t.equal(statusOf(info), null)
  t.equal(info.status, 999)
  const again = hexOf(encodeWebMessage(info))
  for (const field of unknown) t.ok(again.includes(field), field)
  t.equal(again.length, bytes.length * 2)
  t.equal(hexOf(encodeWebMessage(decodeWebMessage(hex(again)))), again)
  t.end()
})

t.test('it keeps a content known only by name as bytes', (t) => {
  const poll = hex('8a0304' + '0a020102') // Message field 49
  const bytes = new Uint8Array([...example.subarray(0, 54), 0x12, poll.length, ...poll])
  const info = decodeWebMessage(bytes)
  t.equal(contentTypeOf(info), 'pollCreationMessage')
  t.equal(textOf(info), '')
  t.equal(hexOf(encodeWebMessage(info)), hexOf(bytes))
  t.end()
})

function outcome(bytes: Uint8Array): 'result' | 'refused' {
  try {
    encodeWebMessage(decodeWebMessage(bytes))
    return 'result'
  } catch (error) {
    if (error instanceof TetherError && error.code === 'TETHER_ERR_PROTOBUF') return 'refused'
    throw error
  }
}

t.test(
  'it answers truncation at every byte and every flipped bit with a result or TETHER_ERR_PROTOBUF',
  (t) => {
    const samples = vectors.flatMap((vector) =>
      (vector.node?.content?.children ?? []).map((child) => hex(child.content?.bytes ?? '')),
    )
    const counts = { result: 0, refused: 0 }
    for (const sample of samples) {
      for (let length = 0; length < sample.length; length++) counts[outcome(sample.subarray(0, length))]++
      for (let bit = 0; bit < sample.length * 8; bit++) {
        const flipped = sample.slice()
        flipped[bit >> 3] ^= 1 << (bit & 7)
        counts[outcome(flipped)]++
      }
    }
    t.ok(counts.result > 0)
    t.ok(counts.refused > 0)
    t.end()
  },
)

t.test('it refuses a message without key, in both directions', (t) => {
  t.throws(() => decodeWebMessage(new Uint8Array(0)), { code: 'TETHER_ERR_PROTOBUF' })
  t.throws(() => decodeWebMessage(hex('1801')), { code: 'TETHER_ERR_PROTOBUF' })
  t.throws(() => encodeWebMessage(create(WebMessageInfoSchema)), { code: 'TETHER_ERR_PROTOBUF' })
  t.end()
})

function nested(
  depth: number,
  innermost: MessageInitShape<typeof MessageSchema> = { conversation: 'deep' },
): Uint8Array {
  let message = create(MessageSchema, innermost)
  // Each wrapper is two levels; WebMessageInfo and the innermost Message are the other two.
  for (let level = 2; level < depth; level += 2)
    message = create(MessageSchema, { viewOnceMessage: { message } })
  const info = textMessage({ remoteJid: jid, fromMe: true, id: 'A', timestampS: 1, text: '' })
  info.message = message
  return encodeWebMessage(info)
}

t.test('it reads messages as deep as PROTOBUF_DEPTH and refuses deeper ones', (t) => {
  const depth = limit('PROTOBUF_DEPTH')
  t.equal(textOf(decodeWebMessage(nested(depth))), 'deep')
  const oneMore = { extendedTextMessage: { text: 'deep' } }
  t.equal(decodeWebMessage(nested(depth - 2, oneMore)).key.id, 'A')
  t.throws(() => decodeWebMessage(nested(depth, oneMore)), { code: 'TETHER_ERR_PROTOBUF' })
  // Groups of an unknown field are skipped by recursion too.
  const groups = new Uint8Array([
    ...example,
    ...new Uint8Array(5000).fill(0x3b),
    ...new Uint8Array(5000).fill(0x3c),
  ])
  t.throws(() => decodeWebMessage(groups), { code: 'TETHER_ERR_PROTOBUF' })
  t.end()
})

t.test('it shares no memory with the bytes it read', (t) => {
  const info = textMessage({ remoteJid: jid, fromMe: true, id: 'A', timestampS: 1, text: '' })
  info.message = create(MessageSchema, { imageMessage: { mediaKey: new Uint8Array(32).fill(7) } })
  const bytes = Buffer.from(encodeWebMessage(info))
  const decoded = decodeWebMessage(bytes)
  bytes.fill(0)
  t.same(decoded.message?.imageMessage?.mediaKey, new Uint8Array(32).fill(7))
  t.end()
})

t.test('it names the author of a group message in both places', (t) => {
  const group = '15550001111-1600000000@g.us'
  const info = textMessage({
    remoteJid: group,
    fromMe: false,
    id: 'A',
    timestampS: 1,
    text: 'x',
    participant: jid,
  })
  t.equal(info.participant, jid)
  t.equal(info.key.participant, jid)
  t.end()
})

t.test('it finds text and content type inside wrappers', (t) => {
  const info = textMessage({ remoteJid: jid, fromMe: true, id: 'A', timestampS: 1, text: '' })
  const image = { imageMessage: { caption: 'look' } }
  for (const wrapper of [
    'ephemeralMessage',
    'viewOnceMessage',
    'viewOnceMessageV2',
    'deviceSentMessage',
  ] as const) {
    info.message = create(MessageSchema, { [wrapper]: { message: { ephemeralMessage: { message: image } } } })
    const read = decodeWebMessage(encodeWebMessage(info))
    t.equal(textOf(read), 'look', wrapper)
    t.equal(contentTypeOf(read), 'imageMessage', wrapper)
  }
  t.end()
})

t.test('it does not take an accompanying field for the content', (t) => {
  const info = textMessage({ remoteJid: jid, fromMe: true, id: 'A', timestampS: 1, text: 'x' })
  info.message = create(MessageSchema, {
    senderKeyDistributionMessage: { groupId: 'g' },
    messageContextInfo: new Uint8Array([1]),
    extendedTextMessage: { text: 'x' },
  })
  t.equal(contentTypeOf(info), 'extendedTextMessage')
  info.message = create(MessageSchema, { messageContextInfo: new Uint8Array([1]) })
  t.equal(contentTypeOf(info), null)
  t.end()
})

t.test('it builds and recognises a revocation', (t) => {
  const revoked = { remoteJid: jid, fromMe: true, id: 'B' }
  const info = decodeWebMessage(
    encodeWebMessage(revokeMessage({ remoteJid: jid, fromMe: true, id: 'A', timestampS: 1, revoked })),
  )
  t.equal(revokedKeyOf(info)?.id, 'B')
  t.equal(contentTypeOf(info), 'protocolMessage')
  t.end()
})

t.test('it does not take a protocol message of an unknown type for a revocation', (t) => {
  // key{id "B"}, type 14
  const bytes = new Uint8Array([...example.subarray(0, 54), ...hex('1209' + '6207' + '0a031a0142' + '100e')])
  t.equal(revokedKeyOf(decodeWebMessage(bytes)), null)
  t.end()
})

t.test('it builds a notice', (t) => {
  const group = '15550001111-1600000000@g.us'
  const info = decodeWebMessage(
    encodeWebMessage(
      stubMessage({
        remoteJid: group,
        fromMe: false,
        id: 'A',
        timestampS: 1,
        participant: jid,
        stub: 'GROUP_PARTICIPANT_ADD',
        parameters: [jid],
      }),
    ),
  )
  t.equal(info.messageStubType, 27)
  t.same(info.messageStubParameters, [jid])
  t.equal(contentTypeOf(info), null)
  t.equal(textOf(info), '')
  t.equal(timestampOf(info), 1)
  t.equal(statusOf(info), null)
  t.end()
})

t.test('it knows the six statuses by name and number', (t) => {
  t.same(Object.values(messageStatus), [0, 1, 2, 3, 4, 5])
  t.equal(statusName(2), 'SERVER_ACK')
  t.equal(statusName(6), null)
  t.end()
})

t.test('it shows a message to people by names', (t) => {
  const info = textMessage({
    remoteJid: jid,
    fromMe: false,
    id: 'A',
    timestampS: 7,
    text: 'hello',
    status: 'READ',
  })
  t.strictSame(webMessageJson(info), {
    key: { remoteJid: jid, fromMe: false, id: 'A' },
    message: { conversation: 'hello' },
    messageTimestamp: '7',
    status: 'READ',
  })
  const notice = stubMessage({ remoteJid: jid, fromMe: false, id: 'B', timestampS: 7, stub: 'REVOKE' })
  t.match(webMessageJson(notice), { messageStubType: 'REVOKE' })
  notice.messageStubType = 9999
  t.match(webMessageJson(notice), { messageStubType: 9999 }, 'a number without a name stays one')
  t.end()
})

t.test('it takes the author of a group message out, in both places, as if there had been none', async (t) => {
  const frame = { remoteJid: '15550001111-1@g.us', fromMe: true, id: 'A1', timestampS: 1, text: 'hi' }
  const info = textMessage({ ...frame, participant: '15550002222@s.whatsapp.net' })
  removeAuthor(info)
  t.strictSame(encodeWebMessage(info), encodeWebMessage(textMessage(frame)))
})

t.test('it moves the key of a message to where another party knows it', async (t) => {
  const author = '15550002222@s.whatsapp.net'
  const key = textMessage({ remoteJid: 'x@g.us', fromMe: true, id: 'A1', timestampS: 1, text: 'hi' }).key
  moveKey(key, { remoteJid: 'y@g.us', fromMe: false, participant: author })
  t.match(key, { remoteJid: 'y@g.us', fromMe: false, id: 'A1', participant: author })
  moveKey(key, { remoteJid: 'y@g.us', fromMe: true })
  t.match(key, { fromMe: true, participant: '' })
})
