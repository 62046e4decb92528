/**
 * The stores of a server that can be killed: what it has asked for by then may still happen, as it may on a disk, but
 * it hears of nothing any more, and asks for nothing.
 */
import type { Stores } from 'server/stores'

export interface MortalStores {
  readonly stores: Stores
  die(): void
}

export function mortalStores(stores: Stores): MortalStores {
  let isDead = false
  const never = new Promise<never>(() => {})
  const mortal =
    (call: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (isDead) return await never
      try {
        const answer = await call(...args)
        return isDead ? await never : answer
      } catch (error) {
        if (isDead) return await never
        throw error
      }
    }
  const wrap = (port: object): object =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value === 'object' && value !== null) return wrap(value)
        // the hash of an id is the one answer that is no promise
        if (typeof value !== 'function') return value
        const call = value.bind(target) as (...args: unknown[]) => unknown
        return name === 'idHash' ? call : mortal(call)
      },
    })
  return { stores: wrap(stores) as Stores, die: () => void (isDead = true) }
}
