/**
 * HTTP_REQUEST_MS for the body of every request but uploads of media, which need longer: the limit of Node's server is
 * one for all and is that of uploads.
 */
import type { FastifyInstance } from 'fastify'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'
import { LATE, type HttpRefusals } from './http-refusals.ts'

export function limitRequestTime(app: FastifyInstance, { clock }: Context, refusals: HttpRefusals): void {
  app.addHook('preParsing', async (request, reply, body) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    if (request.routeOptions.url?.startsWith('/mms/') || (length === undefined && encoding === undefined))
      return
    const timer = clock.after(limit('HTTP_REQUEST_MS'), () => refusals.refuse(request.raw.socket, LATE))
    for (const over of ['end', 'error', 'close']) body.once(over, () => timer.cancel())
    reply.raw.once('close', () => timer.cancel()) // answered before it was read
  })
}
