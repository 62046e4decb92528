/**
 * The browser client in a frame, as the demo deals with it: sees the code on show, writes as a person would, makes it
 * begin anew, keeps it in the demo's theme. What goes over is in web-client/src/page/frame-door.ts; here it is checked, since it comes from outside.
 */
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Theme } from 'look/theme'

export interface FramePage {
  /** State of the client (web-client/src/states.ts), null while the page says nothing. */
  readonly state: string | null
  readonly code: string | null
}

const SILENT: FramePage = { state: null, code: null }

export class BrowserFrame {
  readonly #origin: string
  readonly #theme: ReadonlySignal<Theme>
  readonly #page = signal<FramePage>(SILENT)
  #frame: HTMLIFrameElement | null = null

  /** `origin` of the browser client, and the `theme` that was chosen for the demo. */
  constructor(own: Window, origin: string, theme: ReadonlySignal<Theme>) {
    this.#origin = origin
    this.#theme = theme
    own.addEventListener('message', ({ source, origin: from, data }: MessageEvent<unknown>) => {
      if (from !== this.#origin || source === null || source !== this.#frame?.contentWindow) return
      if (isReady(data)) this.#greet()
      const page = pageOf(data)
      if (page) this.#page.value = page
    })
    effect(() => this.#say({ tether: 'theme', theme: theme.value }))
  }

  get page(): ReadonlySignal<FramePage> {
    return this.#page
  }

  /** The frame is there; a page in it says when it listens, and is asked what it shows. */
  shown(frame: HTMLIFrameElement): void {
    this.#frame = frame
    this.#greet()
  }

  write(jid: string, text: string): void {
    this.#say({ tether: 'write', jid, text })
  }

  forget(): void {
    this.#page.value = SILENT
    this.#say({ tether: 'forget' })
  }

  #greet(): void {
    this.#say({ tether: 'hello' })
    this.#say({ tether: 'theme', theme: this.#theme.peek() })
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
