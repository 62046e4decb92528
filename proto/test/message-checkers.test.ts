import t from 'tap'
import Value from 'typebox/value'
import { browserMessages, type BrowserMessageName } from '../src/browser-messages.ts'
import { answerCheckerOf, checkerOf, linkCheckerOf } from '../src/message-checkers.ts'

t.test('it checks link messages', (t) => {
  t.ok(linkCheckerOf('heartbeat')({}))
  t.ok(linkCheckerOf('taken')({ seq: 1 }))
  t.notOk(linkCheckerOf('taken')({ seq: 0 }))
  t.end()
})

t.test('it lets nothing pass as an answer to a message that has none', (t) => {
  for (const value of [undefined, null, {}, { status: 200 }]) t.notOk(answerCheckerOf('logout')(value))
  t.end()
})

t.test('it takes no foreign value for any message', (t) => {
  for (const name of Object.keys(browserMessages) as BrowserMessageName[]) {
    for (const value of [undefined, null, 7, '', [], {}, [['admin']], { tag: 7 }]) {
      t.notOk(checkerOf(name)(value), name)
      t.equal(Value.Check(browserMessages[name].body, value), false, `${name}, walked`)
    }
  }
  t.end()
})
