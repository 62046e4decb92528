/** The part of the phones' HTTP side that is about calls. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe } from './route-schema.ts'

const ByCall = Type.Object({ number: Type.String({ maxLength: 32 }), id: Type.String({ maxLength: 64 }) })
const Offer = Type.Object(
  { to: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
)

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addCallRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.post(
    '/phones/:number/calls',
    describe('lets another phone ring', { params: api.ByNumber, body: Offer, answer: api.SentBody }),
    ({ params, body }: FastifyRequest<{ Params: { number: string }; Body: Static<typeof Offer> }>) =>
      the(params.number).calls.call(body.to),
  )
  app.post(
    '/phones/:number/calls/:id/answer',
    describe('takes a call that rings here', { params: ByCall, answer: api.Nothing }),
    async ({ params }: FastifyRequest<{ Params: Static<typeof ByCall> }>) => {
      await the(params.number).calls.answer(params.id)
      return {}
    },
  )
  app.delete(
    '/phones/:number/calls/:id',
    describe('hangs up, or declines a call that rings here', { params: ByCall, answer: api.Nothing }),
    async ({ params }: FastifyRequest<{ Params: Static<typeof ByCall> }>) => {
      await the(params.number).calls.end(params.id)
      return {}
    },
  )
}
