/** The part of the phones' HTTP side that is about the person: profile, picture, block list, presence. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limit } from 'proto/limits'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<P = { number: string }, B = unknown> = FastifyRequest<{ Params: P; Body: B }>

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addProfileRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.patch(
    '/phones/:number/profile',
    describe('name and about text; an empty about text removes it', {
      params: api.ByNumber,
      body: api.ProfilePatch,
      answer: api.PhoneBody,
    }),
    async ({ params, body: { name, about } }: Call<{ number: string }, api.ProfilePatch>) => {
      const phone = the(params.number)
      if (about !== undefined) await phone.profile.setAbout(about)
      if (name !== undefined) await phone.profile.setName(name)
      return phone.status()
    },
  )
  const pictureOptions = describe('the picture that others see: a JPEG', {
    params: api.ByNumber,
    answer: api.PictureAnswer,
  })
  const body = { content: { 'image/jpeg': { schema: { description: 'the bytes of a JPEG' } } } }
  app.put(
    '/phones/:number/picture',
    { bodyLimit: limit('PICTURE_BYTES'), schema: { ...pictureOptions.schema, body } },
    ({ params, body: image }: Call<{ number: string }, Buffer>) =>
      the(params.number).profile.setPicture({ image: new Uint8Array(image) }),
  )
  app.delete(
    '/phones/:number/picture',
    describe('removes the picture', { params: api.ByNumber, answer: api.Nothing }),
    async ({ params }: Call) => {
      await the(params.number).profile.removePicture()
      return {}
    },
  )
  app.get(
    '/phones/:number/blocks',
    describe('blocked numbers', { params: api.ByNumber, answer: list(api.BlockBody) }),
    ({ params }: Call) => blocks(the(params.number)),
  )
  app.post(
    '/phones/:number/blocks',
    describe('blocks a number; the whole list', {
      params: api.ByNumber,
      body: api.BlockBody,
      answer: list(api.BlockBody),
    }),
    async ({ params, body: { number } }: Call<{ number: string }, api.BlockBody>) => {
      const phone = the(params.number)
      await phone.profile.block(number)
      return blocks(phone)
    },
  )
  app.delete(
    '/phones/:number/blocks/:other',
    describe('unblocks a number; the whole list', { params: api.ByOther, answer: list(api.BlockBody) }),
    async ({ params }: Call<{ number: string; other: string }>) => {
      const phone = the(params.number)
      await phone.profile.unblock(params.other)
      return blocks(phone)
    },
  )
  app.post(
    '/phones/:number/presence',
    describe('the person at the phone is there, has gone, or types in a chat', {
      params: api.ByNumber,
      body: api.PresenceBody,
      answer: api.Nothing,
    }),
    async ({ params, body: { state, to } }: Call<{ number: string }, api.PresenceBody>) => {
      await the(params.number).profile.showPresence(state, to)
      return {}
    },
  )
}

function blocks(phone: Phone): { number: string }[] {
  return phone.profile.blocked().map((number) => ({ number }))
}
