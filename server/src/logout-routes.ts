/** The door of the log-out over HTTP (spec 8.1): a form of two fields. */
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import type { HttpLogout } from './http-logout.ts'

export const LOGOUT_PATH = '/logout'

/** `t` is the browserToken, `m` base64 of HMAC-SHA256(macKey, encKey). */
const Form = Type.Object({
  t: Type.String({ minLength: 1, maxLength: 128 }),
  m: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
})

export async function logoutRoutes(
  app: FastifyInstance,
  { logout }: { readonly logout: HttpLogout },
): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  app.post<{ Body: Static<typeof Form> }>(LOGOUT_PATH, { schema: { body: Form } }, async (request) => {
    const { t, m } = request.body
    await logout.end({ browserToken: t, proof: m, address: request.ip })
    return { status: 200 }
  })
}
