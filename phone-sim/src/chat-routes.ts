/** The part of the phones' HTTP side that is about chats and what is written in them by hand. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<P = { number: string }, B = unknown> = FastifyRequest<{
  Params: P
  Body: B
  Querystring: { limit?: string }
}>

const MESSAGES_PER_PAGE = 100

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addChatRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.get(
    '/phones/:number/chats',
    describe('chats, newest first', { params: api.ByNumber, answer: list(api.ChatBody) }),
    ({ params }: Call) => the(params.number).chats(),
  )
  app.get(
    '/phones/:number/contacts',
    describe('the address book, in the order of the names', {
      params: api.ByNumber,
      answer: list(api.ContactBody),
    }),
    ({ params }: Call) => the(params.number).contacts(),
  )
  app.get(
    '/phones/:number/chats/:jid/messages',
    describe('the newest messages of a chat, oldest first; limit is 100 when absent', {
      params: api.ByChat,
      querystring: api.Limit,
      answer: list(api.MessageBody),
    }),
    ({ params, query }: Call<{ number: string; jid: string }>) =>
      the(params.number).messages(params.jid, Number(query.limit ?? MESSAGES_PER_PAGE)),
  )
  app.post(
    '/phones/:number/chats/:jid/read',
    describe('reads a chat on the phone: its writer gets receipts', {
      params: api.ByChat,
      answer: api.Nothing,
    }),
    async ({ params }: Call<{ number: string; jid: string }>) => {
      await the(params.number).markRead(params.jid)
      return {}
    },
  )
  app.post(
    '/phones/:number/messages',
    describe('sends a text, as if typed on the phone', {
      params: api.ByNumber,
      body: api.SendBody,
      answer: api.SentBody,
    }),
    ({ params, body }: Call<{ number: string }, api.SendBody>) =>
      the(params.number).sendText(body.to, body.text),
  )
}
