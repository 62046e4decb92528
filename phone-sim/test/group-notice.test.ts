import t from 'tap'
import type { GroupEvent, GroupFacts, GroupNotice } from 'proto/group'
import { decodeWebMessage, encodeWebMessage, stubMessage, textMessage, timestampOf } from 'proto/web-message'
import { beginning, noticeMessage, noticeText, stubOf } from '../src/group-notice.ts'
import { ALICE, BOB, CARLA, jid } from './phone-world.ts'

const group: GroupFacts = {
  ...{
    jid: `${ALICE}-1600000000@g.us`,
    version: 3,
    owner: ALICE,
    createdAt: 1_600_000_000,
    subject: 'Choir',
  },
  ...{ subjectBy: ALICE, subjectAt: 1, description: null, restrict: false, announce: false, ephemeral: 0 },
  members: [{ number: ALICE, role: 'owner' }],
}
const notice = (event: GroupEvent, by = BOB): GroupNotice => ({
  id: 'N1',
  by,
  at: 1_600_000_009,
  event,
  group,
})
const nameOf = (of: string) => ({ [jid(ALICE)]: 'Alice', [jid(BOB)]: 'Bob', [jid(CARLA)]: 'You' })[of] ?? of

// prettier-ignore
const table: readonly (readonly [GroupEvent, stub: number, parameters: string[], text: string])[] = [
  [{ kind: 'create' }, 20, ['Choir'], 'Bob created the group "Choir"'],
  [{ kind: 'subject', subject: 'Band' }, 21, ['Band'], 'Bob changed the subject to "Band"'],
  [{ kind: 'icon', tag: '77' }, 22, ['77'], 'Bob changed the picture'],
  [{ kind: 'invite' }, 23, [], 'Bob reset the invitation'],
  [{ kind: 'description', text: 'We sing', id: 'D' }, 24, ['We sing'], 'Bob changed the description'],
  [{ kind: 'description', text: '', id: 'D' }, 24, [''], 'Bob removed the description'],
  [{ kind: 'restrict', value: true }, 25, ['on'], 'Bob lets only admins change the group'],
  [{ kind: 'announce', value: false }, 26, ['off'], 'Bob lets all members write'],
  [{ kind: 'add', members: [ALICE, CARLA] }, 27, [jid(ALICE), jid(CARLA)], 'Bob added Alice, You'],
  [{ kind: 'remove', members: [CARLA] }, 28, [jid(CARLA)], 'Bob removed You'],
  [{ kind: 'promote', members: [CARLA] }, 29, [jid(CARLA)], 'Bob made You an admin'],
  [{ kind: 'demote', members: [CARLA] }, 30, [jid(CARLA)], 'Bob took the rights of an admin from You'],
  [{ kind: 'join' }, 31, [jid(BOB)], 'Bob joined by an invitation'],
  [{ kind: 'leave' }, 32, [jid(BOB)], 'Bob left'],
  [{ kind: 'ephemeral', seconds: 604_800 }, 72, ['604800'], 'Bob lets messages disappear after 604800 s'],
  [{ kind: 'ephemeral', seconds: 0 }, 72, ['0'], 'Bob keeps messages'],
]

t.test(
  'it has the stub, the parameters and the words of every event, with its author in both places',
  async (t) => {
    for (const [event, stub, parameters, text] of table) {
      const info = decodeWebMessage(encodeWebMessage(noticeMessage(notice(event), ALICE)))
      t.equal(info.messageStubType, stub, event.kind)
      t.strictSame([...info.messageStubParameters], parameters, event.kind)
      t.match(info, {
        key: { remoteJid: group.jid, fromMe: false, id: 'N1', participant: jid(BOB) },
        participant: jid(BOB),
      })
      t.equal(timestampOf(info), 1_600_000_009)
      t.equal(noticeText(info, nameOf), text)
    }
  },
)

t.test('it says that we did it when we did', async (t) => {
  t.match(noticeMessage(notice({ kind: 'leave' }), BOB).key, { fromMe: true, participant: jid(BOB) })
})

t.test('it tells how a group began to who came later', async (t) => {
  const info = beginning(notice({ kind: 'add', members: [CARLA] }), CARLA, 'N0')
  t.match(info, { key: { id: 'N0', fromMe: false, participant: jid(ALICE) }, messageStubType: 20 })
  t.equal(timestampOf(info), 1_600_000_000)
  t.strictSame([...info.messageStubParameters], ['Choir'])
})

t.test('it leaves alone what is no notice of a group', async (t) => {
  const key = { remoteJid: jid(BOB), fromMe: false, id: '1', timestampS: 1 }
  t.equal(stubOf(textMessage({ ...key, text: 'hi' })), null)
  t.equal(noticeText(textMessage({ ...key, text: 'hi' }), nameOf), '')
  const encrypted = stubMessage({ ...key, stub: 'E2E_ENCRYPTED' })
  t.equal(stubOf(encrypted), 'E2E_ENCRYPTED')
  t.equal(noticeText(encrypted, nameOf), '')
  const strange = stubMessage({ ...key, stub: 'GROUP_CREATE' })
  strange.messageStubType = 4321
  t.equal(stubOf(strange), null)
})
