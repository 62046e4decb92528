/**
 * What a phone shows of itself to programs and screens: plain JSON, no keys. Times in milliseconds since 1970.
 */
import type { MediaKind, MediaWords } from 'proto/media-message'
import type { Requester } from 'proto/phone-link'

export type PhoneState = 'online' | 'offline' | 'dozing' | 'killed'

export interface DeviceView {
  readonly network: 'wifi' | 'cell' | 'none'
  readonly batteryPercent: number
  readonly plugged: boolean
  readonly app: 'running' | 'dozing' | 'killed'
}

export interface Companion {
  /** The login at the server. */
  readonly id: string
  readonly name: string
  readonly since: number
  readonly lastSeen: number
  readonly state: 'online' | 'offline'
  readonly scope: string
  /** Null: until unpaired. */
  readonly expiresAt: number | null
}

export interface PhoneStatus {
  readonly number: string
  readonly jid: string
  readonly name: string
  /** Empty for none. */
  readonly about: string
  readonly state: PhoneState
  readonly device: DeviceView
  readonly companions: Companion[]
}

/** What a person answers to a scan. */
export interface ConsentAnswer {
  readonly grant: boolean
  /** A name of consent.ts; `full` when absent. */
  readonly scope?: string | undefined
  /** Absent: until unpaired. */
  readonly expiresInMs?: number | undefined
}

/** A scanned code that waits for a person. */
export interface PendingScan {
  readonly id: string
  readonly at: number
  readonly expiresAt: number
  readonly requester: Requester
}

export interface ChatSummary {
  readonly jid: string
  readonly name: string
  readonly unread: number
  readonly lastMessage: {
    readonly text: string
    readonly fromMe: boolean
    readonly timestampMs: number
  } | null
  readonly timestampMs: number
}

export type MessageViewStatus = 'error' | 'pending' | 'server' | 'delivered' | 'read' | 'played' | 'received'

/** A file that the person sends; what a type has no room for is left out. */
export interface MediaToSend extends MediaWords {
  readonly type: MediaKind
  readonly data: Uint8Array
}

/** The file of a message. */
export interface MediaView {
  readonly kind: MediaKind
  /** As the writer named it. */
  readonly mimetype: string
  /** Null when it is not here and the message does not say. */
  readonly bytes: number | null
  readonly fileName?: string
  readonly seconds?: number
  readonly ptt?: boolean
  readonly gif?: boolean
  readonly width?: number
  readonly height?: number
  /** `kept`: here. `wanted`: will be fetched. `failed`: cannot be had, for the reason of `code`. */
  readonly state: 'wanted' | 'kept' | 'failed'
  readonly code?: string
}

export interface MessageView {
  readonly id: string
  readonly fromMe: boolean
  /** JID of the writer. */
  readonly author: string
  readonly text: string
  /** Field name of the content (`conversation`, `imageMessage`), `revoked`, `undecryptable` or `notice`. */
  readonly type: string
  /** Of a notice: its name and parameters (messages.md 3); `text` says the same in words. */
  readonly notice?: { readonly stub: string; readonly parameters: readonly string[] } | undefined
  readonly timestampMs: number
  readonly status: MessageViewStatus
  readonly media?: MediaView
}

/** One line of the backstory that a cast is given. */
export interface HistoryRow {
  /** Digits or any JID spelling of the other person. */
  readonly with: string
  readonly fromMe: boolean
  readonly text: string
  readonly timestampMs: number
  /** 32 hex digits; made from the phone's entropy when absent. */
  readonly id?: string | undefined
  /** Of a message of the other person; false counts it as unread. */
  readonly seen?: boolean | undefined
  readonly starred?: boolean | undefined
}

/** What a backup knows of a chat besides its messages; absent members take the default. */
export interface HistoryChat {
  /** Digits or any JID spelling of the other person. */
  readonly with: string
  readonly archived?: boolean | undefined
  /** Unix seconds; 0 for not pinned. */
  readonly pinnedS?: number | undefined
  /** Unix seconds at which the mute ends; 0 for not muted, -1 for always. */
  readonly mutedUntilS?: number | undefined
}
