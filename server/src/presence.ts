/**
 * Who is there, who types, and who is told (spec 6 Presence, 14.1). Phones say it for themselves and for their
 * browsers. Only those who asked are told, and nobody whom the person has blocked. Somebody is there as long as the
 * phone is attached and it, or a browser that is still open, has said so.
 *
 * All that happens is worked off one after the other, because block lists and groups have to be read in between.
 */
import type { Timer } from 'proto/clock'
import { codeOf, errors, TetherError } from 'proto/errors'
import type { GroupFacts } from 'proto/group'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'
import type { Groups } from './groups.ts'
import { LastSeen } from './last-seen.ts'
import type { Browser } from './peers.ts'
import type { Relay } from './relay.ts'
import { type Watcher, Watchers } from './watchers.ts'

export type PresenceState = 'available' | 'unavailable' | 'composing' | 'recording' | 'paused'

/** What a phone says: `by` the browser on whose behalf, absent for the phone itself. */
export interface Said {
  readonly state: PresenceState
  /** A number or the JID of a group; needed for typing. */
  readonly to?: string
  readonly by?: number
}

interface Typing {
  readonly to: string
  readonly state: 'composing' | 'recording'
  readonly timer: Timer
}

interface Person {
  /** Who says that the person is there: the phone, and connections of its browsers. */
  readonly sources: Set<number | 'phone'>
  /** What was last told. */
  isShown: boolean
  typing: Typing | null
}

export class Presence {
  readonly #context: Context
  readonly #relay: Relay
  readonly #groups: Pick<Groups, 'facts'>
  readonly #watchers = new Watchers()
  readonly #lastSeen: LastSeen
  readonly #persons = new Map<string, Person>()
  #work: Promise<void> = Promise.resolve()

  constructor(context: Context, relay: Relay, groups: Pick<Groups, 'facts'>) {
    this.#context = context
    this.#relay = relay
    this.#groups = groups
    this.#lastSeen = new LastSeen(context)
  }

  // who wants to know

  /** Whether a connection may watch this too: PRESENCE_WATCHED. */
  hasRoom(connection: number, subject: string): boolean {
    return this.#watchers.hasRoom(connection, subject)
  }

  /** Subscribes a browser of `number` to a person; what is known is pushed at once, then what changes. */
  watch({ connection }: Browser, number: string, person: string): void {
    const watcher = { connection, number }
    this.#watchers.add(watcher, person)
    this.#soon(async () => this.#push(watcher, await this.#known(person, watcher)))
  }

  /** Subscribes a browser of a member to a group: a push for each who types there, now and later. */
  watchGroup({ connection }: Browser, number: string, { jid, members }: GroupFacts): void {
    const watcher = { connection, number }
    this.#watchers.add(watcher, jid)
    this.#soon(async () => {
      for (const member of members) {
        const typing = this.#persons.get(member.number)?.typing
        if (member.number === number || typing?.to !== jid) continue
        if (!(await this.#areApart(member.number, number)))
          this.#push(watcher, groupPush(jid, member.number, typing.state))
      }
    })
  }

  /** Milliseconds since 1970: now for who is there, null when never seen. */
  async lastSeen(number: string): Promise<number | null> {
    return this.#isThere(number) ? this.#context.clock.now() : this.#lastSeen.find(number)
  }

  // what happens

  /** Rejects with TETHER_ERR_BODY for typing to nobody. */
  say(number: string, { state, to, by }: Said): Promise<void> {
    const typing = state !== 'available' && state !== 'unavailable'
    if (typing && to === undefined)
      return Promise.reject(new TetherError('TETHER_ERR_BODY', 'typing to nobody'))
    const source = by ?? 'phone'
    const isOwn = by === undefined || this.#relay.browsers.get(by)?.opening?.number === number
    if (!isOwn) return Promise.resolve() // the browser has gone meanwhile
    return this.#then(async () => {
      const person = this.#person(number)
      if (state === 'unavailable') person.sources.delete(source)
      else person.sources.add(source) // who types is there
      if (!typing && !(state === 'unavailable' && this.#isThere(number)))
        await this.#stopTyping(number, state)
      await this.#update(number)
      if (typing) await this.#type(number, state, to!)
    })
  }

