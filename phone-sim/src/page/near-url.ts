/** A machine has several names. A page opened under one of them calls its neighbours by the same, so that they are one site. */
const LOOPBACK = ['localhost', '127.0.0.1']

/** Without a slash at the end. */
export function nearUrl(url: string, hostname: string): string {
  const address = new URL(url)
  if (LOOPBACK.includes(address.hostname)) address.hostname = hostname
  return address.href.replace(/\/+$/, '')
}

/** Whether the neighbour is to be met on its own machine only, and the page was opened from another. */
export function isElsewhere(url: string, hostname: string): boolean {
  return LOOPBACK.includes(new URL(url).hostname) && !LOOPBACK.includes(hostname)
}
