/** The closed-network way in beside a world in real time, and connections of clients whose address is built in. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { realClock, systemEntropy } from 'proto/system'
import { openLegacyWayIn, readConfig, type LegacyTlsFacts } from 'server'
import type { World } from 'harness'

export interface LegacyWayIn extends LegacyTlsFacts {
  /** The test CA, PEM. */
  readonly ca: string
}

const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** Opens it on free ports with files of its own; closed, with the server, before the world stops. */
export async function legacyWayIn(t: Test, world: World, folder: string): Promise<LegacyWayIn> {
  const config = readConfig({
    TETHER_DATA_DIR: folder,
    TETHER_LEGACY_TLS_PORT: '0',
    TETHER_LEGACY_PROXY_PORT: '0',
  })
  const { server } = world
  const { facts, close } = await openLegacyWayIn({
    server,
    config,
    clock: realClock,
    entropy: systemEntropy,
    log,
  })
  t.teardown(close)
  return { ...facts, ca: readFileSync(facts.caFile, 'utf8') }
}

/** Asks the proxy for `target` in the words of `request`; the status it answers, and the connection that is left. */
export async function askProxy(proxyUrl: string, request: string) {
  const socket = connect(Number(new URL(proxyUrl).port), '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(request)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return { socket, status: Number(bytes.toString('latin1').split(' ')[1]), text: bytes.toString('latin1') }
}

/** TLS with the host that is built in, over the proxy. Rejects when the proxy refuses or the certificate is not trusted. */
export async function throughProxy(
  { proxyUrl, ca }: LegacyWayIn,
  servername: string,
  request: string,
): Promise<TLSSocket> {
  const { socket, status, text } = await askProxy(proxyUrl, request)
  if (status !== 200) throw new Error(text)
  const secure = connectTls({ socket, servername, ca })
  await once(secure, 'secureConnect')
  return secure
}
