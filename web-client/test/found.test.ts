import t from 'tap'
import { revokeMessage } from 'proto/web-message'
import type { ErrorCode } from 'proto/errors'
import { goodNode, shownIn } from '../src/found.ts'
import { BOB, infoOf, messageNode, node } from './scripted-phone.ts'

t.test('what can be shown is given in its order, and what cannot be read is told', async (t) => {
  const revoked = { remoteJid: BOB, fromMe: false, id: 'A' }
  const found = node('response', {}, [
    messageNode(infoOf(BOB, { id: 'B' })),
    messageNode(revokeMessage({ ...revoked, id: 'R', timestampS: 1, revoked })),
    node('message', {}, Uint8Array.of(255)),
    messageNode(infoOf(BOB, { id: 'A' })),
  ])
  const dropped: ErrorCode[] = []
  t.same(
    shownIn(found, (code) => dropped.push(code)).map(({ id }) => id),
    ['B', 'A'],
  )
  t.same(dropped, ['TETHER_ERR_PROTOBUF'])
})

t.test('a node is a good answer, and JSON is a refusal', async (t) => {
  const answer = node('response')
  t.equal(goodNode({ node: answer }), answer)
  t.throws(() => goodNode({ json: {}, status: 404 }), { code: 'TETHER_ERR_NOT_FOUND' })
})
