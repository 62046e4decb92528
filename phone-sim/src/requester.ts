/** Who asks to be linked, in the words of a person: which program on which system, and whether it is near. */
import type { Requester } from 'proto/phone-link'
import type { DeviceView, RequesterView } from './phone-views.ts'

const UNKNOWN = 'unknown'

/** What the server told, with what follows from it. Browsers name their system first (spec 4). */
export function requesterView(requester: Requester, network: DeviceView['network']): RequesterView {
  const [system, program] = requester.browser
  const { address, phoneAddress } = requester
  return {
    ...requester,
    program: program || UNKNOWN,
    system: system || UNKNOWN,
    // a phone in the cell network is in no other, whatever the simulation's own connection is
    sameNetwork: network === 'wifi' && phoneAddress !== undefined && isSameNetwork(address, phoneAddress),
  }
}

/** What a linked browser is called until the person renames it: `Chrome on Linux`. */
export function nameOfRequester({ browser: [system, program] }: Requester): string {
  if (program) return system ? `${program} on ${system}` : program
  return system || 'Browser'
}

/** Both from this machine, or from one /24 (IPv4) or /64 (IPv6). Evidence, no proof: a relayed code can come from anywhere. */
export function isSameNetwork(a: string, b: string): boolean {
  const [one, other] = [a, b].map(networkOf)
  return one !== null && one === other
}

function networkOf(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '').toLowerCase()
  if (plain === '::1' || plain.startsWith('127.')) return 'this machine'
  if (/^[0-9]+(\.[0-9]+){3}$/.test(plain)) return plain.slice(0, plain.lastIndexOf('.'))
  const groups = expanded(plain)
  return groups && groups.slice(0, 4).join(':')
}

/** The eight groups of an IPv6 address, without leading zeros; null when it is none. */
function expanded(address: string): string[] | null {
  const [head, tail, ...more] = address.split('%')[0].split('::')
  if (more.length > 0) return null
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? groups.map((group) => group.replace(/^0+(?=.)/, ''))
    : null
}
