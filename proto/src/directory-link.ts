/**
 * The part of the phone link that concerns the server's directory: profiles, pictures, block lists, groups, and the
 * right to upload media. The server keeps and reads all of it, as in the legacy design; it is no content of messages.
 */
import Type, { type TSchema } from 'typebox'
import { GroupChange, GroupFacts, GroupJid, MemberResults, Subject } from './group.ts'

const Id = Type.Integer({ minimum: 1 })
const Number_ = Type.String({ pattern: '^[0-9]{5,15}$', description: 'digits with country code' })
const Numbers = Type.Array(Number_, { maxItems: 10_000 })
const Text = (maxLength: number) => Type.String({ maxLength })
const Image = Type.String({ description: 'base64 of a JPEG', maxLength: 349_528 })
/** A person by number, or a group. */
const Whose = Type.Union([Number_, GroupJid])

interface Row {
  readonly from: 'phone' | 'server'
  readonly about: string
  readonly body: TSchema
  readonly reply?: TSchema
}

// prettier-ignore
export const directoryLinkMessages = {
  about:          { from: 'phone', about: 'sets the about text of the account', body: Type.Object({ id: Id, text: Text(1024) }), reply: Type.Object({}) },
  picture:        { from: 'phone', about: 'sets the picture of the account or of a group, without `image` removes it',
                    body: Type.Object({ id: Id, of: Whose, image: Type.Optional(Image), preview: Type.Optional(Image) }),
                    reply: Type.Object({ tag: Text(64), path: Text(256) }) },
  block:          { from: 'phone', about: 'blocks or unblocks numbers; answers the whole list', body: Type.Object({ id: Id, add: Type.Boolean(), numbers: Numbers }), reply: Type.Object({ blocked: Numbers }) },
  roster:         { from: 'phone', about: 'the numbers in the address book: whose changes of profile the phone is told. Replaces the list', body: Type.Object({ numbers: Numbers }) },
  profileChanged: { from: 'server', about: 'somebody of the roster, or a group, has another picture or about text', body: Type.Object({ of: Whose, tag: Type.Optional(Text(64)), text: Type.Optional(Text(1024)) }) },
  mediaAuth:      { from: 'phone', about: 'the right to upload media over HTTP', body: Type.Object({ id: Id }), reply: Type.Object({ auth: Text(512), ttlS: Id }) },

  groupCreate:    { from: 'phone', about: 'makes a group; every member gets a notice by mail', body: Type.Object({ id: Id, subject: Subject, members: Type.Array(Number_, { maxItems: 257 }) }),
                    reply: Type.Object({ group: GroupFacts, results: MemberResults }) },
  groupChange:    { from: 'phone', about: 'changes a group as far as the rights of the account go; every member gets a notice by mail', body: Type.Object({ id: Id, group: GroupJid, change: GroupChange }),
                    reply: Type.Object({ group: GroupFacts, results: MemberResults }) },
  groupFacts:     { from: 'phone', about: 'a group as it is now, for its members', body: Type.Object({ id: Id, group: GroupJid }), reply: GroupFacts },
  groupJoin:      { from: 'phone', about: 'joins a group by its invitation code', body: Type.Object({ id: Id, code: Text(64) }), reply: GroupFacts },
  groupInvite:    { from: 'phone', about: 'the invitation code; `reset` makes the old one invalid first', body: Type.Object({ id: Id, group: GroupJid, reset: Type.Boolean() }), reply: Type.Object({ code: Text(64) }) },
} as const satisfies Record<string, Row>
