/** What lies over the page; at most one at a time, so that the way back is always one step. */
import type { ChatMessage } from '../message.ts'

export type Sheet =
  | { readonly kind: 'settings' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'newChat' }
  | { readonly kind: 'starred' }
  | { readonly kind: 'chatInfo'; readonly jid: string }
  | { readonly kind: 'clear'; readonly jid: string; readonly remove: boolean }
  | { readonly kind: 'messageInfo'; readonly message: ChatMessage }
  | { readonly kind: 'stuck'; readonly message: ChatMessage }
  | { readonly kind: 'forward'; readonly message: ChatMessage }
  | { readonly kind: 'delete'; readonly message: ChatMessage }
  | { readonly kind: 'viewer'; readonly message: ChatMessage }
  | { readonly kind: 'attach'; readonly jid: string; readonly files: readonly File[] }
