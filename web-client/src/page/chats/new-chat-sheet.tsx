/** A new chat: with somebody of the address book, with a number, or a group. */
import { useSignal } from '@preact/signals'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import { Segments } from 'look/switch'
import type { JSX } from 'preact'
import { codeOf } from 'proto/errors'
import { Face } from '../face.tsx'
import { PeoplePicker } from '../people-picker.tsx'
import type { SheetProps } from '../sheet-props.ts'
import type { View } from '../view.ts'
import { failureWords } from '../words.ts'
import { folded, type FoundName } from './name-search.ts'

type Props = SheetProps<'newChat'>

export function NewChatSheet({ view, onClose }: Props): JSX.Element {
  const kind = useSignal<'person' | 'group'>('person')
  return (
    <Dialog title="New chat" sheet onClose={onClose}>
      <Segments
        label="With whom"
        value={kind.value}
        options={[
          { value: 'person', label: 'One person' },
          { value: 'group', label: 'A group' },
        ]}
        onChange={(next) => (kind.value = next)}
      />
      {kind.value === 'person' ? (
        <Person view={view} onClose={onClose} />
      ) : (
        <Group view={view} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface PartProps {
  readonly view: View
  readonly onClose: () => void
}

/** Everybody of the address book, by name. */
export function peopleOf({ client }: View): readonly FoundName[] {
  return client
    .contacts()
    .filter(({ jid, name }) => name !== null && jid !== client.me?.jid)
    .map(({ jid, name }) => ({ jid, name: name ?? jid, group: false }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

function Person({ view, onClose }: PartProps): JSX.Element {
  const words = useSignal('')
  const trouble = useSignal<string | null>(null)
  const wanted = folded(words.value.trim())
  const digits = words.value.replace(/[^0-9]/g, '')
  const people = peopleOf(view).filter(
    ({ name, jid }) => folded(name).includes(wanted) || (digits.length > 2 && jid.startsWith(digits)),
  )

  function open(jid: string): void {
    onClose()
    view.open(jid)
  }

  async function find(): Promise<void> {
    trouble.value = null
    try {
      const found = await view.client.people.find(digits)
      if (found === null) trouble.value = `Nobody is registered under +${digits}.`
      else open(found.jid)
    } catch (error) {
      trouble.value = failureWords(codeOf(error))
    }
  }

  return (
    <form
      class="new-chat"
      onSubmit={(event) => {
        event.preventDefault()
        if (people[0] !== undefined) open(people[0].jid)
        else if (digits.length >= 5) void find()
      }}
    >
      <input
        class="field"
        autofocus
        dir="auto"
        aria-label="Name or number"
        placeholder="Name, or number with country code"
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
      {digits.length >= 5 && (
        <button type="button" class="quiet" onClick={() => void find()}>
          <Icon name="search" /> Write to +{digits}
        </button>
      )}
      {trouble.value !== null && (
        <p class="wrong" role="alert">
          {trouble.value}
        </p>
      )}
      <ul class="people" aria-label="Address book">
        {people.map(({ jid, name }) => (
          <li key={jid}>
            <button type="button" class="person" onClick={() => open(jid)}>
              <Face view={view} jid={jid} name={name} size="small" />
              <span class="cut" dir="auto">
                {name}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {people.length === 0 && digits.length < 5 && <p class="empty">Nobody of that name.</p>}
    </form>
  )
}

function Group({ view, onClose }: PartProps): JSX.Element {
  const subject = useSignal('')
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const busy = useSignal(false)
  const trouble = useSignal<string | null>(null)

  async function found(): Promise<void> {
    busy.value = true
    try {
      const { jid } = await view.client.groups.create(subject.value.trim(), [...chosen.value])
      onClose()
      view.open(jid)
    } catch (error) {
      trouble.value = failureWords(codeOf(error))
    }
    busy.value = false
  }

  return (
    <form
      class="new-chat"
      onSubmit={(event) => {
        event.preventDefault()
        void found()
      }}
    >
      <input
        class="field"
        required
        maxLength={100}
        dir="auto"
        aria-label="Name of the group"
        placeholder="Name of the group"
        value={subject.value}
        onInput={(event) => (subject.value = event.currentTarget.value)}
      />
      <PeoplePicker view={view} label="Members" choices={peopleOf(view)} chosen={chosen} />
      {trouble.value !== null && (
        <p class="wrong" role="alert">
          {trouble.value}
        </p>
      )}
      <div class="choices">
        <button
          type="submit"
          class="primary"
          disabled={busy.value || subject.value.trim() === '' || chosen.value.size === 0}
        >
          Make the group
        </button>
      </div>
    </form>
  )
}
