/** Who asks to be linked, in the words of a person: which program on which system, and whether it is near. */
import { networkOf, writtenAddress } from 'proto/network'
import type { Requester } from 'proto/phone-link'
import type { AddressKind, DeviceView, RequesterView } from './phone-views.ts'

const UNKNOWN = 'unknown'

/** What the server told, with what follows from it. Browsers name their system first (spec 4). */
export function requesterView(requester: Requester, network: DeviceView['network']): RequesterView {
  const [system, program] = requester.browser
  const { address, phoneAddress } = requester
  return {
    ...requester,
    program: program || UNKNOWN,
    system: system || UNKNOWN,
    addressKind: addressKind(address),
    // a phone in the cell network is in no other, whatever the simulation's own connection is
    sameNetwork: network === 'wifi' && phoneAddress !== undefined && isSameNetwork(address, phoneAddress),
  }
}

/** What a linked browser is called until the person renames it: `Chrome on Linux`. */
export function nameOfRequester({ browser: [system, program] }: Requester): string {
  if (program) return system ? `${program} on ${system}` : program
  return system || 'Browser'
}

/**
 * Both from one /24 (IPv4) or /64 (IPv6), or one from the server's own machine and the other from there or from a local
 * address: no such address comes from further away. Evidence, no proof: a relayed code can come from anywhere.
 */
export function isSameNetwork(a: string, b: string): boolean {
  const kinds = [a, b].map(addressKind)
  if (kinds.includes('machine')) return kinds.every((kind) => kind === 'machine' || kind === 'local')
  const [one, other] = [a, b].map(networkOf)
  return one !== null && one === other
}

/** By its range alone: no address is looked up anywhere. */
export function addressKind(address: string): AddressKind {
  const written = writtenAddress(address)
  if (written === null) return 'unknown'
  return ranges.find(({ fits }) => fits.test(written))?.kind ?? 'internet'
}

/** RFC 1122, 1918, 3927, 4193, 4291, 6598; IPv6 as eight groups. */
const ranges: readonly { readonly kind: AddressKind; readonly fits: RegExp }[] = [
  { kind: 'machine', fits: /^127\.|^(0:){7}1$/ },
  { kind: 'local', fits: /^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\./ },
  { kind: 'local', fits: /^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:/ },
  { kind: 'shared', fits: /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./ },
]
