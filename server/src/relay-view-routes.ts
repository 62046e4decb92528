/**
 * The relay's view as server-sent events, for the demo: for programs of this machine only, and of pages for those alone
 * that the setting names. Not there at all unless it is switched on.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { every } from 'proto/clock'
import { checkHost, checkOrigin } from 'proto/doors'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { ServerConfig } from './config.ts'
import type { Context } from './context.ts'
import type { RelayView } from './relay-view.ts'

export const RELAY_VIEW_PATH = '/relay-view'
const LOOPBACK = /^(?:::ffff:)?127\.[0-9.]+$|^::1$/i

interface Knock {
  readonly headers: Pick<FastifyRequest['headers'], 'host' | 'origin'>
  readonly ip: string
}

/** Throws TETHER_ERR_HOST, and TETHER_ERR_ORIGIN for other machines, unless it is published, and for other pages. */
export function assertViewDoor(request: Knock, view: RelayView, { allowedHosts, demo }: ServerConfig): void {
  checkHost(request.headers.host, allowedHosts)
  const isPublished = demo === 'published'
  if (!isPublished && !LOOPBACK.test(request.ip))
    throw new TetherError('TETHER_ERR_ORIGIN', 'from this machine only')
  checkOrigin(request.headers.origin, { allowed: view.origins, required: isPublished })
}

export function addRelayView(app: FastifyInstance, view: RelayView, { clock, counters }: Context): void {
  app.get(RELAY_VIEW_PATH, (request, reply) => {
    if (view.listeners >= limit('RELAY_VIEWERS')) {
      counters.add('limits', 'RELAY_VIEWERS')
      throw new TetherError('TETHER_ERR_LIMIT', 'RELAY_VIEWERS')
    }
    reply.hijack()
    const { raw } = reply
    const { origin } = request.headers
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(origin !== undefined && { 'access-control-allow-origin': origin, vary: 'origin' }),
    })
    raw.write(': frames follow\n\n')
    const unsubscribe = view.subscribe((event) => {
      raw.write(`data: ${JSON.stringify(event)}\n\n`)
      if (raw.writableLength > limit('AWAY_QUEUE_BYTES')) raw.destroy()
    })
    const heartbeat = every(clock, limit('PHONE_HEARTBEAT_MS'), () => raw.write(':\n\n'))
    raw.once('close', () => {
      unsubscribe()
      heartbeat.cancel()
    })
  })
}
