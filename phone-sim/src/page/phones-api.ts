/** What a page asks of the phones' program, as functions. Refusals become errors with the program's own words. */
import type {
  ChatSummary,
  Companion,
  CompanionChange,
  ConsentAnswer,
  ContactView,
  KeyView,
  MessageView,
  PendingScan,
  PhoneStatus,
} from '../phone-views.ts'
import type { DevicePatch } from '../device.ts'
import type { AuditRow } from '../store.ts'

export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The part of `fetch` that is used. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>

export interface PageFacts {
  /** Where the browser client is. */
  readonly browserUrl: string
  readonly hasCast: boolean
}

export class PhonesApi {
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  facts(): Promise<PageFacts> {
    return this.#json('GET', '/page.json')
  }

  phones(): Promise<PhoneStatus[]> {
    return this.#json('GET', '/phones')
  }

  createPhone(number: string, name: string): Promise<PhoneStatus> {
    return this.#json('POST', '/phones', { number, name })
  }

  chats(number: string): Promise<ChatSummary[]> {
    return this.#json('GET', `/phones/${number}/chats`)
  }

  contacts(number: string): Promise<ContactView[]> {
    return this.#json('GET', `/phones/${number}/contacts`)
  }

  messages(number: string, jid: string): Promise<MessageView[]> {
    return this.#json('GET', `/phones/${number}/chats/${encodeURIComponent(jid)}/messages?limit=200`)
  }

  read(number: string, jid: string): Promise<unknown> {
    return this.#json('POST', `/phones/${number}/chats/${encodeURIComponent(jid)}/read`)
  }

  send(number: string, to: string, text: string): Promise<{ id: string }> {
    return this.#json('POST', `/phones/${number}/messages`, { to, text })
  }

  setDevice(number: string, patch: DevicePatch): Promise<PhoneStatus> {
    return this.#json('PATCH', `/phones/${number}/device`, patch)
  }

  scans(number: string): Promise<PendingScan[]> {
    return this.#json('GET', `/phones/${number}/scans`)
  }

  /** Resolves when somebody has decided. */
  scan(number: string, qr: string): Promise<Companion> {
    return this.#json('POST', `/phones/${number}/scan`, { qr })
  }

  decide(number: string, id: string, consent: ConsentAnswer): Promise<Companion> {
    return this.#json('POST', `/phones/${number}/scans/${id}`, consent)
  }

  companions(number: string): Promise<Companion[]> {
    return this.#json('GET', `/phones/${number}/companions`)
  }

  changeCompanion(number: string, id: string, change: CompanionChange): Promise<Companion> {
    return this.#json('PATCH', `/phones/${number}/companions/${id}`, change)
  }

  unpair(number: string, id: string): Promise<unknown> {
    return this.#json('DELETE', `/phones/${number}/companions/${id}`)
  }

  unpairAll(number: string): Promise<unknown> {
    return this.#json('DELETE', `/phones/${number}/companions`)
  }

  keys(number: string): Promise<KeyView[]> {
    return this.#json('GET', `/phones/${number}/keys`)
  }

  record(number: string): Promise<AuditRow[]> {
    return this.#json('GET', `/phones/${number}/record?limit=500`)
  }

  resetDemo(): Promise<{ ms: number }> {
    return this.#json('POST', '/demo/reset')
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const response = await this.#ask(path, {
      method,
      ...(body && { headers, body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Refusal('TETHER_ERR_PHONE_AWAY', 'The program that runs the phones cannot be reached.')
    })
    const answer = (await response.json()) as unknown
    if (response.ok) return answer as T
    const { code, message } = answer as { code: string; message: string }
    throw new Refusal(code, message)
  }
}
