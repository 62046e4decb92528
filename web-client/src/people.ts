/**
 * What the server's directory knows of people, and how we show ourselves: pictures, about texts, who is there, whom we
 * have blocked (spec 6, 14.4, 15). Nothing is kept but the block list and the last word on everybody's presence.
 */
import { utf8 } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import { formatJsonJid, jidOfNumber, parseJid } from 'proto/jid'
import type { Node } from 'proto/node'
import { personJid } from './address.ts'
import { objectOf, textOf } from './conn.ts'
import type { Answer, NodeKind } from './connection.ts'
import { setNode } from './opening.ts'
import { goodJson, refusal } from './refusal.ts'
import { findRow } from './row.ts'

/** `none`: there is nothing; `hidden`: the person shows it to others, but not to us. */
export type Asked<T> = T | 'none' | 'hidden'

export type PresenceState = 'available' | 'unavailable' | 'composing' | 'recording' | 'paused'

export interface PersonPresence {
  /** Whose. */
  readonly jid: string
  /** Where: the person, or the group in which the person types. */
  readonly chat: string
  readonly state: PresenceState
  /** Milliseconds since 1970; null when it is not known or not told. */
  readonly lastSeen: number | null
  /** The person does not tell us. */
  readonly denied: boolean
}

export type PeopleChange =
  | { readonly type: 'about'; readonly jid: string; readonly text: string }
  /** `tag` names the picture; null when it was removed. */
  | { readonly type: 'picture'; readonly jid: string; readonly tag: string | null }
  | { readonly type: 'presence'; readonly presence: PersonPresence }
  | { readonly type: 'blocked'; readonly jids: readonly string[] }

export interface PeopleParts {
  /** Asks the server; rejects TETHER_ERR_STATE without a connection, TETHER_ERR_IDLE without an answer. */
  ask(json: readonly unknown[]): Promise<Answer>
  /** Asks the phone; rejects TETHER_ERR_STATE or TETHER_ERR_PHONE_AWAY. `tag` is that of the request. */
  query(node: (epoch: string) => Node, kind: NodeKind, tag?: string): Promise<Answer>
  /** A fresh tag. */
  nextTag(): string
  /** Our own JID; null when nobody is logged in. */
  me(): string | null
  changed(change: PeopleChange): void
}

const PROFILE: NodeKind = { metric: 'GROUP', flags: ['IGNORE'] }
const PICTURE: NodeKind = { metric: 'PIC', flags: ['IGNORE', 'EXPIRES'] }
const BLOCK: NodeKind = { metric: 'BLOCK', flags: ['IGNORE'] }

const states: Readonly<Record<string, PresenceState>> = {
  available: 'available',
  unavailable: 'unavailable',
  composing: 'composing',
  recording: 'recording',
  paused: 'paused',
}

/** Methods reject as `ask` and `query` do, and with the code of a refusal; TETHER_ERR_JID for what is none. */
export class People {
  readonly #parts: PeopleParts
  #blocked: readonly string[] = []
  readonly #presences = new Map<string, PersonPresence>()

  constructor(parts: PeopleParts) {
    this.#parts = parts
  }

  // others

  /** Who has this number; null when nobody is registered under it. */
  async find(number: string): Promise<{ readonly jid: string; readonly isBusiness: boolean } | null> {
    const { json, status } = await this.#ask(['query', 'exist', jsonOf(number)])
    if (status === 404) return null
    const jid = textOf(json.jid)
    if (status !== 200 || jid === null) throw refusal(status)
    return { jid: personJid(jid), isBusiness: json.biz === true }
  }

