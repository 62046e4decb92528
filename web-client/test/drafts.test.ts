import t from 'tap'
import { Drafts } from '../src/drafts.ts'
import type { ChatMessage } from '../src/message.ts'
import { BOB, CARLA } from './scripted-phone.ts'

function newDrafts() {
  const changed: string[] = []
  return { drafts: new Drafts(({ jid }) => changed.push(jid)), changed }
}
const quote = { id: 'Q' } as ChatMessage

t.test('keeps what is written in each chat, until it is taken away', async (t) => {
  const { drafts, changed } = newDrafts()
  drafts.put('15550002222@c.us', { text: 'half a', quote: null })
  drafts.put(CARLA, { text: '', quote })
  t.same(drafts.find(BOB), { text: 'half a', quote: null })
  t.same([...drafts.all().keys()], [BOB, CARLA])
  drafts.put(BOB, { text: '', quote: null })
  drafts.put(CARLA, null)
  drafts.put(CARLA, null)
  t.equal(drafts.all().size, 0)
  t.same(changed, [BOB, CARLA, BOB, CARLA], 'nothing is told of what was not there')
})

t.test('what was written since the window opened goes before what was kept', async (t) => {
  const { drafts } = newDrafts()
  drafts.put(BOB, { text: 'new', quote: null })
  drafts.restore(new Map([[BOB, { text: 'old', quote: null }], [CARLA, { text: 'kept', quote: null }]])) // prettier-ignore
  t.same([drafts.find(BOB)?.text, drafts.find(CARLA)?.text], ['new', 'kept'])
  drafts.reset()
  t.equal(drafts.all().size, 0)
})
