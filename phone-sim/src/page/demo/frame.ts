/**
 * The browser client in a frame, as the demo deals with it: sees the code on show, writes as a person would, makes it
 * begin anew. What goes over is in web-client/src/page/frame-door.ts; here it is checked, since it comes from outside.
 */
import { type ReadonlySignal, signal } from '@preact/signals'

export interface FramePage {
  /** State of the client (web-client/src/states.ts), null while the page says nothing. */
  readonly state: string | null
  readonly code: string | null
}

const SILENT: FramePage = { state: null, code: null }

export class BrowserFrame {
  readonly #origin: string
  readonly #page = signal<FramePage>(SILENT)
  #frame: HTMLIFrameElement | null = null

  /** `origin` of the browser client. */
  constructor(own: Window, origin: string) {
    this.#origin = origin
    own.addEventListener('message', ({ source, origin: from, data }: MessageEvent<unknown>) => {
      if (from !== this.#origin || source === null || source !== this.#frame?.contentWindow) return
      if (isReady(data)) this.#say({ tether: 'hello' })
      const page = pageOf(data)
      if (page) this.#page.value = page
    })
  }

  get page(): ReadonlySignal<FramePage> {
    return this.#page
  }

  /** The frame is there; a page in it says when it listens, and is asked what it shows. */
  shown(frame: HTMLIFrameElement): void {
    this.#frame = frame
    this.#say({ tether: 'hello' })
  }

  write(jid: string, text: string): void {
    this.#say({ tether: 'write', jid, text })
  }

  forget(): void {
    this.#page.value = SILENT
    this.#say({ tether: 'forget' })
  }

  #say(request: object): void {
    this.#frame?.contentWindow?.postMessage(request, this.#origin)
  }
}

function isReady(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'tether' in data && data.tether === 'ready'
}

function pageOf(data: unknown): FramePage | null {
  if (typeof data !== 'object' || data === null) return null
  const { tether, state, code } = data as Record<string, unknown>
  if (tether !== 'page' || typeof state !== 'string') return null
  return { state, code: typeof code === 'string' ? code : null }
}
