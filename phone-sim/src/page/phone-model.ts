/**
 * One phone as a page shows it: what it is now, and which of its screens is open. Follows the events of the program, and
 * asks again for everything when it may have missed some. Draws nothing.
 */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Clock } from 'proto/clock'
import type { DevicePatch } from '../device.ts'
import type { PhonesEvent } from '../phones.ts'
import type {
  ChatSummary,
  Companion,
  CompanionChange,
  ConsentAnswer,
  MessageView,
  PendingScan,
  PhoneStatus,
} from '../phone-views.ts'
import { FreshAnswers } from './fresh-answers.ts'
import { type PhonesApi, Refusal } from './phones-api.ts'
import { wordsOfRefusal } from './refusal-words.ts'

export const screens = ['chats', 'browsers', 'keys', 'record', 'device'] as const
export type Screen = (typeof screens)[number]

export interface Notice {
  readonly text: string
  readonly isBad: boolean
  /** The browser that it is about: with it, it goes. */
  readonly companionId?: string
}

/** Good news stays long enough to be read; what went wrong stays until it is dismissed. */
const GOOD_NOTICE_MS = 8_000

export class PhoneModel {
  readonly #fresh = new FreshAnswers()
  readonly number: string
  readonly api: PhonesApi
  /** The screen names itself so in the record. */
  readonly screenName: string
  readonly #clock: Clock
  readonly status = signal<PhoneStatus>(null!)
  readonly chats = signal<readonly ChatSummary[]>([])
  readonly scans = signal<readonly PendingScan[]>([])
  readonly screen = signal<Screen>('chats')
  /** JID of the open chat. */
  readonly open = signal<string | null>(null)
  readonly messages = signal<readonly MessageView[]>([])
  readonly notice = signal<Notice | null>(null)
  /** Grows with each record, so that a screen that shows them asks again. */
  readonly recorded = signal(0)
  /** Whether the phone can be used by hand. */
  readonly isUsable: ReadonlySignal<boolean> = computed(() => {
    const { power, app } = this.status.value.device
    return power === 'on' && app !== 'killed'
  })
  readonly unread = computed(() => this.chats.value.reduce((sum, { unread }) => sum + Math.max(0, unread), 0))

  constructor(api: PhonesApi, status: PhoneStatus, screenName: string, clock: Clock) {
    this.api = api
    this.number = status.number
    this.screenName = screenName
    this.#clock = clock
    this.status.value = status
  }

