/**
 * HTTP_REQUEST_MS for the body of every request but uploads of media, which need longer: the limit of Node's server is
 * one for all and is that of uploads.
 */
import type { FastifyInstance } from 'fastify'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'

const LATE = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'

export function limitRequestTime(app: FastifyInstance, { clock, counters }: Context): void {
  app.addHook('preParsing', async (request, _reply, body) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    if (request.routeOptions.url?.startsWith('/mms/') || (length === undefined && encoding === undefined))
      return
    const timer = clock.after(limit('HTTP_REQUEST_MS'), () => {
      counters.add('limits', 'HTTP_REQUEST_MS')
      request.raw.socket.write(LATE)
      request.raw.socket.destroySoon()
    })
    for (const over of ['end', 'error', 'close']) body.once(over, () => timer.cancel())
  })
}
