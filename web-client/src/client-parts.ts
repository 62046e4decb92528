/** What a client is made of, and what it tells. */
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import type { Link, Links } from 'proto/link'
import type { Trace } from 'proto/trace'
import type { Cache } from './cache.ts'
import type { CallChange } from './calls.ts'
import type { ChatsChange } from './chats.ts'
import type { PhoneFacts } from './conn.ts'
import type { DraftChange } from './drafts.ts'
import type { GroupPush } from './groups.ts'
import type { KeyStore } from './keys.ts'
import type { Why } from './line.ts'
import type { Fetch } from './media-http.ts'
import type { ChatMessage } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { QrShown } from './pairing.ts'
import type { PeopleChange } from './people.ts'
import type { ClientState } from './states.ts'

export interface ClientParts {
  readonly clock: Clock
  /** Must not give two clients the same bytes, nor the same client the same bytes after a restart. */
  readonly entropy: Entropy
  /** Opens a connection to the server; rejects when it cannot. */
  readonly connect: () => Promise<Link>
  /** HTTP at the same server; without it there are no files. */
  readonly fetch?: Fetch
  readonly keys: KeyStore
  readonly outbox?: Outbox
  /** Keeps chats over a reload; without it the phone is asked again. */
  readonly cache?: Cache
  /** What the browser believes of its own network; asked when a message is stuck. Without it: it has one. */
  readonly browserOnline?: () => boolean
  readonly links?: Links
  readonly trace?: Trace
  /** Long name, short name, version: shown on the phone's list of linked browsers. */
  readonly browserName?: readonly [string, string, string]
  /** Names this end of the hop: `browser:<name>`. */
  readonly name?: string
}

export type ClientEvent =
  | { readonly type: 'state'; readonly state: ClientState; readonly why: Why | null }
  | { readonly type: 'qr'; readonly qr: QrShown | null }
  | { readonly type: 'me'; readonly me: Me | null }
  | { readonly type: 'phone'; readonly phone: PhoneFacts }
  /** A message came that was not known before; not told of history and sync. */
  | { readonly type: 'message'; readonly message: ChatMessage }
  /** The server says that this client is out of date: a page should load itself again. */
  | { readonly type: 'outdated' }
  | PeopleChange
  | GroupPush
  | CallChange
  | DraftChange
  | ChatsChange

export interface Me {
  readonly jid: string
  readonly name: string
}
