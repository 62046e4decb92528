/**
 * What browser and phone say to each other in sealed nodes: queries (spec 9, 13), changes (11, 14), and what the
 * phone sends unasked (9.1, 10, 11). The server reads none of it. `answer` comes under the same tag; a change is
 * answered by JSON in clear, which is why the server can see that something was done, but not what.
 */
import Type, { type TSchema } from 'typebox'
import type { NodeRow } from './message-row.ts'
import {
  Bytes,
  Children,
  Digits,
  Flag,
  Id,
  Is,
  ItemNode,
  Jid,
  Line,
  May,
  MessageNode,
  NodeOf,
  Nothing,
  Ok,
  OneOf,
  ParticipantNode,
  Seconds,
  Status,
  StatusOr,
  Text,
  UserNode,
  Word,
} from './message-schemas.ts'

const Contact = NodeOf(
  'user',
  {
    jid: Jid,
    name: May(Line),
    notify: May(Line),
    short: May(Line),
    index: May(Word),
    vname: May(Line),
    verify: May(Word),
    enterprise: May(Flag),
  },
  Nothing,
)
const Chat = NodeOf(
  'chat',
  {
    jid: Jid,
    t: Digits,
    count: Digits,
    modify_tag: Digits,
    spam: Flag,
    name: May(Line),
    mute: May(Digits),
    pin: May(Digits),
    archive: May(Flag),
    read_only: May(Flag),
    message: May(Flag),
    ephemeral: May(Digits),
    eph_setting_ts: May(Digits),
    old_jid: May(Jid),
    new_jid: May(Jid),
  },
  Nothing,
)
const Messages = Type.Union([Children(MessageNode), Nothing])
const response = <C extends TSchema>(type: string, content: C, attrs: Record<string, TSchema> = {}) =>
  Type.Union([NodeOf('response', { type: Is(type), ...attrs }, content), Status])
const query = (type: string, attrs: Record<string, TSchema> = {}) =>
  NodeOf('query', { type: Is(type), ...attrs }, Nothing)
const change = <C extends TSchema>(child: C) =>
  NodeOf('action', { type: Is('set') }, Children(child, { minItems: 1 }))
const told = <C extends TSchema>(child: C, attrs: Record<string, TSchema> = {}) =>
  NodeOf('action', attrs, Children(child, { minItems: 1 }))
const batch = (add: string) => NodeOf('action', { add: Is(add), last: May(Flag) }, Messages)
const Group = NodeOf(
  'group',
  { creator: May(Jid), create: May(Digits), subject: May(Line) },
  Type.Union([Type.Array(Type.Unknown()), Nothing]),
)
const Readers = Type.Union([Children(NodeOf('user', { jid: Jid, t: Digits }, Nothing)), Nothing])
const Results = Type.Record(Type.String(), Type.Object({ code: Text(8) }))
const fromBrowser = { from: 'browser', to: 'phone', readableBy: 'endpoints', basis: 'documented' } as const
const fromPhone = { from: 'phone', to: 'browser', readableBy: 'endpoints', basis: 'documented' } as const

