/** The part of the phones' HTTP side that is about broadcast lists and stories; both are written to as chats are, files too. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limit } from 'proto/limits'
import Type, { type Static } from 'typebox'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<B = unknown> = FastifyRequest<{ Params: { number: string }; Body: B }>

const NewList = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    people: Type.Array(Type.String({ maxLength: 64 }), {
      minItems: 1,
      description: `numbers or JIDs, at most ${limit('LIST_RECIPIENTS')} people`,
    }),
  },
  { additionalProperties: false },
)
const ListBody = Type.Object({
  jid: Type.String({ description: 'where messages to the list are sent' }),
  name: Type.String(),
  recipients: Type.Array(Type.String(), { description: 'numbers' }),
})
const NewStory = Type.Object({ text: api.SendBody.properties.text }, { additionalProperties: false })
const StoryBody = Type.Object({
  jid: Type.String({ description: 'who told them' }),
  name: Type.String(),
  stories: Type.Array(api.MessageBody, { description: 'oldest first' }),
})

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addListRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.get(
    '/phones/:number/lists',
    describe('broadcast lists, last used first', { params: api.ByNumber, answer: list(ListBody) }),
    ({ params }: Call) => the(params.number).lists.all(),
  )
  app.post(
    '/phones/:number/lists',
    describe('makes a broadcast list; messages to its jid reach each of its people alone', {
      params: api.ByNumber,
      body: NewList,
      answer: ListBody,
    }),
    ({ params, body }: Call<Static<typeof NewList>>) =>
      the(params.number).lists.create(body.name, body.people),
  )
  app.get(
    '/phones/:number/stories',
    describe('stories of the last day by who told them, whoever told last comes last', {
      params: api.ByNumber,
      answer: list(StoryBody),
    }),
    ({ params }: Call) => the(params.number).lists.stories(),
  )
  app.post(
    '/phones/:number/stories',
    describe('shows a text to everybody in the address book, for a day; a file is sent to status@broadcast', {
      params: api.ByNumber,
      body: NewStory,
      answer: api.SentBody,
    }),
    ({ params, body }: Call<Static<typeof NewStory>>) =>
      the(params.number).lists.tell({ conversation: body.text }),
  )
}
