/** Files over the phones' HTTP API: sent as if chosen on the phone, and fetched from what the phone keeps. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limit } from 'proto/limits'
import type { Static } from 'typebox'
import * as api from './api.ts'
import type { Phone } from './phone.ts'

/** Types that a browser may show as they are. What its writer named otherwise is only ever saved. */
const shown = /^(?:image\/(?:jpeg|png|gif|webp)|audio\/(?:ogg|mpeg|mp4|aac|wav)|video\/(?:mp4|webm|3gpp))$/
const BYTES = 'application/octet-stream'

export interface MediaRoutesOptions {
  /** Throws TETHER_ERR_NOT_FOUND. */
  readonly find: (number: string) => Phone
}

export async function mediaRoutes(app: FastifyInstance, { find }: MediaRoutesOptions): Promise<void> {
  app.addContentTypeParser(BYTES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post(
    '/phones/:number/media',
    {
      bodyLimit: limit('MEDIA_BYTES'),
      schema: {
        summary:
          'sends a file, as if chosen on the phone; the body is the file itself (application/octet-stream)',
        params: api.ByNumber,
        querystring: api.MediaQuery,
        consumes: [BYTES],
        response: { 200: api.SentBody, '4xx': api.Failure, '5xx': api.Failure },
      },
    },
    ({
      params,
      query,
      body,
    }: FastifyRequest<{ Params: { number: string }; Querystring: api.MediaQuery }>) => {
      const { to, type, mimetype = BYTES, caption, fileName, seconds, ptt, gif, width, height } = query
      return find(params.number).sendMedia(to, {
        ...{ type, mimetype, caption, fileName, data: body instanceof Uint8Array ? body : new Uint8Array(0) },
        ...{ seconds: numberOf(seconds), width: numberOf(width), height: numberOf(height) },
        ...{ ptt: ptt === 'true' || undefined, gif: gif === 'true' || undefined },
      })
    },
  )

  app.get(
    '/phones/:number/chats/:jid/messages/:id/media',
    {
      schema: {
        summary: 'the file of a message, once the phone has it; fromMe=true for one that this phone sent',
        params: api.ByMessage,
        querystring: api.FromMe,
        produces: [BYTES],
        response: { '4xx': api.Failure, '5xx': api.Failure },
      },
    },
    (
      request: FastifyRequest<{
        Params: Static<typeof api.ByMessage>
        Querystring: Static<typeof api.FromMe>
      }>,
      reply,
    ) => {
      const { number, jid, id } = request.params
      const { data, media } = find(number).mediaFile(jid, id, request.query.fromMe === 'true')
      const isShown = shown.test(media.mimetype)
      return reply
        .type(isShown ? media.mimetype : BYTES)
        .header('content-disposition', isShown ? 'inline' : 'attachment')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(Buffer.from(data.buffer, data.byteOffset, data.length))
    },
  )
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
