/** A group: what it is about, who is in it, and what an admin may change. Asked again whenever the group changes. */
import { useSignal } from '@preact/signals'
import { formatDayWithin } from 'look/dates'
import { Icon } from 'look/icons'
import { Menu, type Place, placeOf } from 'look/menu'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { codeOf } from 'proto/errors'
import type { GroupInfo, GroupMember } from '../../groups.ts'
import { useAsked } from '../asked.ts'
import { Face } from '../face.tsx'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'
import { AddMembers } from './add-members.tsx'
import { GroupWords } from './group-words.tsx'
import { memberMenu } from './member-menu.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly onClose: () => void
}

export function GroupFacts({ view, jid, onClose }: Props): JSX.Element {
  const version = useSignal(0)
  const adding = useSignal(false)
  useEffect(
    () =>
      view.client.subscribe((event) => {
        if (event.type === 'group' && event.jid === jid) version.value++
      }),
    [jid],
  )
  const answer = useAsked(String(version.value), () => view.client.groups.find(jid)).value
  const last = useSignal<GroupInfo | null>(null)
  if (answer.phase === 'there') last.value = answer.value
  const group = last.value
  if (group === null) {
    return (
      <p role="status">
        {answer.phase === 'failed' ? (
          failureWords(answer.code)
        ) : (
          <>
            <span class="spinner" /> Asking the server
          </>
        )}
      </p>
    )
  }
  const me = view.me.value?.jid
  const admin = group.members.some((member) => member.jid === me && member.isAdmin)
  const change = (what: string, ask: () => Promise<unknown>): void => {
    ask().then(
      () => version.value++,
      (error: unknown) => view.say(`${what}: ${failureWords(codeOf(error))}`),
    )
  }
  return (
    <>
      <p class="info-number">
        Since {formatDayWithin(group.createdAt, view.today.value)}
        {group.announce && ' · only admins write'}
      </p>
      <GroupWords view={view} group={group} mayEdit={admin || !group.restrict} change={change} />
      <section>
        <h3>{group.members.length} members</h3>
        {admin && (
          <button type="button" class="person" onClick={() => (adding.value = !adding.value)}>
            <Icon name="add" /> Add members
          </button>
        )}
        {adding.value && (
          <AddMembers
            view={view}
            group={group}
            onAdd={(jids) => {
              adding.value = false
              change('Add members', () => view.client.groups.add(jid, jids))
            }}
          />
        )}
        <ul class="people" aria-label="Members">
          {group.members.map((member) => (
            <li key={member.jid}>
              <Member {...{ view, group, member, admin, change, onClose }} />
            </li>
          ))}
        </ul>
      </section>
      <section class="settings-ways">
        <button
          type="button"
          class="person dangerous"
          onClick={() => change('Leave the group', () => view.client.groups.leave(jid))}
        >
          <Icon name="logOut" /> Leave the group
        </button>
      </section>
    </>
  )
}

interface MemberProps {
  readonly view: View
  readonly group: GroupInfo
  readonly member: GroupMember
  readonly admin: boolean
  readonly change: (what: string, ask: () => Promise<unknown>) => void
  readonly onClose: () => void
}

function Member({ view, group, member, admin, change, onClose }: MemberProps): JSX.Element {
  const menu = useSignal<Place | null>(null)
  const me = member.jid === view.me.value?.jid
  const name = me ? 'You' : view.client.nameOf(member.jid)
  return (
    <>
      <button
        type="button"
        class="person"
        disabled={me}
        aria-haspopup="menu"
        onClick={(event) => (menu.value = placeOf(event))}
      >
        <Face view={view} jid={member.jid} name={name} size="small" />
        <span class="cut" dir="auto">
          {name}
        </span>
        {member.isAdmin && <small class="badge">admin</small>}
      </button>
      {menu.value !== null && (
        <Menu
          label={name}
          place={menu.value}
          items={memberMenu({ view, group, member, admin, change, onClose })}
          onClose={() => (menu.value = null)}
        />
      )}
    </>
  )
}
