/**
 * The messages of one chat. Only those near the window are in the page, so a hundred thousand are as light as ten. The
 * end is the anchor: what is loaded above does not move what is being read. One tab stop: arrows move among messages.
 */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import { Menu, type Place, placeOf } from 'look/menu'
import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Chat } from '../../chats.ts'
import { type ChatMessage, keyOf } from '../../message.ts'
import { UploadRows } from '../media/upload-rows.tsx'
import type { View } from '../view.ts'
import { roomAround, useRows } from '../virtual-rows.ts'
import { focusComposer } from './focus.ts'
import { messageKeys, messageMenu } from './message-menu.ts'
import { MessageRow } from './message-row.tsx'
import { NewsReader } from './news-reader.tsx'
import { Older } from './older.tsx'
import { useEnd } from './use-end.ts'
import { useOlder } from './use-older.ts'

const NEAR_TOP_PX = 600
const NEAR_END_PX = 80
const ROW_PX = 64

export function Messages({ view, chat }: { readonly view: View; readonly chat: Chat }): JSX.Element {
  const messages = view.messages.value
  const box = useRef<HTMLDivElement>(null)
  const older = useOlder(view, chat)
  const away = useSignal(false)
  const at = useSignal<string | null>(null)
  const menu = useSignal<{ readonly message: ChatMessage; readonly place: Place } | null>(null)
  const wanted = useRef<number | null>(null)
  const rows = useRows(box, {
    count: messages.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => (messages[index] === undefined ? index : keyOf(messages[index])),
    overscan: 8,
    anchorTo: 'end',
    onChange: (changed) => {
      away.value = changed.getDistanceFromEnd() > 3 * NEAR_END_PX
    },
  })

  // Whatever changes its size, a banner, a longer answer, the window itself: who was at the end stays there.
  const end = useEnd(box)

  // The end first, as soon as there are messages.
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (begun.current || messages.length === 0) return
    begun.current = true
    end.go()
  }, [messages.length])

  // What one sends is seen, wherever one was reading; so is a file on its way.
  const newest = messages.at(-1)
  const uploads = view.uploads.all.value.filter(({ jid }) => jid === chat.jid).length
  useLayoutEffect(() => {
    if (newest?.fromMe === true && newest.status === 'pending') end.go()
  }, [newest && keyOf(newest)])
  useLayoutEffect(() => {
    if (uploads > 0) end.go()
  }, [uploads])

  // A conversation too short to be scrolled is filled unasked.
  useEffect(() => {
    const element = box.current
    if (element !== null && element.scrollHeight <= element.clientHeight + NEAR_TOP_PX) void older.load()
  }, [messages.length, view.state.value, chat.hasOlder])

  // A message that was looked for may be far back: pages are loaded until it is there.
  const target = view.target.value
  useEffect(() => {
    if (target === null) return
    const index = messages.findIndex((message) => keyOf(message) === target)
    if (index >= 0) {
      at.value = target
      wanted.current = index
      rows.scrollToIndex(index, { align: 'center' })
      const timer = view.clock.after(GLOW_MS, () => {
        if (view.target.peek() === target) view.target.value = null
      })
      return () => timer.cancel()
    }
    if (!chat.hasOlder) {
      view.say('That message is not here any more.')
      view.target.value = null
    } else void older.load()
    return undefined
  }, [target, messages.length])

  useLayoutEffect(() => {
    if (wanted.current === null) return
    const row = box.current?.querySelector<HTMLElement>(`li[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = null
    row.focus({ preventScroll: true })
  })

  function focusOn(index: number): void {
    wanted.current = index
    at.value = messages[index] === undefined ? null : keyOf(messages[index])
    rows.scrollToIndex(index)
  }

  function openMenu(message: ChatMessage, place: Place): void {
    at.value = keyOf(message)
    menu.value = { message, place }
  }

  function keys(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const now = messages.findIndex((message) => keyOf(message) === at.value)
    const onBox = event.target === event.currentTarget
    const to = steps.get(event.key)?.(onBox ? messages.length : now, messages.length)
    const message = messages[now]
    if (to !== undefined && messages.length > 0) {
      event.preventDefault()
      focusOn(Math.max(0, to))
    } else if (event.key === 'Escape') {
      event.preventDefault()
      focusComposer()
    } else if (message !== undefined && (event.target as Element).matches('li')) {
      if (event.key === 'Enter' || event.key === 'ContextMenu' || event.key === ' ') {
        event.preventDefault()
        openMenu(message, placeInside(event.target as Element))
      } else if (messageKeys(view, message, event.key)) event.preventDefault()
    }
  }

  const stop = messages.some((message) => keyOf(message) === at.value) ? at.value : null
  return (
    <div class="messages-place">
      <div
        class="messages"
        ref={box}
        tabIndex={stop === null ? 0 : -1}
        role="log"
        aria-live="off"
        aria-label="Messages"
        onKeyDown={keys}
        onScroll={(event) => {
          end.scrolled()
          if (event.currentTarget.scrollTop < NEAR_TOP_PX) void older.load()
        }}
      >
        <ol style={roomAround(rows)}>
          {rows.getVirtualItems().map(({ index, key }) => {
            const message = messages[index]
            if (message === undefined) return null
            return (
              <MessageRow
                key={key}
                view={view}
                chat={chat}
                message={message}
                before={messages[index - 1] ?? null}
                index={index}
                count={messages.length}
                isStop={key === stop}
                glows={key === target}
                measure={rows.measureElement}
                onFocus={() => (at.value = keyOf(message))}
                onMenu={(event) => openMenu(message, placeOf(event))}
              />
            )
          })}
        </ol>
        <UploadRows view={view} jid={chat.jid} />
        <div class="messages-end" />
      </div>
      <Older older={older} isSeeking={target !== null} near={(rows.scrollOffset ?? 0) < NEAR_TOP_PX} />
      {away.value && (
        <button type="button" class="to-end" aria-label="To the newest message" onClick={() => end.go()}>
          <Icon name="down" />
        </button>
      )}
      <NewsReader view={view} chat={chat} />
      {menu.value !== null && (
        <Menu
          label="Message"
          place={menu.value.place}
          items={messageMenu(view, menu.value.message)}
          onClose={() => (menu.value = null)}
        />
      )}
    </div>
  )
}

const GLOW_MS = 2_500

const steps: ReadonlyMap<string, (at: number, count: number) => number> = new Map([
  ['ArrowDown', (at: number, count: number) => Math.min(at + 1, count - 1)],
  ['ArrowUp', (at: number) => Math.max(at - 1, 0)],
  ['Home', () => 0],
  ['End', (_: number, count: number) => count - 1],
])

function placeInside(row: Element): Place {
  const { left, bottom } = (row.querySelector('.bubble') ?? row).getBoundingClientRect()
  return { x: left + 12, y: bottom - 8 }
}
