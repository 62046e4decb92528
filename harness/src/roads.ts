/** How phones and browsers reach the relay: through memory in virtual time, over loopback sockets in real time. */
import type { AddressInfo } from 'node:net'
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import type { Link } from 'proto/link'
import type { PhoneOptions } from 'phone-sim/phone'
import { serverHttp } from 'phone-sim/server-http'
import { connectSocket } from 'phone-sim/socket'
import type { PeerFacts, Server } from 'server'
import { memoryLinks, type MemoryLinks } from './memory-link.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface Roads {
  readonly url: string | null
  readonly connectPhone: PhoneOptions['connect']
  readonly http: PhoneOptions['server']
  dialBrowser(facts?: Partial<PeerFacts>): Promise<Link>
  sever(): void
}

const BYTES = 'application/octet-stream'
const BROWSER: PeerFacts = { address: '127.0.0.1', userAgent: 'virtual browser', door: 'plain' }
const PHONE: PeerFacts = { ...BROWSER, userAgent: 'virtual phone' }

/** `server` gives the one that lives. */
export function virtualRoads(server: () => Server, clock: VirtualClock, latencyMs = 1): Roads {
  let open: MemoryLinks[] = []
  const lay = (): MemoryLinks => {
    const links = memoryLinks(clock, latencyMs)
    open.push(links)
    return links
  }
  return {
    url: null,
    connectPhone: async () => {
      const { caller, called } = lay()
      server().acceptPhone(called, PHONE)
      return caller
    },
    http: serverHttpOf(server, clock),
    async dialBrowser(facts) {
      const { caller, called } = lay()
      server().acceptBrowser(called, { ...BROWSER, ...facts })
      return caller
    },
    sever() {
      const torn = open
      open = []
      for (const links of torn) links.sever()
    },
  }
}

/** HTTP of a server without sockets; time stands still until the answer is there. */
export function serverHttpOf(server: () => Pick<Server, 'app'>, clock: VirtualClock): PhoneOptions['server'] {
  return (method, url, body) =>
    clock.during(async () => {
      const answer = await server().app.inject({ method, url, ...contentOf(body) })
      const isBytes = answer.headers['content-type'] === BYTES
      return {
        status: answer.statusCode,
        body: isBytes ? new Uint8Array(answer.rawPayload) : jsonOf(answer.body),
      }
    })
}

function contentOf(body: unknown): { payload?: string | Buffer; headers?: Record<string, string> } {
  if (body === undefined) return {}
  if (body instanceof Uint8Array) return { payload: Buffer.from(body), headers: { 'content-type': BYTES } }
  return { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

function jsonOf(text: string): unknown {
  return text === '' ? null : (JSON.parse(text) as unknown)
}

export async function realRoads(server: Server, clock: Clock): Promise<Roads> {
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const notHere = () => new TetherError('TETHER_ERR_STATE', 'in real time browsers open sockets')
  return {
    url,
    connectPhone: () => connectSocket(`ws://127.0.0.1:${port}/phone`, clock),
    http: serverHttp(url),
    dialBrowser: () => Promise.reject(notHere()),
    sever() {
      throw notHere()
    },
  }
}
