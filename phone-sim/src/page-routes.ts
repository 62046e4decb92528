/**
 * The pages of the phones: their screens at `/`, the demo at `/demo`, and what a page has to know to begin. Pages are
 * their own files and nothing else; only the demo may show the browser client beside the phones and hear the relay.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface PageOptions {
  /** Where the browser client is. */
  readonly browserUrl: string
  /** Puts Alice and Bob back to where they started; absent: they are not here, and so is no demo. */
  readonly reset?: () => Promise<void>
}

const FOLDER = fileURLToPath(new URL('../../dist/page', import.meta.url))
const LOOPBACK = ['localhost', '127.0.0.1']

export async function pageRoutes(app: FastifyInstance, { browserUrl, reset }: PageOptions): Promise<void> {
  const origins = originsOf(browserUrl).join(' ')
  const screens = policy("connect-src 'self'")
  const demo = policy(`connect-src 'self' ${origins}; frame-src ${origins}`)
  app.get('/page.json', { schema: { hide: true } }, () => ({ browserUrl, hasCast: reset !== undefined }))
  if (!existsSync(FOLDER)) return
  await app.register(fastifyStatic, { root: FOLDER, index: false, wildcard: false, globIgnore: ['*.html'] })
  const page = (reply: FastifyReply, csp: string) =>
    reply
      .header('content-security-policy', csp)
      .header('referrer-policy', 'no-referrer')
      .sendFile('index.html')
  app.get('/', { schema: { hide: true } }, (_request, reply) => page(reply, screens))
  if (!reset) return
  app.get('/demo', { schema: { hide: true } }, (_request, reply) => page(reply, demo))
}

function policy(more: string): string {
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
    `font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ${more}`
  )
}

/** This machine has two names; the page is opened under one of them and looks for the client under the same. */
export function originsOf(address: string): string[] {
  const { protocol, hostname, port } = new URL(address)
  const names = LOOPBACK.includes(hostname) ? LOOPBACK : [hostname]
  return names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
}
