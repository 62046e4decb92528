/** Whether anything has changed the objects that all others inherit from. */

const shared: readonly (readonly [string, object])[] = [
  ['Object', Object.prototype],
  ['Array', Array.prototype],
  ['Function', Function.prototype],
  ['String', String.prototype],
  ['Number', Number.prototype],
  ['Boolean', Boolean.prototype],
  ['RegExp', RegExp.prototype],
  ['Error', Error.prototype],
  ['Map', Map.prototype],
  ['Set', Set.prototype],
  ['Promise', Promise.prototype],
  ['Uint8Array', Uint8Array.prototype],
  ['Buffer', Buffer.prototype],
]

/** Remembers the shared prototypes as they are when it is made. */
export class PrototypeGuard {
  readonly #known = shared.map(([name, prototype]) => ({ name, prototype, members: membersOf(prototype) }))

  /** The name of the first prototype that is not as it was, null when all are; puts all back as they were. */
  restore(): string | null {
    let first: string | null = null
    for (const { name, prototype, members } of this.#known) {
      if (isSame(members, membersOf(prototype))) continue
      first ??= name
      for (const key of Reflect.ownKeys(prototype)) {
        if (!members.has(key)) Reflect.deleteProperty(prototype, key)
      }
      for (const [key, member] of members) Object.defineProperty(prototype, key, member)
    }
    return first
  }

  /** A cheap look at what a careless assignment would leave behind: a member that every object shows. */
  hasLeak(): boolean {
    for (const _ in {}) return true
    return false
  }
}

type Members = ReadonlyMap<PropertyKey, PropertyDescriptor>

function membersOf(prototype: object): Members {
  const descriptors = Object.getOwnPropertyDescriptors(prototype) as Record<PropertyKey, PropertyDescriptor>
  return new Map(Reflect.ownKeys(descriptors).map((key) => [key, descriptors[key]]))
}

function isSame(a: Members, b: Members): boolean {
  return a.size === b.size && [...a].every(([key, member]) => isSameMember(member, b.get(key)))
}

function isSameMember(a: PropertyDescriptor, b: PropertyDescriptor | undefined): boolean {
  return b !== undefined && a.value === b.value && a.get === b.get && a.set === b.set
}
