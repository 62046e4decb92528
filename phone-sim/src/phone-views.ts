/**
 * What a phone shows of itself to programs and screens: plain JSON, no keys. Times in milliseconds since 1970.
 */
import type { MediaKind, MediaWords } from 'proto/media-message'
import type { Requester } from 'proto/phone-link'

/** `off`: the power is. */
export type PhoneState = 'online' | 'offline' | 'dozing' | 'killed' | 'off'

export interface DeviceView {
  readonly power: 'on' | 'off'
  /** All radios off, whatever the network is. */
  readonly airplane: boolean
  readonly network: 'wifi' | 'cell' | 'none'
  readonly batteryPercent: number
  readonly plugged: boolean
  readonly app: 'running' | 'dozing' | 'killed'
}

/** Where the battery went since the program started, in percent of a full one. */
export interface BatteryUse {
  readonly standbyPercent: number
  readonly relayingPercent: number
  /** Frames of browsers that were taken, and frames that were sent to them. */
  readonly relayedFrames: number
}

export interface Companion {
  /** The login at the server. */
  readonly id: string
  readonly name: string
  readonly since: number
  /** When it came, went or asked for something the last time. */
  readonly lastSeen: number
  /** `paused` by the person, whether or not it is there. */
  readonly state: 'online' | 'offline' | 'paused'
  readonly scope: string
  /** JIDs of the chats it may see; null: all. */
  readonly chats: readonly string[] | null
  /** Null: until unpaired. */
  readonly expiresAt: number | null
  readonly requester: RequesterView
}

/** Where an address is, as the server sees it; `shared`: behind the network of a carrier. */
export type AddressKind = 'machine' | 'local' | 'shared' | 'internet' | 'unknown'

/** Who shows a code, or showed it when the person decided. */
export interface RequesterView extends Requester {
  /** For people, from what it says of itself. */
  readonly program: string
  readonly system: string
  readonly addressKind: AddressKind
  /** Whether its connection and the phone's come to the server from one network. */
  readonly sameNetwork: boolean
}

export interface PhoneStatus {
  readonly number: string
  readonly jid: string
  readonly name: string
  /** Empty for none. */
  readonly about: string
  readonly state: PhoneState
  readonly device: DeviceView
  readonly batteryUse: BatteryUse
  readonly companions: Companion[]
}

export interface PhoneLoad {
  /** Open browsers that are told at once, and those for whom everything waits. */
  readonly browsersTold: number
  readonly browsersWaiting: number
  /** Mails that came before the one they follow. */
  readonly early: number
  /** One-time prekeys that nobody has used yet. */
  readonly prekeys: number
}

/** What a person answers to a scan. */
export interface ConsentAnswer {
  readonly grant: boolean
  /** A name of consent.ts; `full` when absent. */
  readonly scope?: string | undefined
  /** Any spelling of the JIDs of the chats it may see; absent or null: all. */
  readonly chats?: readonly string[] | null | undefined
  /** Absent: until unpaired. */
  readonly expiresInMs?: number | undefined
  /** Whoever was asked has seen that the browser is in another network than the phone, and wants it all the same. */
  readonly otherNetwork?: boolean | undefined
  /** The screen on which the person decided, for the record. */
  readonly screen?: string | undefined
}

/** What the person reconsiders about a linked browser; absent members stay. */
export interface ConsentChange {
  readonly scope?: string | undefined
  /** Null: all. */
  readonly chats?: readonly string[] | null | undefined
  /** From now; null: until unpaired. */
  readonly expiresInMs?: number | null | undefined
  readonly screen?: string | undefined
}

export interface CompanionChange extends ConsentChange {
  readonly name?: string | undefined
  readonly paused?: boolean | undefined
}

/** A scanned code that waits for a person. */
export interface PendingScan {
  readonly id: string
  readonly at: number
  readonly expiresAt: number
  readonly requester: RequesterView
}

export interface ContactView {
  readonly jid: string
  readonly name: string
}

/** A key in the vault: what it is and how it is used, never what its bytes are. */
export interface KeyView {
  readonly name: string
  /** What it is for, in words. */
  readonly purpose: string
  /** When it was made; of a session, when it last moved on. */
  readonly at: number
  /** Since the program started. */
  readonly uses: number
  readonly lastUsedAt: number | null
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
  readonly archived: boolean
  readonly pinned: boolean
  /** Null: not muted; -1: for always. */
  readonly mutedUntilMs: number | null
  /** Disappearing timer; 0: none. */
  readonly timerSeconds: number
}

/** What a person changes about a chat on the phone; absent members stay. */
export interface ChatPatch {
  readonly archived?: boolean | undefined
  readonly pinned?: boolean | undefined
  /** Null: not muted; -1: for always. */
  readonly mutedUntilMs?: number | null | undefined
  /** False reads the chat, and its writers get receipts. */
  readonly unread?: boolean | undefined
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
  readonly starred: boolean
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
