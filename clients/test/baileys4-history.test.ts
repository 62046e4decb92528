import t from 'tap'
import { BOB_JID, MUM_JID, oldText } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { textOf, type Baileys4 } from '../src/baileys4.ts'

const MESSAGES = 110
const PAGE = 25

const wholePast = Array.from({ length: MESSAGES }, (_, index) => oldText(index + 1))

t.test(
  'it loads older history page by page, to the first message, without holes or repetitions',
  async (t) => {
    const { paired } = await baileys4Story(t, { messages: MESSAGES })
    const { socket } = await paired()
    const pages: string[][] = []
    let page = await socket.fetchMessagesFromWA(BOB_JID, PAGE)

    while (page.length > 0) {
      pages.push(page.map(textOf))
      page = await socket.fetchMessagesFromWA(BOB_JID, PAGE, { before: page[0].key })
    }

    t.strictSame(pages.reverse().flat(), wholePast)
    t.equal(pages.length, Math.ceil(MESSAGES / PAGE))
  },
)

t.test('it loads newer history from the first message on, oldest first', async (t) => {
  const { paired } = await baileys4Story(t, { messages: MESSAGES })
  const client = await paired()
  const first = await oldest(client)
  const texts = [textOf(first)]
  let page = await client.socket.fetchMessagesFromWA(BOB_JID, PAGE, { after: first.key })

  while (page.length > 0) {
    texts.push(...page.map(textOf))
    page = await client.socket.fetchMessagesFromWA(BOB_JID, PAGE, { after: page.at(-1)!.key })
  }

  t.strictSame(texts, wholePast)
})

t.test('it loads one message by its id, whoever wrote it', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()
  const past = client.history(BOB_JID)

  for (const message of [past[1], past[2], past[4]]) {
    const loaded = await client.socket.loadMessageFromWA(BOB_JID, message.key.id!)
    t.equal(textOf(loaded), textOf(message))
  }
})

t.test('history of an unknown chat or from an unknown message is empty', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()

  t.strictSame(await socket.fetchMessagesFromWA('15550009999@s.whatsapp.net', PAGE), [])
  t.strictSame(
    await socket.fetchMessagesFromWA(BOB_JID, PAGE, { before: { id: 'NOBODYHASTHIS', fromMe: true } }),
    [],
  )
  t.equal((await socket.fetchMessagesFromWA(MUM_JID, PAGE)).length, 1)
})

t.test('it searches all chats or one, page by page', async (t) => {
  const { paired } = await baileys4Story(t, { messages: MESSAGES })
  const { socket } = await paired()

  const found: string[] = []
  for (let page = 1, last = false; !last; page++) {
    const answer = await socket.searchMessages('message 1', BOB_JID, 5, page)
    found.push(...answer.messages.map(textOf))
    last = answer.last
  }
  t.strictSame(found.sort(), wholePast.filter((text) => text.includes('message 1')).sort())
  const plums = await socket.searchMessages('PLUMS', null, 5, 1)
  t.strictSame(plums.messages.map(textOf), ['The last of the plums'])
  t.equal(plums.last, true)
  t.strictSame((await socket.searchMessages('plums', BOB_JID, 5, 1)).messages, [])
})

async function oldest({ socket }: Baileys4) {
  const all = await socket.fetchMessagesFromWA(BOB_JID, MESSAGES)
  return all[0]
}
