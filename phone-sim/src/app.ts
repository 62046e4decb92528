/**
 * The HTTP side of the phones program (design 7): used by its page, by tests and by scripts. Knows phones and their
 * views, no keys. Every route refuses foreign Hosts and Origins, so that a page elsewhere cannot use a phone
 * through the browser of the person at this machine.
 */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Clock } from 'proto/clock'
import { checkHost, checkOrigin } from 'proto/doors'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import * as api from './api.ts'
import { streamEvents } from './event-stream.ts'
import { addCallRoutes } from './call-routes.ts'
import { addChatRoutes } from './chat-routes.ts'
import { addCompanionRoutes } from './companion-routes.ts'
import { addDemoRoutes } from './demo-routes.ts'
import { addGroupRoutes } from './group-routes.ts'
import { addListRoutes } from './list-routes.ts'
import type { Log } from './log.ts'
import { mediaRoutes } from './media-routes.ts'
import { metricsRegistry, statusClassOf, watchPhones } from './metrics.ts'
import { type PageOptions, pageRoutes } from './page-routes.ts'
import type { Phone } from './phone.ts'
import type { Phones } from './phones.ts'
import { addProfileRoutes } from './profile-routes.ts'
import { addRecordRoutes } from './record-routes.ts'
import { refusalOf } from './refusals.ts'
import { describe, list } from './route-schema.ts'

export interface AppOptions {
  readonly phones: Pick<Phones, 'list' | 'find' | 'create' | 'subscribe' | 'meters'>
  readonly clock: Clock
  /** Host names this program answers to, besides addresses and localhost. */
  readonly allowedHosts: readonly string[]
  readonly log?: Log
  /** Absent: this program shows no pages. */
  readonly page?: PageOptions
}

type Call<P = { number: string }, B = unknown> = FastifyRequest<{ Params: P; Body: B }>

/** Builds the app; the caller listens. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: limit('HTTP_BODY_BYTES'),
    requestTimeout: limit('HTTP_REQUEST_MS'),
    connectionTimeout: 0, // event streams stay open; requestTimeout covers the request itself
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    frameworkErrors: (error, _request, reply) => void refuse(reply, error),
  })
  const { meters } = options.phones
  const registry = metricsRegistry(meters)
  watchPhones(meters, () => options.phones.list())

  function refuse(reply: FastifyReply, error: unknown): FastifyReply {
    const { status, body } = refusalOf(error)
    meters.add('errors', body.code)
    if (status >= 500) options.log?.error({ code: body.code, name: (error as Error).name }, 'request failed')
    return reply.code(status).type('application/json').send(JSON.stringify(body))
  }

  app.removeContentTypeParser('text/plain') // a page elsewhere may send it without asking first
  app.setErrorHandler((error, _request, reply) => refuse(reply, error))
  app.setNotFoundHandler((_request, reply) => refuse(reply, new TetherError('TETHER_ERR_NOT_FOUND')))
  app.addHook('onRequest', async ({ headers }) => {
    checkHost(headers.host, options.allowedHosts)
    checkOrigin(headers.origin, {
      allowed: [`http://${headers.host}`, `https://${headers.host}`],
      required: false,
    })
  })
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
  })

  app.addHook('onResponse', async (_request, reply) => {
    const status = statusClassOf(reply.statusCode)
    if (status) meters.add('requests', status)
  })

  await app.register(swagger, {
    openapi: { info: { title: 'Tether phones', description: 'Simulated primary phones', version: '1' } },
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  app.get('/healthz', describe('whether the program runs', { answer: api.HealthBody }), () => ({
    ok: true,
    phones: options.phones.list().length,
    refused: meters.counts('errors'),
  }))
  app.get(
    '/metrics',
    { schema: { summary: 'numbers for operators (Prometheus)' } },
    async (_request, reply) => {
      reply.type(registry.contentType)
      return registry.metrics()
    },
  )
  addPhoneRoutes(app, options)
  if (options.page) await pageRoutes(app, options.page)
  if (options.page?.reset) addDemoRoutes(app, options.clock, options.page.reset)
  await app.register(mediaRoutes, { find: (number: string) => phoneOf(options.phones, number) })
  return app
}

function phoneOf(phones: AppOptions['phones'], number: string): Phone {
  const phone = phones.find(number)
  if (!phone) throw new TetherError('TETHER_ERR_NOT_FOUND', 'no such phone here')
  return phone
}

function addPhoneRoutes(app: FastifyInstance, { phones, clock }: AppOptions): void {
  const the = (number: string) => phoneOf(phones, number)

  app.get('/phones', describe('all phones', { answer: list(api.PhoneBody) }), () =>
    phones.list().map((phone) => phone.status()),
  )
  app.post(
    '/phones',
    describe('makes a phone and registers its number; a number that is here already gives its phone', {
      body: api.NewPhone,
      answer: api.PhoneBody,
    }),
    async ({ body }: Call<unknown, api.NewPhone>) => (await phones.create(body.number, body.name)).status(),
  )
  app.post(
    '/phones/:number/scan',
    describe('scans a QR code; without consent the answer waits for a person at the phone', {
      params: api.ByNumber,
      body: api.ScanBody,
      answer: api.CompanionBody,
    }),
    ({ params, body }: Call<{ number: string }, api.ScanBody>) =>
      the(params.number).scan(body.qr, body.consent),
  )
  app.get(
    '/phones/:number/scans',
    describe('scans that wait for a person', { params: api.ByNumber, answer: list(api.ScanView) }),
    ({ params }: Call) => the(params.number).pendingScans(),
  )
  app.post(
    '/phones/:number/scans/:id',
    describe('what the person decides', {
      params: api.ByScan,
      body: api.ConsentBody,
      answer: api.CompanionBody,
    }),
    ({ params, body }: Call<{ number: string; id: string }, api.ConsentBody>) =>
      the(params.number).decide(params.id, body),
  )
  app.patch(
    '/phones/:number/device',
    describe('network, battery and app state', {
      params: api.ByNumber,
      body: api.DevicePatch,
      answer: api.PhoneBody,
    }),
    ({ params, body }: Call<{ number: string }, api.DevicePatch>) => {
      const phone = the(params.number)
      phone.setDevice(body)
      return phone.status()
    },
  )
  app.get(
    '/phones/:number/events',
    { schema: { summary: 'server-sent events, one JSON object in each data line', params: api.ByNumber } },
    ({ params }: Call, reply) => {
      const phone = the(params.number)
      reply.hijack()
      streamEvents(reply.raw, clock, (listener) => phone.subscribe(listener))
    },
  )
  app.get(
    '/events',
    { schema: { summary: 'server-sent events of all phones; each names its number' } },
    (_request, reply) => {
      reply.hijack()
      streamEvents(reply.raw, clock, (listener) => phones.subscribe(listener))
    },
  )
  addCompanionRoutes(app, the)
  addChatRoutes(app, the)
  addRecordRoutes(app, the)
  addProfileRoutes(app, the)
  addGroupRoutes(app, the)
  addCallRoutes(app, the)
  addListRoutes(app, the)
}
