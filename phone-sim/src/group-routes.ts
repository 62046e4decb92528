/** The part of the phones' HTTP side that is about groups; writing to one is the ordinary POST of messages. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GroupChange, GroupFacts, MemberResults, Subject } from 'proto/group'
import { limit } from 'proto/limits'
import Type, { type Static } from 'typebox'
import * as api from './api.ts'
import type { Phone } from './phone.ts'
import { describe, list } from './route-schema.ts'

type Call<P = { number: string }, B = unknown> = FastifyRequest<{ Params: P; Body: B }>
type ByGroup = Static<typeof ByGroup>

const ByGroup = Type.Object({ number: Type.String({ maxLength: 32 }), jid: Type.String({ maxLength: 64 }) })
const NewGroup = Type.Object(
  {
    subject: Subject,
    members: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: limit('GROUP_MEMBERS'),
      description: 'numbers of the others',
    }),
  },
  { additionalProperties: false },
)
const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }) })
const { jid, subject, owner, restrict, announce, ephemeral, members } = GroupFacts.properties
const GroupBody = Type.Object({
  ...{ jid, subject, owner, restrict, announce, ephemeral, members },
  description: Type.Union([Type.String(), Type.Null()]),
  isMember: Type.Boolean({ description: 'false when this phone has left, or was removed' }),
})
const Changed = Type.Object({ group: GroupBody, results: MemberResults })

/** `the` gives the phone of a number, or throws TETHER_ERR_NOT_FOUND. */
export function addGroupRoutes(app: FastifyInstance, the: (number: string) => Phone): void {
  app.get(
    '/phones/:number/groups',
    describe('groups this phone knows, left ones too', { params: api.ByNumber, answer: list(GroupBody) }),
    ({ params }: Call) => the(params.number).groups.list(),
  )
  app.post(
    '/phones/:number/groups',
    describe('makes a group; results has a code for each member: 200, 403 no room, 404 unknown', {
      params: api.ByNumber,
      body: NewGroup,
      answer: Changed,
    }),
    ({ params, body }: Call<{ number: string }, Static<typeof NewGroup>>) =>
      the(params.number).groups.create(body.subject, body.members),
  )
  app.patch(
    '/phones/:number/groups/:jid',
    describe('changes a group as far as the rights of this phone go', {
      params: ByGroup,
      body: GroupChange,
      answer: Changed,
    }),
    ({ params, body }: Call<ByGroup, GroupChange>) => the(params.number).groups.change(params.jid, body),
  )
  app.delete(
    '/phones/:number/groups/:jid',
    describe('leaves a group', { params: ByGroup, answer: api.Nothing }),
    async ({ params }: Call<ByGroup>) => {
      await the(params.number).groups.leave(params.jid)
      return {}
    },
  )
  app.get(
    '/phones/:number/groups/:jid/invitation',
    describe('the code of the invitation, for admins', { params: ByGroup, answer: Code }),
    async ({ params }: Call<ByGroup>) => ({ code: await the(params.number).groups.inviteCode(params.jid) }),
  )
  app.delete(
    '/phones/:number/groups/:jid/invitation',
    describe('makes the old code invalid; the new one', { params: ByGroup, answer: Code }),
    async ({ params }: Call<ByGroup>) => ({
      code: await the(params.number).groups.inviteCode(params.jid, true),
    }),
  )
  app.post(
    '/phones/:number/groups/join',
    describe('joins a group by the code of an invitation', {
      params: api.ByNumber,
      body: Code,
      answer: GroupBody,
    }),
    ({ params, body }: Call<{ number: string }, Static<typeof Code>>) =>
      the(params.number).groups.join(body.code),
  )
}
