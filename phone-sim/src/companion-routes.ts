/** The part of the phones' HTTP side that is about linked browsers, and what a person reconsiders about them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<P = { number: string }, B = unknown> = FastifyRequest<{ Params: P; Body: B }>

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addCompanionRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.get(
    '/phones/:number/companions',
    describe('linked browsers', { params: api.ByNumber, answer: list(api.CompanionBody) }),
    ({ params }: Call) => the(params.number).companions(),
  )
  app.patch(
    '/phones/:number/companions/:id',
    describe('renames or pauses a browser, or changes what it may see and until when; effective at once', {
      params: api.ByCompanion,
      body: api.CompanionPatch,
      answer: api.CompanionBody,
    }),
    ({ params, body }: Call<{ number: string; id: string }, api.CompanionPatch>) =>
      the(params.number).changeCompanion(params.id, body),
  )
  app.delete(
    '/phones/:number/companions/:id',
    describe('unpairs a browser', { params: api.ByCompanion, answer: api.Nothing }),
    async ({ params }: Call<{ number: string; id: string }>) => {
      await the(params.number).unpair(params.id)
      return {}
    },
  )
  app.delete(
    '/phones/:number/companions',
    describe('unpairs all browsers', { params: api.ByNumber, answer: api.Nothing }),
    async ({ params }: Call) => {
      await the(params.number).unpairAll()
      return {}
    },
  )
}
