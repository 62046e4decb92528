import t from 'tap'
import { matchPush } from 'proto/browser-messages'
import type { GroupEvent, GroupFacts, GroupNotice } from 'proto/group'
import { checkerOf } from 'proto/message-checkers'
import { groupPush } from '../src/group-pushes.ts'

const [owner, admin, member] = ['15550001111', '15550002222', '15550003333']
const group: GroupFacts = {
  ...{ jid: `${owner}-1600000000@g.us`, version: 3, owner, createdAt: 1_600_000_000 },
  ...{ subject: 'Choir', subjectBy: admin, subjectAt: 1_600_000_005 },
  description: { text: 'We sing', id: 'D1', by: owner, at: 1_600_000_007 },
  ...{ restrict: false, announce: true, ephemeral: 0 },
  members: [
    { number: owner, role: 'owner' },
    { number: admin, role: 'admin' },
    { number: member, role: 'member' },
  ],
}
const notice = (event: GroupEvent, facts: Partial<GroupFacts> = {}): GroupNotice => ({
  ...{ id: 'N', by: owner, at: 1_600_000_009, event },
  group: { ...group, ...facts },
})
const introduction = {
  ...{ subject: 'Choir', s_t: 1_600_000_005, s_o: `${admin}@c.us`, creation: 1_600_000_000 },
  ...{ superadmins: [`${owner}@c.us`], admins: [`${admin}@c.us`], regulars: [`${member}@c.us`] },
  ...{ desc: 'We sing', descId: 'D1', descTime: 1_600_000_007, descOwner: `${owner}@c.us` },
}
const participants = { participants: [`${member}@c.us`] }

// prettier-ignore
const told: readonly (readonly [GroupNotice, whom: string, kind: string, details: unknown])[] = [
  [notice({ kind: 'create' }), member, 'create', introduction],
  [notice({ kind: 'add', members: [member] }), member, 'introduce', introduction],
  [notice({ kind: 'add', members: [member] }), admin, 'add', participants],
  [notice({ kind: 'join' }), admin, 'add', { participants: [`${owner}@c.us`] }],
  [notice({ kind: 'remove', members: [member] }), member, 'remove', participants],
  [notice({ kind: 'leave' }), admin, 'remove', { participants: [`${owner}@c.us`] }],
  [notice({ kind: 'promote', members: [member] }), admin, 'promote', participants],
  [notice({ kind: 'demote', members: [member] }), admin, 'demote', participants],
  [notice({ kind: 'subject', subject: 'Choir' }), admin, 'subject', { subject: 'Choir', s_t: 1_600_000_005, s_o: `${admin}@c.us` }],
  [notice({ kind: 'description', text: 'We sing', id: 'D1' }), admin, 'desc_add', { desc: 'We sing', descId: 'D1', descTime: 1_600_000_007, descOwner: `${owner}@c.us` }],
  [notice({ kind: 'description', text: '', id: 'D2' }, { description: null }), admin, 'desc_remove', { descId: 'D2' }],
  [notice({ kind: 'restrict', value: false }), admin, 'restrict', false],
  [notice({ kind: 'announce', value: true }), admin, 'announce', true],
]

t.test('it tells the browsers of the members, in the words and shapes of the table', async (t) => {
  for (const [sent, whom, kind, details] of told) {
    const push = groupPush(sent, whom)
    t.strictSame(push, ['Chat', { id: group.jid, cmd: 'action', data: [kind, `${owner}@c.us`, details] }])
    t.equal(matchPush(push), 'groupChange')
    t.ok(checkerOf('groupChange')(push), kind)
    t.ok(groupPush(sent, owner), 'who did it may have another browser')
  }
})

t.test('it tells nothing that has no word', async (t) => {
  t.equal(groupPush(notice({ kind: 'ephemeral', seconds: 60 }), admin), null)
  t.equal(groupPush(notice({ kind: 'invite' }), admin), null)
  t.equal(groupPush(notice({ kind: 'icon', tag: '1' }), admin), null)
})