// prettier-ignore
export const browserQueries = {
  queryContacts:   { ...fromBrowser, node: { tag: 'query', type: 'contacts' }, spec: '9.2, 10.1', about: 'the address book', body: query('contacts'), answer: response('contacts', Type.Union([Children(Contact), Nothing])) },
  queryChats:      { ...fromBrowser, node: { tag: 'query', type: 'chat' }, spec: '9.2, 10.2', about: 'the chat list; always answered in full', body: query('chat'), answer: response('chat', Type.Union([Children(Chat), Nothing])) },
  queryStories:    { ...fromBrowser, node: { tag: 'query', type: 'status' }, spec: '9.3, 13.2', about: 'stories of contacts', body: query('status'), answer: response('status', Type.Union([Type.Array(Type.Unknown()), Nothing])) },
  queryReplies:    { ...fromBrowser, node: { tag: 'query', type: 'quick_reply' }, spec: '9.3', about: 'prepared answers of a business', body: query('quick_reply'), answer: response('quick_reply', Nothing) },
  queryLabels:     { ...fromBrowser, node: { tag: 'query', type: 'label' }, spec: '9.3', about: 'labels of a business', body: query('label'), answer: response('label', Nothing) },
  queryEmoji:      { ...fromBrowser, node: { tag: 'query', type: 'emoji' }, spec: '13.2', about: 'emoji used most often', body: query('emoji'), answer: response('emoji', Type.Union([Children(NodeOf('item', { code: Word, value: Word }, Nothing)), Nothing])) },
  queryMessages:   { ...fromBrowser, node: { tag: 'query', type: 'message' }, spec: '13.1', about: 'a page of history next to the index message, oldest first; an unknown index is answered 404',
                     body: query('message', { jid: Jid, kind: May(OneOf('before', 'after')), count: Digits, index: May(Id), owner: May(Flag) }), answer: response('message', Messages) },
  queryMedia:      { ...fromBrowser, node: { tag: 'query', type: 'media' }, spec: '13.2', about: 'a fresh download address of an old file',
                     body: query('media', { jid: Jid, index: Id, owner: Flag }), answer: response('media', Nothing, { url: Line, media_key: May(Line), code: Digits }) },
  queryReceipts:   { ...fromBrowser, node: { tag: 'query', type: 'message_info' }, spec: '13.2', about: 'who received and read one own message',
                     body: query('message_info', { jid: Jid, index: Id }), answer: response('message_info', Type.Union([Children(Type.Union([NodeOf('read', {}, Readers), NodeOf('delivery', {}, Readers)])), Nothing])) },
  querySearch:     { ...fromBrowser, node: { tag: 'query', type: 'search' }, spec: '13.2', about: 'messages that hold a text, page by page from 1',
                     body: query('search', { search: Line, count: Digits, page: Digits, jid: May(Jid) }), answer: response('search', Messages, { last: May(Flag) }) },
  queryPreview:    { ...fromBrowser, node: { tag: 'query', type: 'url' }, spec: '13.2', about: 'link preview; the client waits for it before it sends the text',
                     body: query('url', { url: Text(65_536) }), answer: response('url', Type.Union([Bytes, Nothing]), { title: May(Line), description: May(Line), 'canonical-url': May(Line), 'matched-text': May(Line) }) },
  queryGroup:      { ...fromBrowser, node: { tag: 'query', type: 'group' }, spec: '13.2', about: 'a group the account has left; creator stands on both nodes',
                     body: query('group', { jid: Jid }), answer: response('group', Children(Group, { minItems: 1 }), { creator: May(Jid), create: May(Digits) }) },
  queryStarred:    { ...fromBrowser, node: { tag: 'query', type: 'star' }, basis: 'inferred', spec: '13.2', about: 'starred messages, newest first; asked by the original client only',
                     body: query('star', { count: Digits, chat: May(Jid), jid: May(Jid), index: May(Id), owner: May(Flag) }), answer: response('star', Messages, { last: May(Flag) }) },
  queryChatMedia:  { ...fromBrowser, node: { tag: 'query', type: 'media_message' }, basis: 'inferred', spec: '13.2', about: 'media of one chat; asked by the original client only',
                     body: query('media_message', { jid: Jid, count: Digits, kind: May(Word), index: May(Id), owner: May(Flag) }), answer: response('media_message', Messages) },
} as const satisfies Record<string, NodeRow>

const groupOf = <C extends TSchema>(type: string, content: C, attrs: Record<string, TSchema> = {}) =>
  change(
    NodeOf('group', { type: Is(type), author: May(Jid), id: May(Word), jid: May(Jid), ...attrs }, content),
  )
const Members = Children(ParticipantNode, { minItems: 1 })
const setGroup = {
  ...fromBrowser,
  node: { tag: 'action', type: 'set', child: 'group' },
  spec: '14.5',
} as const

