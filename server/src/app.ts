/**
 * The relay's doors: HTTP routes and the two WebSocket endpoints. Builds, never listens. Every HTTP door checks Host
 * and Origin, so that a page elsewhere cannot drive this server through somebody's browser, DNS rebinding included;
 * /ws asks for an allowed Origin instead of a Host (spec 1.1), /phone refuses pages altogether.
 */
import { existsSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastifyWebsocket from '@fastify/websocket'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import Type, { type Static } from 'typebox'
import type { WebSocket } from 'ws'
import { codeOf, TetherError, errors, type ErrorCode } from 'proto/errors'
import { limit, type LimitName } from 'proto/limits'
import type { Link } from 'proto/link'
import { AnswersDue } from './answers-due.ts'
import { assertHttpDoor, assertMediaDoor, assertPhoneDoor, assertSocketDoor } from './doors.ts'
import type { Context, PeerFacts } from './context.ts'
import { entranceOf } from './entrance.ts'
import { assertHandshake, assertRequest } from './handshake.ts'
import type { HttpLogout } from './http-logout.ts'
import { HttpRefusals } from './http-refusals.ts'
import { HttpSockets } from './http-sockets.ts'
import type { Media } from './media.ts'
import { mediaRoutes } from './media-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import { LOGOUT_PATH, logoutRoutes } from './logout-routes.ts'
import { limitRequestTime } from './request-time.ts'
import type { Registration } from './registration.ts'
import type { Relay } from './relay.ts'
import type { RelayView } from './relay-view.ts'
import { addRelayView, assertViewDoor, RELAY_VIEW_PATH } from './relay-view-routes.ts'
import { SendQueues } from './send-queues.ts'
import type { SmsOutbox } from './sms-outbox.ts'
import { CLOSE_MS, socketLink } from './socket.ts'
import { SocketStalls } from './socket-stalls.ts'
import { upgradesInTurn } from './upgrades.ts'

/** Who takes the connections that come in at the two endpoints; each is called in the turn that made the link. */
export interface Acceptors {
  acceptBrowser(link: Link, facts: PeerFacts): void
  acceptPhone(link: Link, facts: PeerFacts): void
}

interface AppParts {
  readonly context: Context
  readonly server: Acceptors
  readonly registration: Registration
  readonly outbox: SmsOutbox
  readonly relay: Relay
  readonly media: Media
  readonly logout: HttpLogout
  /** Null: nobody watches. */
  readonly view: RelayView | null
}

const PhoneNumber = Type.String({ pattern: '^[0-9]{5,15}$' })
const Request = Type.Object({ number: PhoneNumber }, { additionalProperties: false })
const Confirm = Type.Object(
  {
    number: PhoneNumber,
    code: Type.String({ pattern: '^[0-9]{4,8}$' }),
    identityKey: Type.String({ minLength: 44, maxLength: 44 }),
    registrationId: Type.Integer({ minimum: 1, maximum: 16_380 }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
  },
  { additionalProperties: false },
)
const ByNumber = Type.Object({ number: PhoneNumber })

/** Content Security Policy of the browser client: its own files and its own socket, nothing else; framed by the demo at most. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
  "font-src 'self'; connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "

export async function buildApp({
  context,
  server,
  registration,
  outbox,
  relay,
  media,
  logout,
  view,
}: AppParts): Promise<FastifyInstance> {
  const { config, counters, clock, log } = context
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: limit('HTTP_BODY_BYTES'),
    requestTimeout: limit('MEDIA_REQUEST_MS'), // of all other requests: limitRequestTime
    http: {
      headersTimeout: limit('HTTP_REQUEST_MS'),
      connectionsCheckingInterval: limit('HTTP_LOOK_MS'),
      maxHeaderSize: limit('HTTP_HEADER_BYTES') + 1, // Node refuses what is as large
      requireHostHeader: false, // assertRequest
    },
    clientErrorHandler: (error, socket) => refusals.unread(error, socket),
    frameworkErrors: (error, _request, reply) => void answerError(error, reply as unknown as FastifyReply),
    connectionTimeout: limit('HTTP_CONNECTION_MS'),
    forceCloseConnections: true,
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  /** Nobody has taken this socket. What goes wrong on one that was taken comes to its link, `releaseRequest`. */
  function failed(error: Error, socket: WebSocket): void {
    const code = codeOf(error)
    counters.add('errors', code)
    log.error({ err: error }, 'socket not taken')
    socket.on('error', () => undefined)
    socket.terminate()
  }
  app.server.maxHeadersCount = 0 // no header is left out: HTTP_HEADER_BYTES bounds them
  const due = new AnswersDue(app.server)
  const refusals = new HttpRefusals(app.server, due, counters)
  await app.register(fastifyWebsocket, {
    errorHandler: (error, socket) => failed(error, socket),
    options: {
      server: upgradesInTurn(app.server, due),
      ...({ closeTimeout: CLOSE_MS } as object), // not in the types yet
      maxPayload: limit('PHONE_FRAME_BYTES'),
      maxFragments: limit('SOCKET_FRAGMENTS'),
      maxBufferedChunks: limit('SOCKET_CHUNKS'),
      perMessageDeflate: false,
      clientTracking: true,
      autoPong: false, // socket.ts answers, while there is room
      handleProtocols: () => false, // spec 1.1: the server must not select one
    },
  })
  app.websocketServer.on('wsClientError', (_error: Error, socket: Duplex) => refusals.refuse(socket))

  const refuse = (full: LimitName): never => {
    counters.add('limits', full)
    throw new TetherError('TETHER_ERR_LIMIT', full)
  }
  app.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions
    assertRequest(request.raw)
    const wantsSocket = request.ws && request.method === 'GET'
    if (request.ws && !(wantsSocket && isSocketDoor(url))) throw new TetherError('TETHER_ERR_NOT_FOUND')
    if (wantsSocket) {
      reply.header('sec-websocket-version', '13') // for whoever is refused
      assertHandshake(request.raw)
    }
    const { door } = entranceOf(request.socket)
    if (url?.startsWith('/mms/') || url?.startsWith('/pictures/') || url === LOGOUT_PATH)
      assertMediaDoor(request.method, request.headers, config, door)
    else if (url === '/phone') {
      assertPhoneDoor(request.headers, config)
      if (relay.unattached >= limit('PHONE_SOCKETS')) refuse('PHONE_SOCKETS')
    } else if (url === RELAY_VIEW_PATH) assertViewDoor(request, view!, config)
    else if (!isSocketDoor(url)) assertHttpDoor(request.headers, config, door)
    else {
      assertSocketDoor(request.headers, config, door)
      if (relay.unpaired >= limit('BROWSER_SOCKETS')) refuse('BROWSER_SOCKETS')
      const full = relay.unpairedOf.refusal(addressOf(request), clock.now())
      if (full) refuse(full)
    }
    if (isSocketDoor(url) && !request.ws) throw new TetherError('TETHER_ERR_NOT_FOUND')
  })
  limitRequestTime(app, context, refusals)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('content-security-policy', CSP + (view?.origins.join(' ') || "'none'"))
  })
  app.addHook('onResponse', async (request, reply) => {
    log.debug(
      { method: request.method, route: request.routeOptions.url ?? '?', status: reply.statusCode },
      'http',
    )
  })
  function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
    const code = errorCodeOf(error)
    if (!refusals.has(reply.request.raw.socket)) counters.add('errors', code)
    if (error.statusCode === 413) counters.add('limits', 'HTTP_BODY_BYTES')
    if (errors[code].fault === 'local')
      log.error({ err: error, route: reply.request.routeOptions.url }, 'http failed')
    return sendError(reply, code, error)
  }
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply))
  app.setNotFoundHandler((_request, reply) => {
    counters.add('errors', 'TETHER_ERR_NOT_FOUND')
    return sendError(reply, 'TETHER_ERR_NOT_FOUND')
  })

  const after = (delayMs: number, task: () => void): void => void clock.after(delayMs, task)
  const broken = (code: ErrorCode | null, limitName?: LimitName): void => {
    if (code !== null) counters.add('errors', code)
    if (limitName !== undefined) counters.add('limits', limitName)
  }
  const queues = new SendQueues(clock)
  const stalls = new SocketStalls(clock, app.websocketServer.clients)
  app.addHook('onClose', async () => stalls.stop())
  const http = new HttpSockets(app.server, counters)
  const linkOf = (socket: WebSocket, request: FastifyRequest): Link => {
    http.upgraded(request.raw.socket)
    stalls.opened()
    return socketLink(socket, { after, broken, sent: (queued) => queues.sent(socket, queued) })
  }
  for (const url of ['/ws', '/ws/*']) {
    app.get(url, { websocket: true, preHandler: releaseResponse }, (socket, request) => {
      releaseRequest(socket)
      server.acceptBrowser(linkOf(socket, request), factsOf(request))
    })
  }
  app.get('/phone', { websocket: true, preHandler: releaseResponse }, (socket, request) => {
    releaseRequest(socket)
    server.acceptPhone(linkOf(socket, request), factsOf(request))
  })

  app.post<{ Body: Static<typeof Request> }>(
    '/v1/register',
    { schema: { body: Request } },
    async (request, reply) => {
      reply.code(202)
      return registration.request(request.body.number)
    },
  )
  app.post<{ Body: Static<typeof Confirm> }>(
    '/v1/register/confirm',
    { schema: { body: Confirm } },
    async (request, reply) => {
      reply.code(201)
      return registration.confirm(request.body)
    },
  )
  if (config.smsOutbox) {
    app.get<{ Params: Static<typeof ByNumber> }>(
      '/sim/sms/:number',
      { schema: { params: ByNumber } },
      (request) => Promise.resolve(outbox.list(request.params.number)),
    )
  }

  if (view) addRelayView(app, view, context)
  await app.register(mediaRoutes, { context, media })
  await app.register(pictureRoutes, context)
  await app.register(logoutRoutes, { logout })

  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await context.stores.check(clock.now())
      return { status: 'ready' }
    } catch {
      reply.code(503)
      return { status: 'not ready', reason: 'commits do not reach the disk' }
    }
  })
  app.get('/metrics', async (_request, reply) => {
    reply.type(counters.registry.contentType)
    return counters.registry.metrics()
  })

  const page = fileURLToPath(new URL('../../../web-client/dist/page', import.meta.url))
  if (existsSync(page))
    await app.register(fastifyStatic, { root: page, index: 'index.html', wildcard: false })
  await app.ready()
  return app
}

