/** Public names of the browser client's core; re-exports only. */
export { Client, type ClientEvent, type ClientParts, type Me } from './client.ts'
export {
  type Cache,
  type CacheChanges,
  type Kept,
  type KeptChat,
  memoryCache,
  type SyncFacts,
} from './cache.ts'
export type { Call, CallChange, Calls, CallState } from './calls.ts'
export { ALWAYS, type ChatChanges } from './chat-changes.ts'
export type { Chat, Typing } from './chats.ts'
export type { PhoneFacts } from './conn.ts'
export type { Contact } from './contacts.ts'
export type { Draft, DraftChange, Drafts } from './drafts.ts'
export type { GroupInfo, GroupMember, GroupPush, Groups, MemberCodes, MessageReaders } from './groups.ts'
export { type Hop, hopOf, hopOrder, hopsOf, type HopView } from './hops.ts'
export { type Credentials, type KeyStore, memoryKeyStore } from './keys.ts'
export type { Why } from './line.ts'
export type { ChatMessage, MessageKind, SendStatus } from './message.ts'
export type { Found } from './found.ts'
export type { BroadcastList, LookupOptions, Lookups } from './lookups.ts'
export type { Fetch, Progress, TransferOptions } from './media-http.ts'
export type { FileToSend, Media } from './media.ts'
export type { LinkPreview, MessageContext, Quote } from './message-context.ts'
export { memoryOutbox, type Outbox, type OutboxEntry } from './outbox.ts'
export type { Asked, People, PeopleChange, PersonPresence, PresenceState } from './people.ts'
export type { QrShown } from './pairing.ts'
export type { SearchOptions } from './search.ts'
export { openSocketLink, type SocketLike } from './socket.ts'
export { type ClientState, isOnline } from './states.ts'
export type { TextOptions } from './text-content.ts'
export type { Freed, Stuck, StuckReason } from './stuck.ts'