// prettier-ignore
export const browserActions = {
  relay:           { ...fromBrowser, node: { tag: 'action', type: 'relay' }, spec: '11.1', about: 'a message the person wrote in the browser; the tag is its id. A known id is answered 200 again',
                     body: NodeOf('action', { type: Is('relay') }, Children(MessageNode, { minItems: 1 })), answer: StatusOr({ status: Ok, t: Seconds }) },
  setPresence:     { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'presence' }, spec: '14.1', about: 'the person is there, gone, or types in a chat',
                     body: change(NodeOf('presence', { type: OneOf('available', 'unavailable', 'composing', 'recording', 'paused'), to: May(Jid) }, Nothing)), answer: Status },
  setRead:         { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'read' }, spec: '11.4', about: 'the chat is read up to a message; a negative count marks it unread',
                     body: change(NodeOf('read', { jid: Jid, count: Digits, index: May(Id), owner: May(Flag), participant: May(Jid) }, Nothing)), answer: Status },
  setPlayed:       { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'received' }, spec: '11.4', about: 'a voice message was played',
                     body: change(NodeOf('received', { type: Is('played'), index: Id, from: Jid, owner: May(Flag), count: May(Digits), participant: May(Jid) }, Nothing)), answer: Status },
  setChat:         { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'chat' }, spec: '14.2', about: 'archive, pin, mute, delete, clear, star; items name single messages',
                     body: change(NodeOf('chat', {
                       jid: Jid, type: OneOf('archive', 'unarchive', 'pin', 'mute', 'delete', 'clear', 'star', 'unstar'), index: May(Id), owner: May(Flag), participant: May(Jid),
                       pin: May(Digits), mute: May(Digits), previous: May(Digits), star: May(Flag), media: May(Flag), modify_tag: May(Digits),
                     }, Type.Union([Children(ItemNode), Nothing]))), answer: Status },
  setAbout:        { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'status' }, spec: '14.4', about: 'the own about text', body: change(NodeOf('status', {}, Type.Union([Bytes, Line]))), answer: Status },
  setName:         { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'profile' }, spec: '14.4', about: 'the own name', body: change(NodeOf('profile', { name: Line }, Nothing)), answer: StatusOr({ status: Ok, pushname: Line }) },
  setPicture:      { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'picture' }, spec: '14.4', about: 'a profile picture, large and small; without images it is removed',
                     body: change(NodeOf('picture', { jid: Jid, id: Word, type: OneOf('set', 'delete') }, Type.Union([Children(Type.Union([NodeOf('image', {}, Bytes), NodeOf('preview', {}, Bytes)])), Nothing]))),
                     answer: StatusOr({ status: Ok, eurl: Line, tag: Word }) },
  setBlocked:      { ...fromBrowser, node: { tag: 'action', type: 'set', child: 'block' }, spec: '14.4', about: 'blocks or unblocks persons', body: change(NodeOf('block', { type: OneOf('add', 'remove') }, Children(UserNode, { minItems: 1 }))), answer: Status },
  groupCreate:     { ...setGroup, about: 'a new group; the answer lists the participants', body: groupOf('create', Members, { subject: Line }), answer: StatusOr({ status: Ok, gid: Jid, participants: Type.Array(Results) }) },
  groupMembers:    { ...setGroup, about: 'adds, removes, promotes or demotes participants; the answer maps them to codes',
                     body: change(NodeOf('group', { type: OneOf('add', 'remove', 'promote', 'demote'), jid: Jid, author: May(Jid), id: May(Word) }, Members)), answer: StatusOr({ status: Ok, participants: Results }) },
  groupLeave:      { ...setGroup, about: 'leaves a group', body: groupOf('leave', Nothing), answer: Status },
  groupSubject:    { ...setGroup, about: 'renames a group', body: groupOf('subject', Nothing, { subject: Line }), answer: Status },
  groupDescription:{ ...setGroup, about: 'describes a group; prev names the description it replaces',
                     body: groupOf('description', Children(NodeOf('description', { id: May(Word), prev: May(Word) }, Type.Union([Bytes, Line, Nothing])), { minItems: 1 })), answer: Status },
  groupSetting:    { ...setGroup, about: 'who may write or change the group; disappearing messages in seconds',
                     body: groupOf('prop', Children(Type.Union([NodeOf('announcement', { value: Flag }, Nothing), NodeOf('locked', { value: Flag }, Nothing), NodeOf('ephemeral', { value: Digits }, Nothing)]), { minItems: 1 })), answer: Status },
} as const satisfies Record<string, NodeRow>