  /** Asks for everything but the status, which the page asks for all phones at once. */
  async refresh(): Promise<void> {
    const [chats, scans] = await this.#fresh.ask(() =>
      Promise.all([this.api.chats(this.number), this.api.scans(this.number)]),
    )
    batch(() => {
      this.chats.value = chats
      this.scans.value = scans
    })
    const jid = this.open.value
    if (jid !== null) await this.#load(jid)
  }

  hear(event: PhonesEvent): void {
    this.#fresh.heard()
    batch(() => this.#apply(event))
  }

  // what a person does

  show(screen: Screen): void {
    batch(() => {
      this.screen.value = screen
      this.open.value = null
      this.notice.value = null
    })
  }

  async openChat(jid: string): Promise<void> {
    batch(() => {
      this.screen.value = 'chats'
      this.open.value = jid
      this.messages.value = []
    })
    await this.tried(this.#load(jid))
    await this.#readOpen()
  }

  closeChat(): void {
    this.open.value = null
  }

  send(text: string): Promise<boolean> {
    return this.tried(this.api.send(this.number, this.open.value!, text))
  }

  /** What becomes of it is told by events: an answer may come after them and know less. */
  setDevice(patch: DevicePatch): Promise<boolean> {
    return this.tried(this.api.setDevice(this.number, patch))
  }

  /** Scans; the question comes as an event. Whether the browser was let in; that a person refuses it is no failure to tell of. */
  async scan(qr: string): Promise<boolean> {
    this.notice.value = null
    try {
      await this.api.scan(this.number, qr)
      return true
    } catch (error) {
      const isDenied = error instanceof Refusal && error.code === 'TETHER_ERR_CONSENT_DENIED'
      if (!isDenied) this.#say({ text: wordsOfRefusal(error), isBad: true })
      return false
    }
  }

  async decide(scan: PendingScan, answer: Omit<ConsentAnswer, 'screen'>): Promise<void> {
    const consent = { ...answer, screen: this.screenName }
    if (answer.grant) this.show('browsers') // before the browser is there: what happens then may show something else
    const decided = await this.api.decide(this.number, scan.id, consent).catch((error: unknown) => {
      const denied = error instanceof Refusal && error.code === 'TETHER_ERR_CONSENT_DENIED'
      const text = denied ? 'Denied. The browser got nothing.' : wordsOfRefusal(error)
      this.#say({ text, isBad: !denied })
      return null
    })
    if (decided === null) return
    const { id, name } = decided
    this.#say({ text: `${name} is linked.`, isBad: false, companionId: id })
  }

  changeCompanion(id: string, change: CompanionChange): Promise<boolean> {
    return this.tried(this.api.changeCompanion(this.number, id, { ...change, screen: this.screenName }))
  }

  unpair(id: string): Promise<boolean> {
    return this.tried(this.api.unpair(this.number, id))
  }

  unpairAll(): Promise<boolean> {
    return this.tried(this.api.unpairAll(this.number))
  }

  /** Whether it went well; else the notice says why not. */
  async tried(work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      return true
    } catch (error) {
      this.#say({ text: wordsOfRefusal(error), isBad: true })
      return false
    }
  }

  #say(notice: Notice): void {
    this.notice.value = notice
    if (notice.isBad) return
    this.#clock.after(GOOD_NOTICE_MS, () => {
      if (this.notice.value === notice) this.notice.value = null
    })
  }

  async #load(jid: string): Promise<void> {
    const messages = await this.#fresh.ask(() => this.api.messages(this.number, jid))
    if (this.open.value === jid) this.messages.value = messages
  }

  /** An open chat is read, as on any phone. */
  async #readOpen(): Promise<void> {
    const jid = this.open.value
    const unread = this.chats.value.find((chat) => chat.jid === jid)?.unread ?? 0
    if (jid !== null && unread !== 0 && this.isUsable.value) await this.tried(this.api.read(this.number, jid))
  }

  #apply(event: PhonesEvent): void {
    switch (event.type) {
      case 'state':
        this.status.value = { ...this.status.value, state: event.state }
        break
      case 'device':
        this.status.value = { ...this.status.value, device: event.device }
        break
      case 'batteryUse':
        this.status.value = { ...this.status.value, batteryUse: event.use }
        break
      case 'scan':
        this.scans.value = [...this.scans.value.filter(({ id }) => id !== event.scan.id), event.scan]
        break
      case 'scanDecided':
        this.scans.value = this.scans.value.filter(({ id }) => id !== event.id)
        break
      case 'companion':
        this.#setCompanions((others) => [...others, event.companion], event.companion.id)
        break
      case 'companionGone':
        this.#setCompanions((others) => others, event.id)
        if (this.notice.value?.companionId === event.id) this.notice.value = null
        break
      case 'chat':
        this.chats.value = [event.chat, ...this.chats.value.filter(({ jid }) => jid !== event.chat.jid)].sort(
          (a, b) => b.timestampMs - a.timestampMs,
        )
        if (event.chat.jid === this.open.value) void this.#readOpen()
        break
      case 'chatGone':
        this.chats.value = this.chats.value.filter(({ jid }) => jid !== event.jid)
        if (event.jid === this.open.value) this.open.value = null
        break
      case 'message':
      case 'messageChanged':
        if (event.jid === this.open.value)
          this.messages.value = withMessage(this.messages.value, event.message)
        break
      case 'audit':
        this.recorded.value += 1
        break
      default:
    }
  }

  /** Keeps a companion in its place. */
  #setCompanions(change: (others: readonly Companion[]) => readonly Companion[], id: string): void {
    const order = this.status.value.companions.map((companion) => companion.id)
    const changed = change(this.status.value.companions.filter((companion) => companion.id !== id))
    const place = ({ id: each }: Companion): number =>
      order.includes(each) ? order.indexOf(each) : order.length
    this.status.value = { ...this.status.value, companions: [...changed].sort((a, b) => place(a) - place(b)) }
  }
}

/** In its place when it is known, else at the end. */
export function withMessage(messages: readonly MessageView[], message: MessageView): MessageView[] {
  const at = messages.findIndex(({ id, fromMe }) => id === message.id && fromMe === message.fromMe)
  return at < 0 ? [...messages, message] : messages.with(at, message)
}
