/**
 * When the demo shows this page beside the phones, the two talk: the demo sees the code that is on show here, as a
 * camera would, may do what a person at this page does, and shows its theme. Nobody else can: the server lets only the demo put this page
 * into a frame, and nothing but the page around it is listened to.
 */
import { effect, type ReadonlySignal } from '@preact/signals'
import { type Theme, themes } from 'look/theme'
import type { ClientState } from '../states.ts'

/** What the demo says. */
export type FrameRequest =
  | { readonly tether: 'hello' }
  | { readonly tether: 'theme'; readonly theme: Theme }
  | { readonly tether: 'write'; readonly jid: string; readonly text: string }
  | { readonly tether: 'forget' }

/** What this page tells, whenever it changes. */
export interface FrameFacts {
  readonly tether: 'page'
  readonly state: ClientState
  /** Text of the code on show. */
  readonly code: string | null
}

export interface FrameDoorParts {
  readonly state: ReadonlySignal<ClientState>
  readonly qr: ReadonlySignal<{ readonly text: string } | null>
  /** Shows the theme that was chosen around this page. */
  follow(theme: Theme): void
  write(jid: string, text: string): void
  /** Forgets whose browser this is, and begins anew. */
  forget(): Promise<void>
}

/** Does nothing for a page that stands alone. */
export function openFrameDoor(own: Window, parts: FrameDoorParts): void {
  if (own.parent === own) return
  let around: string | null = null
  const tell = (): void => {
    const facts: FrameFacts = { tether: 'page', state: parts.state.value, code: parts.qr.value?.text ?? null }
    if (around !== null) own.parent.postMessage(facts, around)
  }
  own.addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== own.parent || !isRequest(data)) return
    if (data.tether === 'write') parts.write(data.jid, data.text)
    else if (data.tether === 'theme') parts.follow(data.theme)
    else if (data.tether === 'forget') void parts.forget()
    else {
      around = origin
      tell()
    }
  })
  effect(tell)
  own.parent.postMessage({ tether: 'ready' }, '*') // says nothing but that somebody listens now
}

function isRequest(data: unknown): data is FrameRequest {
  if (typeof data !== 'object' || data === null) return false
  const { tether, jid, text, theme } = data as Record<string, unknown>
  if (tether === 'write') return typeof jid === 'string' && typeof text === 'string'
  if (tether === 'theme') return themes.some((each) => each === theme)
  return tether === 'hello' || tether === 'forget'
}
