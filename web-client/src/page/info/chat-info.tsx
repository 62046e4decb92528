/** About a chat: the person or the group, files, and what can be done. */
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { codeOf } from 'proto/errors'
import { useAsked } from '../asked.ts'
import { chatMenu } from '../chats/chat-menu.ts'
import { Face } from '../face.tsx'
import type { SheetProps } from '../sheet-props.ts'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'
import { Gallery } from './gallery.tsx'
import { GroupFacts } from './group-facts.tsx'
import { isGroup } from 'proto/jid'

type Props = SheetProps<'chatInfo'>

export function ChatInfo({ view, sheet: { jid }, onClose }: Props): JSX.Element {
  const chat = view.chats.value.find((each) => each.jid === jid) ?? null
  const name = chat?.name ?? view.client.nameOf(jid)
  const group = isGroup(jid)
  return (
    <Dialog title={group ? 'Group info' : 'Contact info'} sheet onClose={onClose}>
      <div class="info-face">
        <Face view={view} jid={jid} name={name} group={group} size="large" />
        <p class="info-name" dir="auto">
          {name}
        </p>
        {!group && <p class="info-number">+{jid.split('@')[0]}</p>}
      </div>
      {group ? <GroupFacts view={view} jid={jid} onClose={onClose} /> : <About view={view} jid={jid} />}
      <Gallery view={view} jid={jid} />
      {chat !== null && (
        <section class="settings-ways">
          {chatMenu(view, chat)
            .slice(1)
            .map(({ label, icon, grave = false, run }) => (
              <button key={label} type="button" class={`person${grave ? ' dangerous' : ''}`} onClick={run}>
                <Icon name={icon} /> {label}
              </button>
            ))}
          {!group && <Block view={view} jid={jid} />}
        </section>
      )}
    </Dialog>
  )
}

function About({ view, jid }: { readonly view: View; readonly jid: string }): JSX.Element | null {
  const about = useAsked(jid, () => view.client.people.about(jid)).value
  if (about.phase !== 'there' || typeof about.value === 'string') return null
  return (
    <section>
      <h3>About</h3>
      <p dir="auto">{about.value.text}</p>
    </section>
  )
}

function Block({ view, jid }: { readonly view: View; readonly jid: string }): JSX.Element {
  const { people } = view.client
  const blocked = people.blocked.includes(jid)
  const label = blocked ? 'Unblock' : 'Block'
  return (
    <button
      type="button"
      class="person dangerous"
      onClick={() => {
        ;(blocked ? people.unblock(jid) : people.block(jid)).then(
          () => view.say(blocked ? 'Unblocked.' : 'Blocked: nothing of them will reach you.'),
          (error: unknown) => view.say(`${label}: ${failureWords(codeOf(error))}`),
        )
      }}
    >
      <Icon name="close" /> {label}
    </button>
  )
}
