import t from 'tap'
import { errors } from '../src/errors.ts'
import { limit, type LimitName, limits } from '../src/limits.ts'

const names = Object.keys(limits) as LimitName[]

t.test('it names every limit in one way, with a positive whole number and a reason', (t) => {
  for (const name of names) {
    const { value, unit, why } = limits[name]
    t.match(name, /^[A-Z]+[0-9]*(_[A-Z]+[0-9]*)*$/)
    t.ok(Number.isSafeInteger(value) && value > 0, name)
    t.match(why, /^.{5,160}$/, `${name} why`)
    t.equal(limit(name), value)
    if (name.endsWith('_BYTES')) t.equal(unit, 'bytes', name)
    if (name.endsWith('_MS')) t.equal(unit, 'ms', name)
  }
  t.end()
})

t.test('it names what happens beyond, and every code it names exists', (t) => {
  for (const name of names) {
    const { beyond } = limits[name]
    t.match(beyond, /^\S.{2,80}$/, name)
    for (const code of beyond.match(/TETHER_ERR_[A-Z_]+/g) ?? [])
      t.ok(Object.hasOwn(errors, code), `${name}: ${code}`)
  }
  t.end()
})

t.test('it names limits as reasons only where they exist', (t) => {
  for (const name of names) {
    for (const other of limits[name].why.match(/\b(?!TETHER_)[A-Z]{2,}(_[A-Z]+)+\b/g) ?? [])
      t.ok(Object.hasOwn(limits, other), `${name}: ${other}`)
  }
  t.end()
})

t.test(
  'it lets the largest initial sync through every queue on its way, to a browser that reads late',
  (t) => {
    const besides = 64 * 1_024 // tags, seals, battery, answers to the other questions of a client
    const lists = 2 * limit('LIST_BYTES')
    const sync = lists + limit('SYNC_MESSAGE_BYTES') + besides
    t.ok(limit('LIST_BYTES') < limit('PHONE_FRAME_BYTES'))
    t.ok(sync <= limit('HELD_BYTES'), 'held until the client can open frames')
    t.ok(sync + limit('LIST_BYTES') <= limit('SEND_QUEUE_BYTES'), 'and the contacts once more')
    t.ok(2 * limit('SYNC_RECENT_CHATS') + 16 <= limit('HELD_FRAMES'))
    t.ok(2 * limit('SYNC_RECENT_CHATS') + 16 <= limit('BROWSER_BACKLOG'), 'and while the phone dozes')
    t.end()
  },
)

t.test('it hears a phone to which as much mail is on its way as may be', (t) => {
  const words = 1_024 // around the body
  const mail = Math.ceil(limit('MAIL_BYTES') / 3) * 4 + words
  t.ok(limit('MAIL_QUEUE_BYTES') + mail <= limit('READ_QUEUE_BYTES'))
  t.end()
})
