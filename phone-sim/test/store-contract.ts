/** What every driver of the phone's store has to do. */
import type { GroupFacts } from 'proto/group'
import type { Test } from 'tap'
import type { NewMessage, PhoneStore } from '../src/store.ts'

export const CHAT = '15550002222@s.whatsapp.net'
export function message(id: string, change: Partial<NewMessage> = {}): NewMessage {
  const info = new Uint8Array([1, 2, 3])
  return {
    chat: CHAT,
    fromMe: false,
    id,
    at: 1,
    status: 0,
    seen: false,
    hidden: false,
    text: id,
    type: 'x',
    info,
    expiresAt: null,
    author: null,
    ...change,
  }
}
export const GROUP = '15550001111-1@g.us'
function groupFacts(): GroupFacts {
  return {
    ...{ jid: GROUP, version: 1, owner: '15550001111', createdAt: 1, subject: 'Choir' },
    ...{
      subjectBy: '15550001111',
      subjectAt: 1,
      description: null,
      restrict: false,
      announce: false,
      ephemeral: 0,
    },
    members: [{ number: '15550001111', role: 'owner' }],
  }
}
const ids = (rows: readonly { id: string }[]): string => rows.map(({ id }) => id).join('')

export function storeContract(t: Test, open: () => PhoneStore): void {
  const fresh = (t: Test): PhoneStore => {
    const store = open()
    t.teardown(() => store.close())
    return store
  }

  t.test('it keeps each receipt that waits once, and gives them up all at once, oldest first', async (t) => {
    const store = fresh(t)
    const row = { to: '1', chat: '', level: 'delivered', id: 'A', t: 5 } as const
    t.equal(store.receipts.isEmpty(), true)
    for (const level of ['read', 'delivered'] as const) store.receipts.add({ ...row, level })
    store.receipts.add({ ...row, t: 9 })
    store.receipts.add({ ...row, chat: GROUP })
    t.equal(store.receipts.isEmpty(), false)
    t.strictSame(store.receipts.takeAll(), [{ ...row, level: 'read' }, row, { ...row, chat: GROUP }])
    t.strictSame(store.receipts.takeAll(), [])
  })

  t.test('it counts what waits', async (t) => {
    const store = fresh(t)
    const none = { outbox: 0, legs: 0, receipts: 0, held: 0, parked: 0, media: 0 }
    t.strictSame(store.counts(), none)
    const [own, body] = [{ chat: CHAT, fromMe: true, id: 'w' }, new Uint8Array(1)]
    for (const n of [1, 2])
      store.outbox.add({ n, to: '1', mail: `m${n}`, kind: 'whisper', body, message: null })
    for (const to of ['1', '2', '3']) store.outbox.addLeg(own, to)
    store.receipts.add({ to: '1', chat: '', level: 'read', id: 'A', t: 5 })
    const mail = { from: '1', mail: 'a', kind: 'prekey', body, at: 1 } as const
    for (const id of ['a', 'b', 'c', 'd']) store.inbox.hold({ ...mail, mail: id })
    store.inbox.park(mail)
    for (const id of ['1', '2']) {
      store.messages.add(message(id))
      store.media.want(message(id))
    }
    store.media.keep(message('1'), body)
    t.strictSame(store.counts(), { outbox: 2, legs: 3, receipts: 1, held: 4, parked: 1, media: 1 })
    store.outbox.remove(1)
    t.strictSame(store.counts(), { outbox: 1, legs: 3, receipts: 1, held: 4, parked: 1, media: 1 })
  })

  t.test('it undoes a transaction that throws, in every group of rows', async (t) => {
    const store = fresh(t)
    const after: string[] = []
    t.throws(
      () =>
        store.transaction(() => {
          store.facts.put('a', '1')
          store.vault.put('a', new Uint8Array(1))
          store.contacts.put({ jid: CHAT, name: 'B', notify: null, blocked: false })
          store.messages.add(message('1'))
          store.media.want(message('1'))
          store.outbox.add({
            n: 1,
            to: '1',
            mail: 'm',
            kind: 'whisper',
            body: new Uint8Array(1),
            message: null,
          })
          store.outbox.addLeg({ chat: CHAT, fromMe: true, id: 'w' }, '1')
          store.groups.put({ jid: GROUP, facts: groupFacts(), isMember: true })
          store.readers.add({ chat: GROUP, id: 'w' }, '1')
          store.inbox.add('1', 'm', 1)
          store.inbox.hold({ from: '1', mail: 'm', kind: 'prekey', body: new Uint8Array(1), at: 1 })
          store.audit.add({ at: 1, kind: 'k', fields: {} })
          store.afterCommit(() => after.push('never'))
          throw new Error('undo')
        }),
      { message: 'undo' },
    )
    t.equal(store.facts.find('a'), null)
    t.equal(store.vault.find('a'), null)
    t.equal(store.media.find(message('1')), null)
    t.strictSame(store.contacts.all(), [])
    t.equal(store.messages.newest(CHAT), null)
    t.equal(store.outbox.range(), null)
    t.strictSame(store.outbox.legs(), [])
    t.equal(store.groups.find(GROUP), null)
    t.strictSame(store.readers.of({ chat: GROUP, id: 'w' }), [])
    t.notOk(store.inbox.knows('1', 'm'))
    t.strictSame(store.inbox.held('1'), [])
    t.strictSame(store.audit.last(9), [])
    store.transaction(() => store.afterCommit(() => after.push('now')))
    t.strictSame(after, ['now'], 'nothing of the undone one ran')
  })

  t.test('it runs what follows a commit after it, or at once when there is none', async (t) => {
    const store = fresh(t)
    const seen: string[] = []
    store.transaction(() => {
      store.afterCommit(() => seen.push('after'))
      seen.push('inside')
    })
    store.afterCommit(() => seen.push('at once'))
    t.strictSame(seen, ['inside', 'after', 'at once'])
  })

  t.test('it pages history on both sides of a position, oldest first, without hidden messages', async (t) => {
    const store = fresh(t)
    const positions = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => store.messages.add(message(id)))
    store.messages.add(message('z', { hidden: true, seen: true }))
    t.equal(ids(store.messages.before(CHAT, null, 2)), 'ef')
    t.equal(ids(store.messages.before(CHAT, positions[3], 2)), 'bc')
    t.equal(ids(store.messages.after(CHAT, null, 2)), 'ab')
    t.equal(ids(store.messages.after(CHAT, positions[3], 9)), 'ef')
    t.equal(store.messages.newest(CHAT)?.id, 'f')
    t.ok(store.messages.find({ chat: CHAT, fromMe: false, id: 'z' })?.hidden)
    t.equal(store.messages.unseenCount(CHAT), 6)
    t.equal(ids(store.messages.unseen(CHAT, positions[1])), 'ab')
  })

  t.test(
    'it pages stars over all chats and files of one chat, and gives own texts newest first',
    async (t) => {
      const store = fresh(t)
      const { messages } = store
      const at = new Map(
        ['imageMessage', 'conversation', 'videoMessage', 'stickerMessage', 'documentMessage'].map(
          (type, n) => {
            const id = 'abcde'[n]
            return [id, messages.add(message(id, { type }))]
          },
        ),
      )
      messages.add(message('x', { type: 'imageMessage', hidden: true }))
      t.equal(ids(messages.media(CHAT, 'before', null, 9)), 'ace')
      t.equal(ids(messages.media(CHAT, 'before', at.get('e')!, 1)), 'c')
      t.equal(ids(messages.media(CHAT, 'after', at.get('a')!, 9)), 'ce')
      t.equal(ids(messages.media('other', 'before', null, 9)), '')
      for (const id of ['a', 'c', 'e']) messages.change(message(id), { starred: true })
      t.equal(ids(messages.starred(null, null, 2)), 'ec')
      t.equal(ids(messages.starred([CHAT], at.get('c')!, 2)), 'a')
      messages.add(message('1', { fromMe: true, text: 'first' }))
      messages.add(message('2', { fromMe: true, text: '' }))
      messages.add(message('3', { fromMe: true, text: 'last' }))
      t.strictSame(messages.ownTexts(9), ['last', 'first'])
      t.strictSame(messages.ownTexts(1), ['last'])
      const own = messages.ownChats(9)
      t.equal(own.length, 3)
      t.strictSame(messages.ownChats(1), own.slice(0, 1))
    },
  )

  t.test('it keeps files of messages, and those that are wanted in order', async (t) => {
    const store = fresh(t)
    const { media } = store
    for (const id of ['a', 'b', 'c', 'd']) store.messages.add(message(id))
    t.equal(media.find(message('a')), null)
    for (const id of ['a', 'b', 'c', 'd', 'a']) media.want(message(id))
    t.match(media.find(message('a')), {
      chat: CHAT,
      fromMe: false,
      id: 'a',
      state: 'wanted',
      code: null,
      bytes: 0,
    })
    t.equal(ids(media.wanted()), 'abcd')
    t.equal(media.read(message('a')), null)
    const data = Uint8Array.of(0, 1, 255)
    media.keep(message('a'), data)
    media.fail(message('b'), 'TETHER_ERR_MEDIA_MAC')
    media.keep(message('c'), new Uint8Array(0))
    t.equal(ids(media.wanted()), 'd')
    t.match(media.find(message('a')), { state: 'kept', code: null, bytes: 3 })
    t.match(media.find(message('b')), { state: 'failed', code: 'TETHER_ERR_MEDIA_MAC', bytes: 0 })
    t.same(media.read(message('a')), data)
    t.same(media.read(message('c')), new Uint8Array(0), 'an empty file is a file')
    t.equal(media.read(message('b')), null)
    t.equal(media.bytes(), 3)
    media.want(message('a'))
    media.want(message('b'))
    t.match(media.find(message('a')), { state: 'kept' }, 'what is here stays')
    t.match(media.find(message('b')), { state: 'wanted', code: null })
    t.equal(ids(media.wanted()), 'bd', 'in its old place')
  })

  t.test('it drops a file with its message, and when that becomes something else', async (t) => {
    const store = fresh(t)
    const other = { chat: 'other', fromMe: true }
    for (const row of [message('a'), message('b'), message('c', { fromMe: true }), message('a', other)]) {
      store.messages.add(row)
      store.media.want(row)
      store.media.keep(row, Uint8Array.of(1, 2))
    }
    store.messages.change(message('b'), { text: 'x', type: 'x', info: new Uint8Array(1) })
    t.equal(store.media.bytes(), 8, 'the same type is the same file')
    store.messages.remove(message('a'))
    t.equal(store.media.read(message('a')), null)
    store.messages.change(message('b'), { type: 'revoked' })
    t.equal(store.media.find(message('b')), null)
    store.media.keep(message('b'), Uint8Array.of(1))
    t.equal(store.media.find(message('b')), null, 'what comes late is not kept')
    t.equal(store.media.bytes(), 4)
    store.messages.putAllAway(CHAT, false)
    t.same(store.media.read(message('a', other)), Uint8Array.of(1, 2))
    t.equal(store.media.bytes(), 2)
  })

  t.test('it knows which messages disappear, and when', async (t) => {
    const store = fresh(t)
    t.equal(store.messages.nextExpiry(), null)
    store.messages.add(message('a', { expiresAt: 30 }))
    store.messages.add(message('b', { expiresAt: 20 }))
    store.messages.add(message('c'))
    t.equal(store.messages.nextExpiry(), 20)
    t.equal(ids(store.messages.expired(19)), '')
    t.equal(ids(store.messages.expired(30)), 'ba')
    store.messages.remove(message('b'))
    t.equal(store.messages.nextExpiry(), 30)
  })

  t.test('it knows a message by chat, direction and id, once', async (t) => {
    const store = fresh(t)
    store.messages.add(message('a'))
    store.messages.add(message('a', { fromMe: true }))
    t.throws(() => store.messages.add(message('a')))
    store.messages.change(message('a'), {
      status: 3,
      seen: true,
      starred: true,
      readAt: 5,
      info: new Uint8Array([9]),
    })
    t.match(store.messages.find(message('a')), {
      status: 3,
      seen: true,
      starred: true,
      readAt: 5,
      info: new Uint8Array([9]),
    })
    t.match(store.messages.find(message('a', { fromMe: true })), { status: 0, starred: false, readAt: null })
    t.equal(ids(store.messages.starred(null, null, 9)), 'a')
    store.messages.putAllAway(CHAT, true)
    t.equal(ids(store.messages.before(CHAT, null, 9)), 'a', 'the starred one stays')
    store.messages.remove(message('a'))
    t.equal(store.messages.newest(CHAT), null)
  })

  t.test('it hides what is deleted while it waits for somebody, until the last has it', async (t) => {
    const store = fresh(t)
    const own = (id: string) => message(id, { fromMe: true, text: `to find ${id}` })
    for (const id of ['a', 'b', 'c', 'd']) store.messages.add(own(id))
    store.messages.add(message('e'))
    store.messages.change(own('d'), { starred: true })
    for (const id of ['a', 'b', 'd']) store.outbox.addLeg(own(id), '1')
    store.outbox.addLeg(own('a'), '2')
    store.messages.putAway(own('a'))
    t.match(store.messages.find(own('a')), { hidden: true })
    t.equal(ids(store.messages.before(CHAT, null, 9)), 'bcde')
    const find = () => store.messages.search({ text: 'to find', chats: null, count: 9, skip: 0 })
    t.equal(ids(find()), 'dcb', 'and is found no more')
    store.messages.putAllAway(CHAT, true)
    t.equal(ids(store.messages.before(CHAT, null, 9)), 'd', 'the starred one stays')
    t.ok(store.messages.find(own('a')))
    t.ok(store.messages.find(own('b')))
    t.equal(store.messages.find(own('c')), null, 'it waits for nobody')
    store.outbox.removeLeg(own('a'), '1')
    t.ok(store.messages.find(own('a')), 'one has it, the other not')
    store.outbox.removeLeg(own('a'), '2')
    t.equal(store.messages.find(own('a')), null)
    store.outbox.removeLegs(own('b'))
    t.equal(store.messages.find(own('b')), null)
    store.outbox.removeLegs(own('d'))
    t.match(store.messages.find(own('d')), { hidden: false }, 'nobody deleted it')
    store.messages.putAway(own('d'))
    t.equal(store.messages.find(own('d')), null)
  })

  t.test('it finds texts without regard to case, newest first, page by page', async (t) => {
    const store = fresh(t)
    for (const [id, text] of Object.entries({ a: 'Jam', b: 'bread', c: 'more JAM', d: '100% jam_' })) {
      store.messages.add(message(id, { text }))
    }
    t.equal(ids(store.messages.search({ text: 'jam', chats: null, count: 9, skip: 0 })), 'dca')
    t.equal(ids(store.messages.search({ text: 'jam', chats: null, count: 1, skip: 1 })), 'c')
    t.equal(ids(store.messages.search({ text: '%', chats: null, count: 9, skip: 0 })), 'd', 'no wildcards')
    t.equal(ids(store.messages.search({ text: 'jam', chats: ['other'], count: 9, skip: 0 })), '')
    store.messages.add(message('e', { text: 'Die STRAẞE im été' }))
    t.equal(
      ids(store.messages.search({ text: 'straße', chats: null, count: 9, skip: 0 })),
      'e',
      'in every script',
    )
    t.equal(ids(store.messages.search({ text: 'ÉTÉ', chats: [CHAT], count: 9, skip: 0 })), 'e')
    t.equal(ids(store.messages.search({ text: 'AM', chats: null, count: 2, skip: 0 })), 'dc', 'of any length')
  })

  t.test('it does everything that waits for a commit, even when one of it fails', async (t) => {
    const store = fresh(t)
    const done: string[] = []
    t.throws(
      () =>
        store.transaction(() => {
          store.facts.put('a', '1')
          store.afterCommit(() => {
            throw new Error('no screen')
          })
          store.afterCommit(() => done.push('sent'))
        }),
      { message: 'no screen' },
    )
    t.equal(store.facts.find('a'), '1', 'what is committed stays')
    t.strictSame(done, ['sent'])
  })

  t.test('it keeps mail in order of its counter and moves all of it at once', async (t) => {
    const store = fresh(t)
    for (const n of [1, 2, 3]) {
      const key = { chat: CHAT, fromMe: true, id: `m${n}` }
      store.outbox.add({
        n,
        to: '1',
        mail: `m${n}`,
        kind: 'whisper',
        body: new Uint8Array([n]),
        message: key,
      })
    }
    t.strictSame(store.outbox.range(), { first: 1, last: 3 })
    store.outbox.shift(1)
    t.strictSame(
      store.outbox.from(3, 9).map(({ n, mail }) => [n, mail]),
      [
        [3, 'm2'],
        [4, 'm3'],
      ],
    )
    store.outbox.remove(2)
    store.outbox.shift(-2)
    t.strictSame(store.outbox.range(), { first: 1, last: 2 })
    t.match(store.outbox.find(1), { mail: 'm2', body: new Uint8Array([2]) })
  })

  t.test('it keeps the legs of messages in order, and knows which messages are open', async (t) => {
    const store = fresh(t)
    const [one, two] = ['b', 'a'].map((id) => ({ chat: GROUP, fromMe: true, id }))
    const legs = () =>
      store.outbox.legs().map(({ message, to, stuck }) => `${message.id}${to}${stuck ? '!' : ''}`)
    t.notOk(store.outbox.isOpen(one))
    for (const to of ['2', '1']) store.outbox.addLeg(one, to)
    store.outbox.addLeg(two, '1')
    store.outbox.addLeg(two, '1') // waits already
    t.strictSame(legs(), ['b2', 'b1', 'a1'])
    store.outbox.removeLeg(one, '2')
    t.ok(store.outbox.isOpen(one))
    store.outbox.stickLeg(one, '1')
    t.notOk(store.outbox.isOpen(one), 'nobody waits for what is stuck')
    store.outbox.add({ n: 1, to: '2', mail: 'm', kind: 'whisper', body: new Uint8Array(1), message: one })
    t.ok(store.outbox.isOpen(one), 'a mail is under way')
    store.outbox.remove(1)
    t.notOk(store.outbox.isOpen(one))
    t.strictSame(legs(), ['b1!', 'a1'])
    store.outbox.freeLegs('1')
    t.ok(store.outbox.isOpen(one))
    store.outbox.removeLegs(one)
    t.strictSame(legs(), ['a1'])
  })

  t.test('it keeps groups, and what became of own messages at each reader', async (t) => {
    const store = fresh(t)
    const other = { ...groupFacts(), jid: '15550001111-2@g.us' }
    store.groups.put({ jid: other.jid, facts: other, isMember: false })
    store.groups.put({ jid: GROUP, facts: groupFacts(), isMember: true })
    t.match(store.groups.all(), [
      { jid: GROUP, isMember: true },
      { jid: other.jid, isMember: false },
    ])
    store.groups.put({ jid: GROUP, facts: { ...groupFacts(), version: 2 }, isMember: true })
    t.equal(store.groups.find(GROUP)?.facts.version, 2)
    const own = (id: string) => message(id, { chat: GROUP, fromMe: true })
    for (const id of ['b', 'a']) {
      store.messages.add(own(id))
      for (const number of ['2', '1']) store.readers.add(own(id), number)
    }
    t.ok(store.readers.mark(own('a'), '1', 'readAt', 5))
    t.notOk(store.readers.mark(own('a'), '1', 'readAt', 6), 'the first time stays')
    t.notOk(store.readers.mark(own('a'), '3', 'sentAt', 6), 'no reader')
    store.readers.add(own('a'), '1')
    const none = { sentAt: null, deliveredAt: null, playedAt: null }
    t.strictSame(store.readers.of(own('a')), [
      { number: '1', readAt: 5, ...none },
      { number: '2', readAt: null, ...none },
    ])
    t.strictSame(store.readers.unreadBy(GROUP, '1'), ['b'])
    t.strictSame(store.readers.unreadBy(GROUP, '2'), ['b', 'a'], 'in the order of the history')
    store.readers.remove(own('b'), '2')
    t.strictSame(store.readers.unreadBy(GROUP, '2'), ['a'])
    store.messages.remove(own('a'))
    t.strictSame(store.readers.of(own('a')), [], 'they go with their message')
    store.messages.putAllAway(GROUP, false)
    t.strictSame(store.readers.of(own('b')), [])
  })

  t.test('it knows taken mail until it is pruned, and holds mail in order', async (t) => {
    const store = fresh(t)
    store.inbox.add('1', 'm', 10)
    t.ok(store.inbox.knows('1', 'm'))
    t.notOk(store.inbox.knows('2', 'm'))
    store.inbox.prune(10)
    t.ok(store.inbox.knows('1', 'm'))
    store.inbox.prune(11)
    t.notOk(store.inbox.knows('1', 'm'))
    for (const mail of ['b', 'a'])
      store.inbox.hold({ from: '1', mail, kind: 'prekey', body: new Uint8Array([7]), at: 1 })
    t.strictSame(
      store.inbox.held('1').map(({ mail }) => mail),
      ['b', 'a'],
    )
    store.inbox.hold({ from: '3', mail: 'c', kind: 'whisper', body: new Uint8Array([7]), at: 1 })
    t.strictSame(store.inbox.heldSenders(), ['1', '3'])
    store.inbox.release('3', 'c')
    store.inbox.release('1', 'b')
    t.match(store.inbox.held('1'), [{ mail: 'a', body: new Uint8Array([7]) }])
  })

  t.test('it lists chats by last activity, vault names by prefix and the last records', async (t) => {
    const store = fresh(t)
    const chat = {
      unread: 0,
      archived: false,
      pinnedS: 0,
      mutedUntilS: -1,
      modifyTag: 1,
      timerS: 60,
      timerSetS: 5,
    }
    for (const [jid, at] of Object.entries({ a: 1, b: 3, c: 2 })) store.chats.put({ jid, at, ...chat })
    t.strictSame(
      store.chats.all().map(({ jid }) => jid),
      ['b', 'c', 'a'],
    )
    t.match(store.chats.find('a'), { mutedUntilS: -1, timerS: 60, timerSetS: 5 })
    store.chats.remove('b')
    t.equal(store.chats.find('b'), null)
    for (const name of ['session/2', 'session/1', 'sess']) store.vault.put(name, new Uint8Array(1))
    t.strictSame(
      store.vault.names('session/').map(({ name }) => name),
      ['session/1', 'session/2'],
    )
    for (const kind of ['a', 'b', 'c']) store.audit.add({ at: 1, kind, fields: { kind } })
    t.match(store.audit.last(2), [{ kind: 'b', fields: { kind: 'b' } }, { kind: 'c' }])
  })
}
