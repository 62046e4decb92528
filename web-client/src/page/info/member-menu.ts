/** What can be done with a member of a group, as a table. */
import type { MenuItem } from 'look/menu'
import type { GroupInfo, GroupMember, Groups } from '../../groups.ts'
import type { View } from '../view.ts'

interface Parts {
  readonly view: View
  readonly group: GroupInfo
  readonly member: GroupMember
  /** We are one. */
  readonly admin: boolean
  readonly change: (what: string, ask: () => Promise<unknown>) => void
  readonly onClose: () => void
}

interface Row {
  readonly label: string
  readonly icon: MenuItem['icon']
  readonly when: (member: GroupMember) => boolean
  readonly ask: (groups: Groups, group: string, members: readonly string[]) => Promise<unknown>
  readonly grave?: boolean
}

// prettier-ignore
const adminRows: readonly Row[] = [
  { label: 'Make an admin',       icon: 'star',  when: ({ isAdmin }) => !isAdmin, ask: (groups, jid, members) => groups.promote(jid, members) },
  { label: 'Dismiss as an admin', icon: 'star',  when: ({ isAdmin }) => isAdmin,  ask: (groups, jid, members) => groups.demote(jid, members) },
  { label: 'Remove',              icon: 'trash', when: () => true, grave: true,   ask: (groups, jid, members) => groups.remove(jid, members) },
]

export function memberMenu({ view, group, member, admin, change, onClose }: Parts): readonly MenuItem[] {
  const rows = admin && member.jid !== group.owner ? adminRows.filter(({ when }) => when(member)) : []
  return [
    {
      label: `Write to ${view.client.nameOf(member.jid)}`,
      icon: 'message',
      run: () => {
        onClose()
        view.open(member.jid)
      },
    },
    ...rows.map(({ label, icon, ask, grave = false }) => ({
      ...{ label, icon, grave },
      run: () => change(label, () => ask(view.client.groups, group.jid, [member.jid])),
    })),
  ]
}
