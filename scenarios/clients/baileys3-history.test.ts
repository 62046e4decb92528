import t from 'tap'
import { BOB_JID, oldText } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { textOf } from '../src/baileys3.ts'

const MESSAGES = 110
const PAGE = 25

t.test(
  'it loads older history page by page, to the first message, without holes or repetitions',
  async (t) => {
    const { paired } = await baileys3Story(t, { messages: MESSAGES })
    const client = await paired()
    const pages: string[][] = []
    let cursor: { id?: string; fromMe?: boolean } | undefined

    do {
      const page = await client.connection.loadMessages(BOB_JID, PAGE, cursor)
      pages.push(page.messages.map(textOf))
      cursor = page.cursor
    } while (cursor && pages.at(-1)!.length === PAGE)

    const whole = pages.reverse().flat()
    t.strictSame(
      whole,
      Array.from({ length: MESSAGES }, (_, index) => oldText(index + 1)),
    )
    t.ok(pages.length > 3, 'in several pages')
  },
)
