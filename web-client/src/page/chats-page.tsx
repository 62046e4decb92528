/** The page of a linked browser: the chats beside one conversation; on a narrow screen one of the two. */
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { Banner } from './banner.tsx'
import { ChatList } from './chat-list.tsx'
import { Conversation } from './conversation.tsx'
import { Footer } from './footer.tsx'
import { Mark } from './icons.tsx'
import type { View } from './view.ts'

export function ChatsPage({ view }: { readonly view: View }): JSX.Element {
  const chat = view.chats.value.find(({ jid }) => jid === view.openJid.value) ?? null
  return (
    <div
      class={`chats-page${chat === null ? '' : ' has-open'}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') view.open(null)
      }}
    >
      <aside class="side">
        <header class="bar">
          <Mark />
          <div class="bar-text">
            <h1>{view.me.value?.name || 'Tether'}</h1>
            <p>{phoneWords(view)}</p>
          </div>
          <LogOut view={view} />
        </header>
        <Banner view={view} />
        <ChatList view={view} />
        <Footer />
      </aside>
      <main class="main">
        {chat === null ? (
          <div class="nothing-open">
            <p>Choose a chat to read and write.</p>
            <p>Everything shown here lives on your phone.</p>
          </div>
        ) : (
          <>
            <div class="narrow-only">
              <Banner view={view} />
            </div>
            <Conversation view={view} chat={chat} />
          </>
        )}
      </main>
    </div>
  )
}

function phoneWords(view: View): string {
  const { model, batteryPercent, plugged } = view.phone.value
  const battery = batteryPercent === null ? '' : `${batteryPercent} %${plugged === true ? ', charging' : ''}`
  return [model, battery].filter((part) => part !== null && part !== '').join(' · ')
}

function LogOut({ view }: { readonly view: View }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  return (
    <>
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        Log out
      </button>
      <dialog ref={dialog} aria-labelledby="logout-title">
        <h2 id="logout-title">Log out of this browser?</h2>
        <p>Its keys and messages are erased here. Your phone keeps everything.</p>
        <div class="choices">
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Stay
          </button>
          <button type="button" class="primary" onClick={() => void view.client.logout()}>
            Log out
          </button>
        </div>
      </dialog>
    </>
  )
}
