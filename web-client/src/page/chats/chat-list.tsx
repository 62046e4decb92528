/**
 * The chats: pinned first, then newest first; archived ones behind one row. One tab stop: arrows move, Enter opens, M
 * shows what can be done. Only rows near the window are in the page.
 */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import { Menu, type Place, placeOf } from 'look/menu'
import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Chat } from '../../chats.ts'
import type { View } from '../view.ts'
import { roomAround, useRows } from '../virtual-rows.ts'
import { chatMenu } from './chat-menu.ts'
import { ChatRow } from './chat-row.tsx'

const ROW_PX = 72

export function ChatList({ view }: { readonly view: View }): JSX.Element {
  const archive = useSignal(false)
  const all = view.chats.value
  const archived = all.filter((chat) => chat.archived)
  const shown = archive.value ? archived : all.filter((chat) => !chat.archived)
  return (
    <>
      {(archived.length > 0 || archive.value) && (
        <button
          type="button"
          class="archive-row"
          aria-expanded={archive.value}
          onClick={() => (archive.value = !archive.value)}
        >
          <Icon name={archive.value ? 'back' : 'archive'} />
          {archive.value ? 'Back to all chats' : 'Archived'}
          <span class="archive-count">{archive.value ? '' : archived.length}</span>
        </button>
      )}
      {shown.length === 0 ? (
        <p class="empty">
          {archive.value
            ? 'No chat is archived.'
            : view.state.value === 'open'
              ? 'No chats yet. Begin one with the pen above.'
              : 'Chats appear when the phone sends them.'}
        </p>
      ) : (
        <Rows view={view} chats={shown} />
      )}
    </>
  )
}

function Rows({ view, chats }: { readonly view: View; readonly chats: readonly Chat[] }): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const rows = useRows(box, {
    count: chats.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => chats[index]?.jid ?? index,
    overscan: 6,
  })
  const at = useSignal<string | null>(null)
  const menu = useSignal<{ readonly chat: Chat; readonly place: Place } | null>(null)
  const wanted = useRef<number | null>(null)
  const stop = chats.some(({ jid }) => jid === at.value) ? at.value : (view.openJid.value ?? chats[0]?.jid)

  // A row that was far away is in the page only after the list has moved.
  useLayoutEffect(() => {
    if (wanted.current === null) return
    const row = box.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] [data-item]`)
    if (!row) return
    wanted.current = null
    row.focus()
  })

  function keys(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    const now = chats.findIndex(({ jid }) => jid === at.value)
    const chat = chats[now]
    const to = steps.get(event.key)?.(now, chats.length)
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (to !== undefined) {
      event.preventDefault()
      wanted.current = to
      at.value = chats[to]?.jid ?? null
      rows.scrollToIndex(to)
    } else if (chat !== undefined && (event.key === 'm' || event.key === 'ContextMenu')) {
      event.preventDefault()
      const { left, bottom } = (event.target as Element).getBoundingClientRect()
      menu.value = { chat, place: { x: left + 56, y: bottom - 12 } }
    }
  }

  return (
    <div ref={box} class="chat-list" onKeyDown={keys}>
      <ul aria-label="Chats" style={roomAround(rows)}>
        {rows.getVirtualItems().map(({ index, key }) => {
          const chat = chats[index]
          if (chat === undefined) return null
          return (
            <li
              key={key}
              data-index={index}
              ref={rows.measureElement}
              aria-posinset={index + 1}
              aria-setsize={chats.length}
            >
              <ChatRow
                view={view}
                chat={chat}
                isStop={chat.jid === stop}
                onFocus={() => (at.value = chat.jid)}
                onMenu={(event) => (menu.value = { chat, place: placeOf(event) })}
              />
            </li>
          )
        })}
      </ul>
      {menu.value !== null && (
        <Menu
          label={`Chat with ${menu.value.chat.name}`}
          place={menu.value.place}
          items={chatMenu(view, menu.value.chat)}
          onClose={() => (menu.value = null)}
        />
      )}
    </div>
  )
}

const steps: ReadonlyMap<string, (at: number, count: number) => number> = new Map([
  ['ArrowDown', (at: number, count: number) => Math.min(at + 1, count - 1)],
  ['ArrowUp', (at: number) => Math.max(at - 1, 0)],
  ['Home', () => 0],
  ['End', (_: number, count: number) => count - 1],
])