  /** Where the picture of a person or group is. */
  async picture(jid: string): Promise<Asked<{ readonly url: string; readonly tag: string }>> {
    return this.#about(['query', 'ProfilePicThumb', jsonOf(jid)], ({ eurl, tag }) => {
      const [url, name] = [textOf(eurl), textOf(tag)]
      return url === null || name === null ? null : { url, tag: name }
    })
  }

  async about(jid: string): Promise<Asked<{ readonly text: string }>> {
    return this.#about(['query', 'Status', jsonOf(jid)], ({ status }) => {
      const text = textOf(status)
      return text === null ? null : { text }
    })
  }

  /** When somebody was last seen, in milliseconds since 1970. */
  async lastSeen(jid: string): Promise<Asked<{ readonly at: number }>> {
    return this.#about(['query', 'Presence', 'lastseen', jsonOf(jid)], ({ t }) =>
      typeof t === 'number' ? { at: t * 1000 } : null,
    )
  }

  /** The profiles of those who are businesses, by JID. */
  async businessProfiles(jids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const wids = jids.map((jid) => ({ wid: jsonOf(jid) }))
    const { json, status } = await this.#ask(['query', 'businessProfile', wids, 84])
    if (status === 404) return new Map()
    if (status !== 200) throw refusal(status)
    const rows = (Array.isArray(json.profiles) ? json.profiles : []).map(objectOf)
    return new Map(
      rows.flatMap(({ wid, profile }) =>
        typeof wid === 'string' ? [[personJid(wid), objectOf(profile)] as const] : [],
      ),
    )
  }

  /** The last word on somebody; null when nothing was told, as without `watch`. */
  presence(jid: string, chat = jid): PersonPresence | null {
    return this.#presences.get(placeOf(personJid(chat), personJid(jid))) ?? null
  }

  // ourselves

  async setAbout(text: string): Promise<void> {
    await this.#set({ tag: 'status', attrs: {}, content: utf8(text) }, PROFILE)
  }

  /** Gives the name as the phone took it. */
  async setName(name: string): Promise<string> {
    const { pushname } = await this.#set({ tag: 'profile', attrs: { name }, content: null }, PROFILE)
    return textOf(pushname) ?? name
  }

  /** Two JPEGs; `of` a group instead of oneself. Gives where the picture is. */
  async setPicture(
    image: Uint8Array,
    preview: Uint8Array,
    of?: string,
  ): Promise<{ readonly url: string; readonly tag: string }> {
    const parts: Node[] = [
      { tag: 'image', attrs: {}, content: image },
      { tag: 'preview', attrs: {}, content: preview },
    ]
    const answer = await this.#changePicture('set', parts, of)
    return { url: textOf(answer.eurl) ?? '', tag: textOf(answer.tag) ?? '' }
  }

  async removePicture(of?: string): Promise<void> {
    await this.#changePicture('delete', [], of)
  }

  /** Replaces our business profile. */
  async setBusinessProfile(profile: object): Promise<void> {
    const { status } = await this.#ask(['action', 'editBusinessProfile', { ...profile, v: 2 }])
    if (status !== 200) throw refusal(status)
  }

  // whom we want nothing of

  /** JIDs of those we have blocked, as the server told them last. */
  get blocked(): readonly string[] {
    return this.#blocked
  }

  /** `blocked` changes when the server has told the list again. */
  async block(jid: string): Promise<void> {
    await this.#setBlock('add', jid)
  }

  async unblock(jid: string): Promise<void> {
    await this.#setBlock('remove', jid)
  }

  // what is pushed

  /** Takes one push; names without a row are for others. */
  takePush(name: string, body: readonly unknown[]): void {
    findRow(this.#pushes, name)?.(objectOf(body[1]))
  }

  /** What was told on a connection that is gone may be wrong by now. */
  lost(): void {
    this.#presences.clear()
  }

  /** The login has ended. */
  reset(): void {
    this.lost()
    this.#blocked = []
  }

  readonly #pushes: Readonly<Record<string, (json: Readonly<Record<string, unknown>>) => void>> = {
    Status: ({ id, status }) => {
      const [jid, text] = [textOf(id), textOf(status)]
      if (jid !== null && text !== null) this.#parts.changed({ type: 'about', jid: personJid(jid), text })
    },
    Cmd: ({ type, jid, tag }) => {
      if (type !== 'picture' || typeof jid !== 'string' || typeof tag !== 'string') return
      this.#parts.changed({ type: 'picture', jid: personJid(jid), tag: tag === 'removed' ? null : tag })
    },
    Blocklist: ({ blocklist }) => {
      if (!Array.isArray(blocklist)) return
      const jids = blocklist.filter((jid): jid is string => typeof jid === 'string').map(personJid)
      const same = jids.join() === this.#blocked.join()
      this.#blocked = jids
      if (!same) this.#parts.changed({ type: 'blocked', jids })
    },
    Presence: ({ id, participant, type, t, deny }) => {
      const state = findRow(states, textOf(type) ?? '')
      if (typeof id !== 'string' || state === undefined) return
      const chat = personJid(id)
      const jid = typeof participant === 'string' ? personJid(participant) : chat
      const lastSeen = typeof t === 'number' ? t * 1000 : null
      const presence = { jid, chat, state, lastSeen, denied: deny === true }
      this.#presences.set(placeOf(chat, jid), presence)
      this.#parts.changed({ type: 'presence', presence })
    },
  }

  async #ask(json: readonly unknown[]) {
    const answer = await this.#parts.ask(json)
    if ('node' in answer) throw new TetherError('TETHER_ERR_BODY', 'a node where JSON was asked for')
    return answer
  }

  async #about<T>(
    json: readonly unknown[],
    read: (answer: Readonly<Record<string, unknown>>) => T | null,
  ): Promise<Asked<T>> {
    const answer = await this.#ask(json)
    const found = read(answer.json)
    if (found !== null) return found
    if (answer.status === 404) return 'none'
    if (answer.status === 401) return 'hidden'
    throw refusal(answer.status)
  }

  async #set(child: Node, kind: NodeKind, tag?: string): Promise<Readonly<Record<string, unknown>>> {
    return goodJson(await this.#parts.query((epoch) => setNode(epoch, child), kind, tag))
  }

  #changePicture(type: 'set' | 'delete', content: Node[], of?: string) {
    const me = this.#parts.me()
    const jid = of === undefined ? me : personJid(of)
    if (jid === null) return Promise.reject(new TetherError('TETHER_ERR_STATE', 'nobody is logged in'))
    const id = this.#parts.nextTag() // the tag of the request is the id of the picture (spec 14.4)
    return this.#set({ tag: 'picture', attrs: { jid, id, type }, content }, PICTURE, id)
  }

  async #setBlock(type: 'add' | 'remove', jid: string): Promise<void> {
    const user: Node = { tag: 'user', attrs: { jid: personJid(jid) }, content: null }
    await this.#set({ tag: 'block', attrs: { type }, content: [user] }, BLOCK)
  }
}

function jsonOf(jid: string): string {
  return formatJsonJid(/^[0-9]+$/.test(jid) ? jidOfNumber(jid) : parseJid(jid))
}

function placeOf(chat: string, jid: string): string {
  return `${chat} ${jid}`
}
