/** The keys of the vault as a person sees them: which there are, what for, how old, how used. Never their bytes. */
import type { Companion, KeyView } from './phone-views.ts'
import type { Vault } from './vault.ts'

type Purpose = (rest: string) => string

/** What each kind of name in the vault stands for. */
export function keyViews(
  vault: Pick<Vault, 'names' | 'useOf'>,
  companions: readonly Companion[],
  nameOf: (jid: string) => string,
): KeyView[] {
  const person: Purpose = (number) => nameOf(`${number}@s.whatsapp.net`)
  const purposes: Readonly<Record<string, Purpose>> = {
    identity: () => 'proves who this phone is: to the server, and to other phones',
    'signed-prekey': () => 'lets others begin to write while this phone is away',
    prekey: () => 'for the first message of one person; erased when used',
    trust: (number) => `the public identity key of ${person(number)}`,
    session: (number) => `the conversation with ${person(number)}; a new key for each message`,
    companion: (login) => {
      const companion = companions.find(({ id }) => id === login)
      return `seals what goes to and comes from ${companion?.name ?? 'a linked browser'}`
    },
  }
  return vault.names().map(({ name, at }) => {
    const slash = name.indexOf('/')
    const [kind, rest] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)]
    const { uses, lastUsedAt } = vault.useOf(name)
    // a change of the consent is written with the keys; they are as old as the pairing
    const made = kind === 'companion' ? companions.find(({ id }) => id === rest)?.since : undefined
    return { name, purpose: purposes[kind]?.(rest) ?? 'unnamed', at: made ?? at, uses, lastUsedAt }
  })
}
