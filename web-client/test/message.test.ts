import t from 'tap'
import { revokeMessage, stubMessage, textMessage } from 'proto/web-message'
import { laterStatus, readMessage, type SendStatus, sendSteps, statusOfAck } from '../src/message.ts'
import { BOB, CARLA } from './scripted-phone.ts'

const GROUP = '15550001111-1600000000@g.us'
const frame = { remoteJid: BOB, fromMe: false, id: 'A', timestampS: 7 }

t.test('reads a text', async (t) => {
  t.same(readMessage(textMessage({ ...frame, text: 'hi' })), {
    message: {
      jid: BOB,
      fromMe: false,
      id: 'A',
      author: null,
      kind: 'text',
      text: 'hi',
      seconds: 7,
      status: null,
    },
  })
})

t.test('reads who wrote in a group, and nothing of the kind for me', async (t) => {
  const inGroup = { ...frame, remoteJid: GROUP, participant: '15550003333@c.us', text: 'hi' }
  t.match(readMessage(textMessage(inGroup)), { message: { author: CARLA } })
  t.match(readMessage(textMessage({ ...inGroup, fromMe: true })), { message: { author: null } })
})

t.test('reads how far an own message has come', async (t) => {
  const own = { ...frame, fromMe: true, text: 'x' }
  const cases = [
    ['PENDING', 'pending'],
    ['SERVER_ACK', 'server'],
    ['READ', 'read'],
    ['ERROR', 'failed'],
  ] as const
  for (const [status, want] of cases) {
    t.match(readMessage(textMessage({ ...own, status })), { message: { status: want } })
  }
  t.match(readMessage(textMessage(own)), { message: { status: 'server' } })
})

t.test('lets a person take back only their own messages', async (t) => {
  const revoked = { remoteJid: BOB, fromMe: true, id: 'MINE' }
  t.same(readMessage(revokeMessage({ ...frame, revoked })), {
    revokes: { jid: BOB, fromMe: false, id: 'MINE' },
  })
})

t.test('reads notices, messages taken back, and ones that the phone could not decrypt', async (t) => {
  t.match(readMessage(stubMessage({ ...frame, stub: 'E2E_ENCRYPTED' })), {
    message: { kind: 'notice', text: /end to end/ },
  })
  t.match(readMessage(stubMessage({ ...frame, stub: 'REVOKE' })), { message: { kind: 'revoked' } })
  t.match(readMessage(stubMessage({ ...frame, stub: 'CIPHERTEXT' })), { message: { kind: 'undecrypted' } })
  t.match(readMessage(stubMessage({ ...frame, stub: 'OVERSIZED' })), {
    message: { kind: 'notice', text: '' },
  })
})

t.test('shows nothing for a message without content', async (t) => {
  const info = textMessage({ ...frame, text: 'x' })
  delete info.message
  t.equal(readMessage(info), null)
})

t.test('lets a status only rise, and fail only before the server has it', async (t) => {
  for (const known of sendSteps) {
    for (const said of sendSteps) {
      const later = laterStatus(known, said) as SendStatus
      if (said === 'failed') t.equal(later, known === 'pending' ? 'failed' : known, `${known} ${said}`)
      else t.equal(sendSteps.indexOf(later), Math.max(sendSteps.indexOf(known), sendSteps.indexOf(said)))
    }
  }
})

t.test('names the status of a receipt', async (t) => {
  const cases: [unknown, unknown][] = [
    [-1, 'failed'],
    [0, 'pending'],
    [1, 'server'],
    [2, 'delivered'],
    [3, 'read'],
    [4, 'played'],
    [5, null],
    [1.5, null],
    ['2', null],
    [null, null],
    [undefined, null],
  ]
  for (const [ack, want] of cases) t.equal(statusOfAck(ack), want, String(ack))
})
