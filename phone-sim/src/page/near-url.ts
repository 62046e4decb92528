/** A machine has several names. A page opened under one of them calls its neighbours by the same, so that they are one site. */
const LOOPBACK = ['localhost', '127.0.0.1']

/** Without a slash at the end. */
export function nearUrl(url: string, hostname: string): string {
  const address = new URL(url)
  if (LOOPBACK.includes(address.hostname)) address.hostname = hostname
  return address.href.replace(/\/+$/, '')
}
