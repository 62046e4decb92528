/**
 * Media over HTTP (spec 16.2, 16.3, 16.5): uploads go to the disk as they come, downloads have their length and may be
 * asked for in parts. Both use the path of proto/media-path. The only doors that take a body of more than a few KiB.
 */
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import Type, { type Static } from 'typebox'
import { formatBase64, formatBase64Url } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { formatMediaPath, mediaFolders, parseMediaToken } from 'proto/media-path'
import { parseRange } from './byte-range.ts'
import type { Context } from './context.ts'
import { entranceOf } from './entrance.ts'
import type { FoundBlob, Media } from './media.ts'

interface Parts {
  readonly context: Context
  readonly media: Media
}

const At = Type.Object({
  type: Type.Enum([...mediaFolders]),
  token: Type.String({ minLength: 1, maxLength: 64 }),
})
type At = Static<typeof At>
const AtWithAuth = Type.Object({ ...At.properties, auth: Type.String({ maxLength: 128 }) })
const UploadQuery = Type.Object({
  auth: Type.Optional(Type.String({ maxLength: 512 })),
  token: Type.Optional(Type.String({ maxLength: 64 })),
})

export async function mediaRoutes(app: FastifyInstance, { context, media }: Parts): Promise<void> {
  const { clock, config } = context
  app.removeAllContentTypeParsers()
  // any type and none at all: one client names octet-stream, another nothing
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  await app.register(multipart, {
    limits: { files: 1, fields: 4, parts: 5, fieldSize: 256, fileSize: limit('MEDIA_BYTES') + 1 },
    throwFileSizeLimit: false, // the store counts
  })

  /** The answer holds nothing but texts: one client fails on anything else (spec 16.2). */
  const addressOf = (request: FastifyRequest, { type }: At, hash: Uint8Array) => {
    const path = formatMediaPath(type, hash)
    const { door, reached } = entranceOf(request.socket)
    // at the TLS door never the Host of the request: a legacy name would lead others out to the real service
    const host = door === 'legacyTls' ? reached : (config.publicHost ?? request.headers.host)
    return {
      url: `${request.protocol}://${host}${path}`,
      direct_path: path,
    }
  }

  app.post<{ Params: At; Querystring: Static<typeof UploadQuery> }>(
    '/mms/:type/:token',
    { schema: { params: At, querystring: UploadQuery } },
    async (request) => {
      const number = media.admit(request.query.auth)
      const hash = parseMediaToken(request.params.token)
      const named = request.query.token === undefined ? hash : parseMediaToken(request.query.token)
      if (formatBase64(named) !== formatBase64(hash) || request.isMultipart())
        throw new TetherError('TETHER_ERR_BODY', 'one token, and the blob as the body')
      await media.upload(number, hash, bytesOf(request.body as Readable | undefined), lengthOf(request))
      return addressOf(request, request.params, hash)
    },
  )

  app.post<{ Params: Static<typeof AtWithAuth> }>(
    '/mms/:type/:token/:auth',
    { schema: { params: AtWithAuth } },
    async (request) => {
      const number = media.admit(request.params.auth)
      const hash = parseMediaToken(request.params.token)
      let files = 0
      for await (const part of request.parts()) {
        if (part.type === 'file') {
          files += 1
          await media.upload(number, hash, bytesOf(part.file), null)
        } else if (part.fieldname === 'hash' && part.value !== formatBase64(hash)) {
          throw new TetherError('TETHER_ERR_MEDIA_HASH', 'the field hash is not the one that was announced')
        }
      }
      if (files === 0) throw new TetherError('TETHER_ERR_BODY', 'no file')
      return addressOf(request, request.params, hash)
    },
  )

  app.route<{ Params: At }>({
    method: ['GET', 'HEAD'],
    url: '/mms/:type/:token',
    schema: { params: At },
    handler: async (request, reply) => {
      const hash = parseMediaToken(request.params.token)
      const blob = await media.find(hash)
      const etag = `"${formatBase64Url(hash)}"`
      const { range, 'if-range': ifRange = etag, 'if-none-match': known } = request.headers
      if (known?.split(',').some((each) => [etag, '*'].includes(each.trim())))
        return describe(reply.code(304), blob, etag, clock.now()).send()
      if (request.method === 'HEAD') {
        await media.assertThere(hash)
        return describe(reply, blob, etag, clock.now()).header('content-length', blob.bytes).send()
      }
      const part = partOf(reply, ifRange === etag ? range : undefined, blob.bytes)
      const stream = await media.read(hash, part)
      if (part !== null)
        reply.code(206).header('content-range', `bytes ${part.first}-${part.last}/${blob.bytes}`)
      const length = part === null ? blob.bytes : part.last - part.first + 1
      return describe(reply, blob, etag, clock.now()).header('content-length', length).send(stream)
    },
  })
}

/** Ciphertext under its own hash never changes, and nothing here is to be shown by a browser as it is. */
function describe(reply: FastifyReply, { expiresAt }: FoundBlob, etag: string, now: number): FastifyReply {
  const leftS = Math.max(0, Math.floor((expiresAt - now) / 1000))
  return reply
    .type('application/octet-stream')
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('cache-control', `private, max-age=${leftS}, immutable`)
    .header('content-disposition', 'attachment')
}

function partOf(reply: FastifyReply, range: string | undefined, bytes: number) {
  try {
    return parseRange(range, bytes)
  } catch (error) {
    reply.header('content-range', `bytes */${bytes}`)
    throw error
  }
}

/** Refused in the middle, the rest is left to the HTTP server to read away: a torn socket would lose the answer. */
async function* bytesOf(stream: Readable | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* (stream ?? Readable.from([])).iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw new TetherError('TETHER_ERR_BODY', 'the body ended early', { cause })
  }
}

function lengthOf({ headers }: FastifyRequest): number | null {
  const length = Number(headers['content-length'])
  return Number.isSafeInteger(length) ? length : null
}
