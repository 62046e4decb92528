/** Pictures over HTTP: for whoever was told the address, as the bytes that their owner gave. */
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { TetherError } from 'proto/errors'
import type { Context } from './context.ts'
import { picturePath } from './picture-address.ts'

const At = Type.Object({ key: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) })
const Query = Type.Object({ size: Type.Optional(Type.Literal('preview')) })

export async function pictureRoutes(
  app: FastifyInstance,
  { stores }: Pick<Context, 'stores'>,
): Promise<void> {
  app.route<{ Params: Static<typeof At>; Querystring: Static<typeof Query> }>({
    method: ['GET', 'HEAD'],
    url: picturePath(':key'),
    schema: { params: At, querystring: Query },
    handler: async (request, reply) => {
      const { key } = request.params
      const picture = await stores.profiles.pictureBytes(key)
      if (!picture) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such picture')
      const { tag, image, preview } = picture
      const bytes = (request.query.size === 'preview' ? preview : null) ?? image
      const etag = `"${tag}-${bytes === image ? 'image' : 'preview'}"`
      reply
        .type('image/jpeg')
        .header('etag', etag)
        .header('cache-control', 'private, no-cache') // it may be removed
        .header('content-disposition', 'inline')
      const known = request.headers['if-none-match']?.split(',').map((each) => each.trim()) ?? []
      if (known.includes(etag) || known.includes('*')) return reply.code(304).send()
      reply.header('content-length', bytes.length)
      return request.method === 'HEAD' ? reply.send() : reply.send(Buffer.from(bytes))
    },
  })
}
