import t from 'tap'
import { decodeWebMessage, encodeWebMessage, textMessage } from 'proto/web-message'
import { sizeOf } from '../src/value-walk.ts'

t.test('it counts characters, bytes and parts', async (t) => {
  t.equal(sizeOf('four'), 4)
  t.equal(sizeOf(new Uint8Array(9)), 9)
  t.equal(sizeOf({ a: 'xy', b: [null, 1, 'z'] }), 1 + 2 + 1 + 1 + 1 + 1)
})

t.test('it is not hurt by nesting', async (t) => {
  let nested: unknown = []
  for (let depth = 0; depth < 200_000; depth++) nested = [nested]
  t.equal(sizeOf(nested), 200_001)
})

t.test('it refuses an object whose parent came with the input, and knows messages', async (t) => {
  const chosen: unknown = Object.setPrototypeOf({}, { isAdmin: true })
  t.throws(() => sizeOf([{ deep: chosen }]), /parent of its own choice/)
  t.equal(sizeOf(JSON.parse('{"__proto__":{"isAdmin":true}}')), 1 + 1 + 1)
  const info = textMessage({ remoteJid: 'x', fromMe: true, id: 'y', timestampS: 1, text: 'z' })
  t.ok(sizeOf(decodeWebMessage(encodeWebMessage(info))) > 3)
})