  phoneAttached(number: string): void {
    this.#soon(async () => {
      this.#persons.get(number)?.sources.delete('phone') // it says anew whether its person is there
      await this.#update(number)
    })
  }

  phoneDetached(number: string): void {
    this.#soon(() => this.#leave(number, 'phone'))
  }

  browserClosed({ connection, opening }: Browser): void {
    this.#watchers.remove(connection)
    if (opening) this.#soon(() => this.#leave(opening.number, connection))
  }

  /** `number` has blocked these, or blocks them no longer: what they see changes at once. */
  blocksChanged(number: string, others: readonly string[]): void {
    this.#soon(async () => {
      for (const watcher of this.#watchers.of(number)) {
        if (others.includes(watcher.number)) this.#push(watcher, await this.#known(number, watcher))
      }
    })
  }

  /** Writes when those who are there were last seen. */
  async close(): Promise<void> {
    await this.#work
    for (const [number, { isShown }] of this.#persons) if (isShown) this.#lastSeen.saw(number)
    for (const { typing } of this.#persons.values()) typing?.timer.cancel()
    await this.#lastSeen.flush()
  }

  // there or not

  #isThere(number: string): boolean {
    return this.#relay.phones.has(number) && (this.#persons.get(number)?.sources.size ?? 0) > 0
  }

  async #leave(number: string, source: number | 'phone'): Promise<void> {
    this.#persons.get(number)?.sources.delete(source)
    if (!this.#isThere(number)) await this.#stopTyping(number, 'unavailable')
    await this.#update(number)
  }

  /** Tells those who watch a person when it has come or gone. */
  async #update(number: string): Promise<void> {
    const person = this.#persons.get(number)
    if (!person) return
    const isThere = this.#isThere(number)
    if (person.isShown !== isThere) {
      person.isShown = isThere
      this.#lastSeen.saw(number)
      await this.#tellAll(number)
    }
    if (!person.isShown && person.sources.size === 0) this.#persons.delete(number)
  }

  async #tellAll(number: string): Promise<void> {
    const watchers = this.#watchers.of(number)
    if (watchers.length === 0) return
    const denied = await this.#context.stores.profiles.blocked(number)
    const push = await this.#shown(number)
    for (const watcher of watchers) if (!denied.includes(watcher.number)) this.#push(watcher, push)
  }

  // typing

  async #type(number: string, state: 'composing' | 'recording' | 'paused', to: string): Promise<void> {
    const person = this.#person(number)
    if (person.typing?.to !== to) await this.#stopTyping(number, 'paused')
    const before = person.typing
    before?.timer.cancel()
    person.typing = null
    if (state === 'paused') {
      if (before) await this.#tellTyping(number, to, state)
      return
    }
    const timer = this.#context.clock.after(limit('PRESENCE_TYPING_MS'), () =>
      this.#soon(async () => {
        if (person.typing?.timer === timer) await this.#stopTyping(number, 'paused')
      }),
    )
    person.typing = { to, state, timer }
    if (before?.state !== state) await this.#tellTyping(number, to, state)
  }

  /** `state` is what those see who saw the typing. Those who watch the person hear of its going themselves. */
  async #stopTyping(number: string, state: PresenceState): Promise<void> {
    const person = this.#persons.get(number)
    const typing = person?.typing
    if (!typing) return
    typing.timer.cancel()
    person.typing = null
    if (state !== 'unavailable' || isGroup(typing.to)) await this.#tellTyping(number, typing.to, state)
  }

  async #tellTyping(number: string, to: string, state: PresenceState): Promise<void> {
    if (isGroup(to)) await this.#tellGroup(number, to, state)
    else await this.#tellPerson(number, to, state)
  }

  async #tellPerson(number: string, to: string, state: PresenceState): Promise<void> {
    const watchers = this.#watchers.of(number).filter((watcher) => watcher.number === to)
    if (watchers.length === 0 || (await this.#areApart(number, to))) return
    for (const watcher of watchers) this.#push(watcher, personPush(number, state))
  }

  async #tellGroup(number: string, group: string, state: PresenceState): Promise<void> {
    const members = await this.#membersSeenBy(number, group)
    for (const watcher of this.#watchers.of(group)) {
      if (watcher.number === number || !members.includes(watcher.number)) continue
      if (await this.#areApart(number, watcher.number)) continue
      this.#push(watcher, groupPush(group, number, state))
    }
  }

  /** Nobody when the person is in no such group, or has left it. */
  async #membersSeenBy(number: string, group: string): Promise<readonly string[]> {
    try {
      return (await this.#groups.facts(number, group)).members.map((member) => member.number)
    } catch (error) {
      if (errors[codeOf(error)].fault === 'local') throw error
      this.#context.counters.add('errors', codeOf(error))
      return []
    }
  }

  // what is seen

  /** What one watcher sees of a person now. */
  async #known(number: string, watcher: Watcher): Promise<readonly unknown[]> {
    const { profiles } = this.#context.stores
    if (await profiles.blocks(number, watcher.number))
      return personPush(number, 'unavailable', { deny: true })
    const typing = this.#persons.get(number)?.typing
    const types = typing?.to === watcher.number && !(await profiles.blocks(watcher.number, number))
    return types ? personPush(number, typing.state) : this.#shown(number)
  }

  async #shown(number: string): Promise<readonly unknown[]> {
    if (this.#isThere(number)) return personPush(number, 'available')
    const at = await this.#lastSeen.find(number)
    return personPush(number, 'unavailable', at === null ? {} : { t: Math.floor(at / 1000) })
  }

  /** Whether one of the two has blocked the other. */
  async #areApart(one: string, other: string): Promise<boolean> {
    const { profiles } = this.#context.stores
    return (await profiles.blocks(one, other)) || (await profiles.blocks(other, one))
  }

  #push({ connection }: Watcher, body: readonly unknown[]): void {
    this.#relay.browsers.get(connection)?.push(body)
  }

  #person(number: string): Person {
    let person = this.#persons.get(number)
    if (!person) this.#persons.set(number, (person = { sources: new Set(), isShown: false, typing: null }))
    return person
  }

  #then(task: () => Promise<void>): Promise<void> {
    const done = this.#work.then(task)
    this.#work = done.catch(() => undefined)
    return done
  }

  #soon(task: () => Promise<void>): void {
    this.#then(task).catch((error: unknown) =>
      this.#context.log.error({ err: error }, 'presence could not be told'),
    )
  }
}

function isGroup(to: string): boolean {
  return to.endsWith('@g.us')
}

function personPush(
  number: string,
  type: PresenceState,
  { t, deny = false }: { readonly t?: number; readonly deny?: boolean } = {},
): readonly unknown[] {
  return ['Presence', { id: `${number}@c.us`, type, ...(t === undefined ? {} : { t }), deny }]
}

function groupPush(group: string, participant: string, type: PresenceState): readonly unknown[] {
  return ['Presence', { id: group, type, participant: `${participant}@c.us`, deny: false }]
}
