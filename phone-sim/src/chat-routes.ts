/** The part of the phones' HTTP side that is about chats and what is written in them by hand. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<P = { number: string }, B = unknown> = FastifyRequest<{
  Params: P
  Body: B
  Querystring: { limit?: string; keepStarred?: string; fromMe?: string }
}>

type ByChat = { number: string; jid: string }

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
    ({ params, query }: Call<ByChat>) =>
      the(params.number).messages(params.jid, Number(query.limit ?? MESSAGES_PER_PAGE)),
  )
  app.post(
    '/phones/:number/chats/:jid/read',
    describe('reads a chat on the phone: its writer gets receipts', {
      params: api.ByChat,
      answer: api.Nothing,
    }),
    async ({ params }: Call<ByChat>) => {
      await the(params.number).markRead(params.jid)
      return {}
    },
  )
  app.patch(
    '/phones/:number/chats/:jid',
    describe('archives, pins, mutes a chat, marks it unread or reads it; browsers are told', {
      params: api.ByChat,
      body: api.ChatPatch,
      answer: api.ChatBody,
    }),
    ({ params, body }: Call<ByChat, api.ChatPatch>) => the(params.number).tidying.change(params.jid, body),
  )
  app.delete(
    '/phones/:number/chats/:jid',
    describe('deletes a chat with its messages, on this phone only', {
      params: api.ByChat,
      answer: api.Nothing,
    }),
    async ({ params }: Call<ByChat>) => {
      await the(params.number).tidying.delete(params.jid)
      return {}
    },
  )
  app.delete(
    '/phones/:number/chats/:jid/messages',
    describe('deletes the messages of a chat, on this phone only', {
      params: api.ByChat,
      querystring: api.KeepStarred,
      answer: api.Nothing,
    }),
    async ({ params, query }: Call<ByChat>) => {
      await the(params.number).tidying.clear(params.jid, { keepStarred: query.keepStarred === 'true' })
      return {}
    },
  )
  app.put(
    '/phones/:number/chats/:jid/timer',
    describe('sets the disappearing timer of a chat', {
      params: api.ByChat,
      body: api.TimerBody,
      answer: api.Nothing,
    }),
    async ({ params, body }: Call<ByChat, api.TimerBody>) => {
      await the(params.number).tidying.setTimer(params.jid, body.seconds)
      return {}
    },
  )
  app.post(
    '/phones/:number/contacts',
    describe('puts somebody into the address book, or renames', {
      params: api.ByNumber,
      body: api.NewContact,
      answer: api.Nothing,
    }),
    async ({ params, body }: Call<{ number: string }, api.NewContact>) => {
      await the(params.number).addContact(body)
      return {}
    },
  )
  app.delete(
    '/phones/:number/contacts/:other',
    describe('takes somebody out of the address book', { params: api.ByOther, answer: api.Nothing }),
    async ({ params }: Call<{ number: string; other: string }>) => {
      await the(params.number).removeContact(params.other)
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
  addMessageRoutes(app, the)
}

type ByMessage = ByChat & { id: string }

/** What is done to one message; `fromMe` tells own ones from others of the same id. */
function addMessageRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  const nameOf = ({ params, query }: Call<ByMessage>) => ({
    id: params.id,
    fromMe: query.fromMe === 'true',
  })
  const byMessage = { params: api.ByMessage, querystring: api.FromMe, answer: api.Nothing }
  app.patch(
    '/phones/:number/chats/:jid/messages/:id',
    describe('stars a message, or takes the star away', { ...byMessage, body: api.StarBody }),
    async (request: Call<ByMessage, api.StarBody>) => {
      const { params, body } = request
      await the(params.number).tidying.star(params.jid, nameOf(request), body.starred)
      return {}
    },
  )
  app.delete(
    '/phones/:number/chats/:jid/messages/:id',
    describe('deletes a message, on this phone only', byMessage),
    async (request: Call<ByMessage>) => {
      const { params } = request
      await the(params.number).tidying.deleteMessage(params.jid, nameOf(request))
      return {}
    },
  )
  app.post(
    '/phones/:number/chats/:jid/messages/:id/revoke',
    describe('takes an own message back, for everybody', { params: api.ByMessage, answer: api.SentBody }),
    ({ params }: Call<ByMessage>) => the(params.number).revoke(params.jid, params.id),
  )
}
