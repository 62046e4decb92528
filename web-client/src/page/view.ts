/** The client as signals: what the page shows changes when these do. Owns which chat is open and what lies over it. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ThemeChoice } from 'look/theme'
import { type Clock, every } from 'proto/clock'
import type { Chat } from '../chats.ts'
import type { Client, Me } from '../client.ts'
import type { PhoneFacts } from '../conn.ts'
import type { Why } from '../line.ts'
import { type ChatMessage, keyOf } from '../message.ts'
import type { PersonPresence } from '../people.ts'
import type { QrShown } from '../pairing.ts'
import type { ClientState } from '../states.ts'
import { Drafts } from './drafts.ts'
import { Files } from './media/files.ts'
import { Uploads } from './media/uploads.ts'
import { Pictures } from './pictures.ts'
import type { PreferenceStore } from './preferences.ts'
import type { Sheet } from './sheets.ts'
import type { PageStore } from './store.ts'

export interface View {
  readonly client: Client
  readonly clock: Clock
  readonly store: PageStore
  readonly theme: ThemeChoice
  readonly preferences: PreferenceStore
  readonly state: ReadonlySignal<ClientState>
  readonly why: ReadonlySignal<Why | null>
  readonly qr: ReadonlySignal<QrShown | null>
  readonly me: ReadonlySignal<Me | null>
  readonly phone: ReadonlySignal<PhoneFacts>
  /** The server says that a newer page is to be had. */
  readonly outdated: ReadonlySignal<boolean>
  /** What the browser believes of its own network. */
  readonly online: Signal<boolean>
  readonly chats: ReadonlySignal<readonly Chat[]>
  /** The open chat's address, or null. */
  readonly openJid: ReadonlySignal<string | null>
  readonly messages: ReadonlySignal<readonly ChatMessage[]>
  /** The key of a message to go to in the open chat. */
  readonly target: Signal<string | null>
  readonly sheet: Signal<Sheet | null>
  /** One line that says what has just been done, or could not be. */
  readonly said: ReadonlySignal<string>
  readonly drafts: Drafts
  readonly files: Files
  readonly uploads: Uploads
  readonly pictures: Pictures
  /** Unix time in ms, moved once a second. */
  readonly now: ReadonlySignal<number>
  /** Unix time in ms at which this day began here; hundreds of rows need no more, and not every second. */
  readonly today: ReadonlySignal<number>
  /** The last word on somebody's being there; whoever asks while drawing is drawn again when it changes. */
  presenceOf(jid: string): PersonPresence | null
  readonly open: (jid: string | null) => void
  /** Opens the chat of a message, at the message. */
  goTo(message: ChatMessage): void
  /** The person looks at the page: what is open counts as read. */
  seen(): void
  readonly say: (words: string) => void
}

export interface ViewParts {
  readonly client: Client
  readonly store: PageStore
  readonly clock: Clock
  readonly theme: ThemeChoice
  readonly preferences: PreferenceStore
  readonly isVisible: () => boolean
}

const SAID_MS = 6_000

export function createView({ client, store, clock, theme, preferences, isVisible }: ViewParts): View {
  const state = signal(client.state)
  const why = signal<Why | null>(null)
  const qr = signal(client.qr)
  const me = signal(client.me)
  const phone = signal(client.phone)
  const outdated = signal(false)
  const chats = signal(client.chats())
  const openJid = signal<string | null>(null)
  const messages = signal<readonly ChatMessage[]>([])
  const target = signal<string | null>(null)
  const sheet = signal<Sheet | null>(null)
  const said = signal('')
  const presences = signal(0)
  const now = signal(clock.now())
  const today = computed(() => new Date(now.value).setHours(0, 0, 0, 0))
  const drafts = new Drafts(client.drafts)
  const files = new Files(client)
  const uploads = new Uploads(client, files)
  let planned = false

  // A sync changes hundreds of things in one go; the page looks once.
  function refreshSoon(): void {
    if (planned) return
    planned = true
    clock.soon(() => {
      planned = false
      batch(() => {
        chats.value = client.chats()
        messages.value = openJid.value === null ? [] : client.messages(openJid.value)
      })
      seen()
    })
  }

  function seen(): void {
    const jid = openJid.value
    if (jid !== null && isVisible() && (client.chat(jid)?.unread ?? 0) > 0) client.markRead(jid)
  }

  function open(jid: string | null): void {
    batch(() => {
      openJid.value = jid
      target.value = null
      messages.value = jid === null ? [] : client.messages(jid)
    })
    if (jid === null) return
    client.watch(jid)
    if ((client.chat(jid)?.unread ?? 0) !== 0) client.markRead(jid)
  }

  function forget(): void {
    batch(() => {
      openJid.value = null
      messages.value = []
      sheet.value = null
    })
    files.reset()
    uploads.reset()
  }

  every(clock, 1000, () => {
    now.value = clock.now()
  })

  client.subscribe((event) => {
    if (event.type === 'state') {
      batch(() => {
        state.value = event.state
        why.value = event.why
      })
      const jid = openJid.value
      if (event.state === 'open' && jid !== null) client.watch(jid)
    } else if (event.type === 'qr') {
      now.value = clock.now()
      qr.value = event.qr
    } else if (event.type === 'me') {
      me.value = event.me
      if (event.me === null) forget()
    } else if (event.type === 'phone') phone.value = event.phone
    else if (event.type === 'presence') presences.value++
    else if (event.type === 'draft') drafts.changed(event.jid)
    else if (event.type === 'outdated') outdated.value = true
    else if (event.type === 'chats' || event.type === 'messages') refreshSoon()
  })

  return {
    ...{ client, clock, store, theme, preferences },
    ...{ state, why, qr, me, phone, outdated, chats, openJid, messages, target, sheet, said },
    ...{ drafts, files, uploads, now, today, open, seen },
    online: signal(true),
    pictures: new Pictures(client),
    presenceOf: (jid) => (presences.value >= 0 ? client.people.presence(jid) : null),
    goTo(message) {
      if (openJid.value !== message.jid) open(message.jid)
      target.value = keyOf(message)
    },
    say(words) {
      said.value = words
      clock.after(SAID_MS, () => {
        if (said.value === words) said.value = ''
      })
    },
  }
}