// prettier-ignore
export const phoneNodes = {
  contactList:     { ...fromPhone, node: { tag: 'response', type: 'contacts' }, spec: '9.1', about: 'the address book, unasked, first of all', body: NodeOf('response', { type: Is('contacts'), checksum: May(Word) }, Type.Union([Children(Contact), Nothing])) },
  chatList:        { ...fromPhone, node: { tag: 'response', type: 'chat' }, spec: '9.1', about: 'the chat list, unasked, before any message', body: NodeOf('response', { type: Is('chat') }, Type.Union([Children(Chat), Nothing])) },
  lastMessages:    { ...fromPhone, node: { tag: 'action', add: 'last' }, spec: '9.1', about: 'the newest message of each chat', body: batch('last') },
  messagesBefore:  { ...fromPhone, node: { tag: 'action', add: 'before' }, spec: '9.1', about: 'messages of one chat before those, oldest first; `last` ends the sync', body: batch('before') },
  unreadMessages:  { ...fromPhone, node: { tag: 'action', add: 'unread' }, basis: 'inferred', spec: '9.1', about: 'unread messages of one chat', body: NodeOf('action', { add: Is('unread'), index: May(Id), owner: May(Flag), participant: May(Jid) }, Messages) },
  relayed:         { ...fromPhone, node: { tag: 'action', add: 'relay', child: 'message' }, spec: '11.2', about: 'one new message, received or written on the phone', body: NodeOf('action', { add: Is('relay') }, Children(MessageNode, { minItems: 1, maxItems: 1 })) },
  replaced:        { ...fromPhone, node: { tag: 'action', add: 'update' }, spec: '10.3', about: 'a message that replaces one of the same key', body: NodeOf('action', { add: Is('update') }, Children(MessageNode, { minItems: 1 })) },
  receipt:         { ...fromPhone, node: { tag: 'action', child: 'received' }, spec: '10.3', about: 'a message was delivered, read or played',
                     body: told(NodeOf('received', { type: OneOf('message', 'read', 'played', 'error'), jid: Jid, index: Id, owner: Flag }, Nothing), { add: May(Is('relay')) }) },
  contactChanged:  { ...fromPhone, node: { tag: 'action', child: 'user' }, spec: '10.3', about: 'a contact was added or changed; without a name it was removed', body: told(Contact) },
  chatChanged:     { ...fromPhone, node: { tag: 'action', child: 'chat' }, spec: '10.3', about: 'a chat was changed on the phone',
                     body: told(NodeOf('chat', { jid: Jid, type: OneOf('archive', 'unarchive', 'pin', 'mute', 'delete', 'clear', 'spam', 'star', 'unstar'), pin: May(Digits), mute: May(Digits), modify_tag: May(Digits) }, Type.Union([Children(ItemNode), Nothing]))) },
  chatRead:        { ...fromPhone, node: { tag: 'action', child: 'read' }, spec: '10.3', about: 'a chat was read on the phone; type "false": marked unread', body: told(NodeOf('read', { jid: Jid, type: May(Word) }, Nothing)) },
  battery:         { ...fromPhone, node: { tag: 'action', child: 'battery' }, spec: '10.3', about: 'charge of the phone in percent; live: it is charging', body: told(NodeOf('battery', { value: Digits, live: May(Flag), powersave: May(Flag) }, Nothing)) },
  frequentContacts:{ ...fromPhone, node: { tag: 'action', child: 'contacts' }, basis: 'inferred', spec: '9.1', about: 'the three persons written to most often', body: told(NodeOf('contacts', { type: Is('frequent') }, Type.Union([Children(Type.Unknown(), { maxItems: 3 }), Nothing]))) },
} as const satisfies Record<string, NodeRow>
