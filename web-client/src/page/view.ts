/** The client as signals: what the page shows changes when these do. Owns which chat is open. */
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { type Clock, every } from 'proto/clock'
import type { Chat } from '../chats.ts'
import type { Client, Me } from '../client.ts'
import type { PhoneFacts } from '../conn.ts'
import type { Why } from '../line.ts'
import type { ChatMessage } from '../message.ts'
import type { QrShown } from '../pairing.ts'
import type { ClientState } from '../states.ts'
import type { PageStore } from './store.ts'

export interface View {
  readonly client: Client
  readonly store: PageStore
  readonly state: ReadonlySignal<ClientState>
  readonly why: ReadonlySignal<Why | null>
  readonly qr: ReadonlySignal<QrShown | null>
  readonly me: ReadonlySignal<Me | null>
  readonly phone: ReadonlySignal<PhoneFacts>
  readonly chats: ReadonlySignal<readonly Chat[]>
  /** The open chat's address, or null. */
  readonly openJid: ReadonlySignal<string | null>
  readonly messages: ReadonlySignal<readonly ChatMessage[]>
  /** Unix time in ms, moved once a second. */
  readonly now: ReadonlySignal<number>
  /** Unix time in ms at which this day began here; hundreds of rows need no more, and not every second. */
  readonly today: ReadonlySignal<number>
  open(jid: string | null): void
  /** The person looks at the page: what is open counts as read. */
  seen(): void
}

export function createView(client: Client, store: PageStore, clock: Clock, isVisible: () => boolean): View {
  const state = signal(client.state)
  const why = signal<Why | null>(null)
  const qr = signal(client.qr)
  const me = signal(client.me)
  const phone = signal(client.phone)
  const chats = signal(client.chats())
  const openJid = signal<string | null>(null)
  const messages = signal<readonly ChatMessage[]>([])
  const now = signal(clock.now())
  const today = computed(() => new Date(now.value).setHours(0, 0, 0, 0))
  let planned = false

  // A sync changes hundreds of things in one go; the page looks once.
  function refreshSoon(): void {
    if (planned) return
    planned = true
    clock.soon(() => {
      planned = false
      chats.value = client.chats()
      messages.value = openJid.value === null ? [] : client.messages(openJid.value)
      seen()
    })
  }

  function seen(): void {
    const jid = openJid.value
    if (jid !== null && isVisible() && (client.chat(jid)?.unread ?? 0) > 0) client.markRead(jid)
  }

  every(clock, 1000, () => {
    now.value = clock.now()
  })

  client.subscribe((event) => {
    if (event.type === 'state') {
      state.value = event.state
      why.value = event.why
      const jid = openJid.value
      if (event.state === 'open' && jid !== null) client.watch(jid)
    } else if (event.type === 'qr') {
      now.value = clock.now()
      qr.value = event.qr
    } else if (event.type === 'me') {
      me.value = event.me
      if (event.me === null) openJid.value = null
    } else if (event.type === 'phone') phone.value = event.phone
    else refreshSoon()
  })

  return {
    client,
    store,
    state,
    why,
    qr,
    me,
    phone,
    chats,
    openJid,
    messages,
    now,
    today,
    open(jid) {
      openJid.value = jid
      messages.value = jid === null ? [] : client.messages(jid)
      if (jid === null) return
      client.watch(jid)
      if (client.chat(jid)?.unread !== 0) client.markRead(jid)
    },
    seen,
  }
}
