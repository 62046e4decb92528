/**
 * The part of the phone link that concerns the server's directory: profiles, pictures, block lists, groups, and the
 * right to upload media. The server keeps and reads all of it, as in the legacy design; it is no content of messages.
 */
import Type, { type TSchema } from 'typebox'
import { GroupChange, GroupFacts, GroupJid, MemberResults, Subject } from './group.ts'
import { limit } from './limits.ts'

const Id = Type.Integer({ minimum: 1 })
/** A browser's connection, as the server numbers it. */
const Connection = Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 })
const Number_ = Type.String({ pattern: '^[0-9]{5,15}$', description: 'digits with country code' })
const Numbers = Type.Array(Number_, { maxItems: limit('ROSTER_NUMBERS') })
const Text = (maxLength: number) => Type.String({ maxLength })
const Image = Type.String({ description: 'base64 of a JPEG', maxLength: 349_528 })
const Revision = Type.Integer({ minimum: 0, description: 'counts the changes of all pictures' })
const Tag = Type.String({ maxLength: 64, description: 'of a picture; "removed" when it is gone' })
/** The browser that asked for the change: it has its answer and is not told again, and addresses are such as it can reach. */
const By = Type.Optional(Type.Integer({ minimum: 1, description: 'connection' }))
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
  about:          { from: 'phone', about: 'sets the about text of the account; an empty one removes it', body: Type.Object({ id: Id, text: Text(limit('ABOUT_CHARS')), by: By }), reply: Type.Object({}) },
  picture:        { from: 'phone', about: 'sets the picture of the account or of a group, without `image` removes it; url is null then',
                    body: Type.Object({ id: Id, of: Whose, image: Type.Optional(Image), preview: Type.Optional(Image), by: By }),
                    reply: Type.Object({ tag: Tag, url: Type.Union([Text(2048), Type.Null()]) }) },
  business:       { from: 'phone', about: 'replaces the business profile of the account', body: Type.Object({ id: Id, profile: Type.Record(Type.String(), Type.Unknown()) }), reply: Type.Object({}) },
  block:          { from: 'phone', about: 'blocks or unblocks numbers; answers the whole list', body: Type.Object({ id: Id, add: Type.Boolean(), numbers: Numbers }), reply: Type.Object({ blocked: Numbers }) },
  roster:         { from: 'phone', about: 'the numbers in the address book: whose changes of profile the phone is told. Replaces the list; answers the changes since the revision that the phone knows',
                    body: Type.Object({ id: Id, numbers: Numbers, since: Revision }),
                    reply: Type.Object({ changes: Type.Array(Type.Object({ of: Whose, tag: Tag })), revision: Revision }) },
  profileChanged: { from: 'server', about: 'somebody of the roster, or a group, has another picture', body: Type.Object({ of: Whose, tag: Tag, revision: Revision }) },
  mediaAuth:      { from: 'phone', about: 'the right to upload media over HTTP', body: Type.Object({ id: Id }), reply: Type.Object({ auth: Text(512), ttlS: Id }) },

  groupCreate:    { from: 'phone', about: 'makes a group; every member gets a notice by mail; by: the browser that asks, else the phone itself', body: Type.Object({ id: Id, subject: Subject, members: Type.Array(Number_, { maxItems: limit('GROUP_MEMBERS') }), by: Type.Optional(Connection) }),
                    reply: Type.Object({ group: GroupFacts, results: MemberResults }) },
  groupChange:    { from: 'phone', about: 'changes a group as far as the rights of the account go; every member gets a notice by mail', body: Type.Object({ id: Id, group: GroupJid, change: GroupChange, by: Type.Optional(Connection) }),
                    reply: Type.Object({ group: GroupFacts, results: MemberResults }) },
  groupFacts:     { from: 'phone', about: 'a group as it is now, for its members', body: Type.Object({ id: Id, group: GroupJid }), reply: GroupFacts },
  groupJoin:      { from: 'phone', about: 'joins a group by its invitation code', body: Type.Object({ id: Id, code: Text(64), by: Type.Optional(Connection) }), reply: GroupFacts },
  groupInvite:    { from: 'phone', about: 'the invitation code; `reset` makes the old one invalid first', body: Type.Object({ id: Id, group: GroupJid, reset: Type.Boolean() }), reply: Type.Object({ code: Text(64) }) },
} as const satisfies Record<string, Row>
