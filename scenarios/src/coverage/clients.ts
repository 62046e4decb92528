/** The clients that the coverage document has a column for, how they are known in evidence, and where their tests run. */

/** The suites of scripts/suites.mjs that leave evidence. */
export type SuiteName = 'test' | 'clients'

interface Client {
  /** Head of the column. */
  readonly label: string
  readonly about: string
  readonly suite: SuiteName
  /** Does this client call itself so in `init`? The names are joined by spaces. */
  readonly isCalled: (name: string) => boolean
  /** Paths of the tests that are about this client: they are named before others. */
  readonly ownTests: RegExp
}

/** In the order of the columns; what no other client is called belongs to the wire. */
export const clients = {
  wire: {
    label: 'On the wire',
    about: 'a browser that says exactly what a test tells it to',
    suite: 'test',
    isCalled: () => false,
    ownTests: /-traps\./,
  },
  baileys3: {
    label: 'Baileys 3.5.3',
    about: 'unmodified, from the registry',
    suite: 'clients',
    isCalled: (name) => /^Baileys .* 3\./.test(name),
    ownTests: /\/baileys3-/,
  },
  baileys4: {
    label: 'Baileys 4.4.0',
    about: 'its legacy socket, unmodified, from the registry',
    suite: 'clients',
    isCalled: (name) => /^Baileys .* 4\./.test(name),
    ownTests: /\/baileys4-/,
  },
  ours: {
    label: 'Our client',
    about: 'the core of `web-client`, in Node and in the page',
    suite: 'test',
    isCalled: (name) => name.endsWith(' 0.1.0'),
    ownTests: /\/our-client-/,
  },
} as const satisfies Record<string, Client>

export type ClientId = keyof typeof clients
export const clientIds = Object.keys(clients) as ClientId[]

/** Whose evidence this is. */
export function clientOf(name: string): ClientId {
  return clientIds.find((id) => clients[id].isCalled(name)) ?? 'wire'
}

/** The suite that a test runs in, by its path from the root. */
export function suiteOf(test: string): SuiteName {
  return /^(clients\/|scenarios\/clients\/)/.test(test) ? 'clients' : 'test'
}