/**
 * An open WebSocket must not keep the request that it came from: that is as much memory as all the rest of it. Two things
 * hold on to it, the response, which is not needed once no door has refused, and the plugin's own listener.
 */
async function releaseResponse(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.ws && reply.raw.socket) reply.raw.detachSocket(reply.raw.socket)
}

/** The other one; errors of the socket are heard by its link, which is made in the same turn. */
function releaseRequest(socket: WebSocket): void {
  socket.removeAllListeners('error')
}

function isSocketDoor(url: string | undefined): boolean {
  return url === '/ws' || url === '/ws/*' || url === '/phone'
}

function factsOf(request: FastifyRequest): PeerFacts {
  const { door, reached } = entranceOf(request.socket)
  return {
    address: addressOf(request),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    door,
    ...(reached !== null && { reached }),
  }
}

/** Of the far end; empty for a socket that is gone already, and for requests that were injected. */
function addressOf(request: FastifyRequest): string {
  return request.ip ?? ''
}

/** Fastify's own errors in our words. */
function errorCodeOf(error: FastifyError): ErrorCode {
  if (error instanceof TetherError) return error.code
  if (error.statusCode === 413) return 'TETHER_ERR_TOO_LARGE'
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return 'TETHER_ERR_BODY'
  return 'TETHER_ERR_INTERNAL'
}

function sendError(reply: FastifyReply, code: ErrorCode, error?: Error): FastifyReply {
  const own = new TetherError(code)
  const message = error instanceof TetherError || code === 'TETHER_ERR_BODY' ? error?.message : undefined
  const status = own.row.status ?? (own.row.fault === 'remote' ? 400 : 500)
  return reply.code(status).send({ code, message: message ?? own.message })
}
