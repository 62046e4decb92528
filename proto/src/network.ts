/**
 * The network of an address, told from its text alone: nothing is looked up anywhere. Evidence, no proof: who is in the
 * same network is not the same person.
 */

/**
 * The /24 (IPv4) or /64 (IPv6) that an address is in, as text that equals for each address of it; null when the text is
 * no address. The two usual names of one's own machine are one network.
 */
export function networkOf(address: string): string | null {
  const written = writtenAddress(address)
  if (written === null) return null
  if (written === LOOPBACK_IPV6) return LOOPBACK
  return written.includes(':')
    ? written.split(':').slice(0, 4).join(':')
    : written.slice(0, written.lastIndexOf('.'))
}

const LOOPBACK_IPV6 = '0:0:0:0:0:0:0:1'
const LOOPBACK = '127.0.0'

/** An address in one spelling: IPv4, also where it comes as IPv6, or eight groups without leading zeros; null when it is none. */
export function writtenAddress(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '').toLowerCase()
  if (/^[0-9]+(\.[0-9]+){3}$/.test(plain)) return plain
  const [head, tail, ...more] = plain.split('%')[0].split('::')
  if (more.length > 0) return null
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')
    : null
}
