/** The left side: who one is, what is out of reach, the search, and the chats. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import { Mark } from 'look/mark'
import type { JSX } from 'preact'
import { Banner } from '../banners/banner.tsx'
import { Footnote } from '../footnote.tsx'
import type { View } from '../view.ts'
import { ChatList } from './chat-list.tsx'
import { FoundList } from './found-list.tsx'
import { Ringing } from './ringing.tsx'

export function Side({ view }: { readonly view: View }): JSX.Element {
  const words = useSignal('')
  return (
    <section class="side" aria-label="Chats and search">
      <header class="bar">
        <Mark size={32} />
        <div class="bar-text">
          <h2 class="cut" dir="auto">
            {view.me.value?.name || 'Tether'}
          </h2>
          <p class="cut">{phoneWords(view)}</p>
        </div>
        <button
          type="button"
          class="round"
          aria-label="New chat"
          onClick={() => (view.sheet.value = { kind: 'newChat' })}
        >
          <Icon name="pen" />
        </button>
        <button
          type="button"
          class="round"
          aria-label="Settings"
          onClick={() => (view.sheet.value = { kind: 'settings' })}
        >
          <Icon name="settings" />
        </button>
      </header>
      <Banner view={view} />
      <Ringing view={view} />
      <div class="search" role="search">
        <Icon name="search" />
        <input
          id="search"
          type="search"
          autocomplete="off"
          aria-label="Search chats and messages"
          placeholder="Search"
          dir="auto"
          value={words.value}
          onInput={(event) => (words.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.preventDefault()
              if (words.value === '') event.currentTarget.blur()
              words.value = ''
            } else if (event.key === 'ArrowDown') {
              event.preventDefault()
              document.querySelector<HTMLElement>('.chat-list [data-item][tabindex="0"]')?.focus()
            }
          }}
        />
      </div>
      {words.value.trim() === '' ? (
        <ChatList view={view} />
      ) : (
        <FoundList view={view} words={words.value.trim()} onDone={() => (words.value = '')} />
      )}
      <Footnote />
    </section>
  )
}

function phoneWords(view: View): string {
  const { model, batteryPercent, plugged } = view.phone.value
  const battery = batteryPercent === null ? '' : `${batteryPercent} %${plugged === true ? ', charging' : ''}`
  return [model, battery].filter((part) => part !== null && part !== '').join(' · ')
}
