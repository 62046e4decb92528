/**
 * How people see each other: the own name, about text, picture and block list, which the server's directory keeps for
 * all (spec 14.4), and word of the pictures of others. The phone keeps a copy of what it has to act on itself.
 */
import { formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import { codeOf, TetherError } from 'proto/errors'
import { isUser, jidOfNumber } from 'proto/jid'
import { limit } from 'proto/limits'
import type { LinkBody, LinkReply } from 'proto/phone-link'
import { numberOf } from './addresses.ts'
import type { Account } from './account.ts'
import type { Browser } from './browsers.ts'
import type { Chats } from './chats.ts'
import type { Log } from './log.ts'
import { blockedJids, type Pushes } from './pushes.ts'
import type { PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface ProfileOptions {
  readonly ownNumber: string
  readonly uplink: Pick<Uplink, 'request' | 'isAttached'>
  readonly store: PhoneStore
  readonly chats: Chats
  readonly account: Pick<Account, 'rename'>
  readonly clock: Clock
  readonly pushes: Pushes
  readonly log?: Log | undefined
  /** The push name has changed: the server is told. */
  readonly renamed: () => void
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
}

export interface NewPicture {
  readonly image: Uint8Array
  /** Absent: the image serves. */
  readonly preview?: Uint8Array | undefined
}

const ABOUT = 'about'
const REVISION = 'pictureRevision'

/** Every method that asks the server rejects with its code, and with TETHER_ERR_PHONE_AWAY without a link. */
export class Profile {
  readonly #options: ProfileOptions
  #telling: Timer | null = null

  constructor(options: ProfileOptions) {
    this.#options = options
  }

  // what this person says of itself

  /** The own about text as it was set last; empty for none. */
  get about(): string {
    return this.#options.store.facts.find(ABOUT) ?? ''
  }

  rename(name: string): void {
    this.#options.account.rename(name)
    this.#options.renamed()
  }

  /** `browser` asked for it and has its answer. Rejects with TETHER_ERR_BODY above ABOUT_CHARS. */
  async setAbout(text: string, browser?: Browser): Promise<void> {
    const { uplink, store } = this.#options
    if (text.length > limit('ABOUT_CHARS')) throw new TetherError('TETHER_ERR_BODY', 'ABOUT_CHARS')
    await uplink.request('about', { text, ...by(browser) })
    store.facts.put(ABOUT, text)
  }

  /** Replaces or removes (null) the own picture or that of a group (its JID). */
  setPicture(of: string, picture: NewPicture | null, browser?: Browser): Promise<LinkReply<'picture'>> {
    return this.#options.uplink.request('picture', {
      of,
      ...(picture && { image: formatBase64(picture.image) }),
      ...(picture?.preview && { preview: formatBase64(picture.preview) }),
      ...by(browser),
    })
  }

  /** The own picture; other browsers than the one that asked are told. */
  async setOwnPicture(picture: NewPicture | null, browser?: Browser): Promise<LinkReply<'picture'>> {
    const { ownNumber, pushes } = this.#options
    const reply = await this.setPicture(ownNumber, picture, browser)
    pushes.picture(ownNumber, reply.tag, browser)
    return reply
  }

  async setBusiness(profile: Record<string, unknown>): Promise<void> {
    await this.#options.uplink.request('business', { profile })
  }

  // whom this person wants nothing of

  /** The server keeps the list; browsers are told by `tellBlocked`. */
  async block(jids: readonly string[], add: boolean): Promise<void> {
    const numbers = [...new Set(jids.map(numberOf))]
    const { blocked } = await this.#options.uplink.request('block', { add, numbers })
    this.#copyBlocked(blocked)
  }

  tellBlocked(): void {
    const { pushes, chats } = this.#options
    pushes.blocklist(blockedJids(chats))
  }

  /**
   * The same, some time after the answer to the browser that blocked somebody: Baileys 3 adds the person to its own
   * list when it has worked on the answer, and only a whole list that comes after that is right again.
   */
  tellBlockedSoon(): void {
    this.#telling?.cancel()
    this.#telling = this.#options.clock.after(limit('PAUSE_AFTER_ANSWER_MS'), () => this.tellBlocked())
  }

  stop(): void {
    this.#telling?.cancel()
  }

  // what others say

  /** A message came under this name; browsers hear of another one than before. In the caller's transaction. */
  met(jid: string, notify: string): void {
    const { store, chats, pushes } = this.#options
    if (store.contacts.find(jid)?.notify !== notify) pushes.contact(chats.putContact(jid, { notify }))
  }

  /** A picture has changed. */
  changed({ of, tag, revision }: LinkBody<'profileChanged'>): void {
    const { store, pushes } = this.#options
    store.facts.put(REVISION, String(Math.max(revision, this.#revision())))
    pushes.picture(of, tag)
  }

  // the link

  /** What both sides must agree on: the block list is the server's, the address book the phone's. */
  attached({ blocked }: Pick<LinkBody<'attached'>, 'blocked'>): void {
    if (this.#copyBlocked(blocked)) this.tellBlocked()
    this.sendRoster()
  }

  /** Tells the server whom this phone knows, and browsers which pictures changed meanwhile. */
  sendRoster(): void {
    const { uplink, chats, ownNumber, inQueue, log } = this.#options
    if (!uplink.isAttached) return // the next attach does it
    const numbers = chats
      .contacts()
      .flatMap(({ jid, name }) => (name === null || !isUser(jid) ? [] : [numberOf(jid)]))
      .filter((number) => number !== ownNumber)
      .slice(0, limit('ROSTER_NUMBERS'))
    uplink.request('roster', { numbers, since: this.#revision() }).then(
      (reply) => inQueue(async () => this.#heard(reply)),
      (error: unknown) => log?.debug({ code: codeOf(error) }, 'the address book waits for the next link'),
    )
  }

  #heard({ changes, revision }: LinkReply<'roster'>): void {
    const { store, pushes } = this.#options
    store.facts.put(REVISION, String(revision))
    for (const { of, tag } of changes) pushes.picture(of, tag)
  }

  #revision(): number {
    return Number(this.#options.store.facts.find(REVISION) ?? '0')
  }

  /** Whether the copy was another one. */
  #copyBlocked(numbers: readonly string[]): boolean {
    const { store, chats } = this.#options
    const wanted = new Set<string>(numbers.map(jidOfNumber))
    const gone = blockedJids(chats).filter((jid) => !wanted.delete(jid))
    if (gone.length + wanted.size === 0) return false
    store.transaction(() => {
      for (const jid of gone) chats.putContact(jid, { blocked: false })
      for (const jid of wanted) chats.putContact(jid, { blocked: true })
    })
    return true
  }
}

function by(browser: Browser | undefined): { by?: number } {
  return browser ? { by: browser.connection } : {}
}
