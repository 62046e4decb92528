import t from 'tap'
import type { Chat } from '../../src/chats.ts'
import type { Client, ClientEvent } from '../../src/client.ts'
import type { ChatMessage } from '../../src/message.ts'
import { notify } from '../../src/page/notifier.ts'
import { openPreferences, type Preferences } from '../../src/page/preferences.ts'

const JID = '15550002222@s.whatsapp.net'
const message: ChatMessage = {
  ...{
    jid: JID,
    fromMe: false,
    id: 'A',
    author: null,
    kind: 'text',
    text: 'Soup?',
    seconds: 1,
    status: null,
  },
}

/** What is shown when this message comes. */
function shown(
  said: Partial<ChatMessage>,
  chat: Partial<Chat>,
  chosen: Partial<Preferences>,
  lookedAt: string | null = null,
): readonly string[] {
  const listeners: ((event: ClientEvent) => void)[] = []
  const client = {
    subscribe: (listener: (event: ClientEvent) => void) => listeners.push(listener),
    chat: () => ({ jid: JID, name: 'Bob', archived: false, mutedUntil: null, ...chat }),
    nameOf: (jid: string) => `name of ${jid}`,
  } as unknown as Client
  const preferences = openPreferences(null)
  preferences.change({ notify: true, ...chosen })
  const all: string[] = []
  notify({
    client,
    preferences,
    now: () => 0,
    lookedAt: () => lookedAt,
    show: (title, body) => all.push(`${title}: ${body}`),
  })
  for (const listener of listeners) listener({ type: 'message', message: { ...message, ...said } })
  return all
}

t.test('it says who wrote what', async (t) => {
  t.same(shown({}, {}, {}), ['Bob: Soup?'])
  t.same(shown({ author: 'x' }, {}, {}), ['Bob: name of x: Soup?'])
})

t.test('it says neither when that is wished', async (t) => {
  const [words] = shown({}, {}, { hideContent: true })
  t.notMatch(words, /Bob|Soup/)
})

t.test('it is silent where it should be', async (t) => {
  t.same(shown({}, {}, { notify: false }), [], 'nobody asked for it')
  t.same(shown({}, { mutedUntil: -1 }, {}), [], 'a muted chat')
  t.same(shown({}, { archived: true }, {}), [], 'an archived chat')
  t.same(shown({}, {}, {}, JID), [], 'a chat that is looked at')
  t.same(shown({ fromMe: true }, {}, {}), [], 'an own message')
  t.same(shown({ kind: 'notice' }, {}, {}), [], 'a notice')
})
