import t from 'tap'
import type { Hop } from 'proto/link'
import { fitsRule, tagOf } from '../src/fault-rule.ts'

const hop: Hop = { kind: 'browser-server', near: 'server', far: 'browser:1' }
const bytes = (text: string) => new TextEncoder().encode(text)

t.test('it reads the tag of text and binary frames', async (t) => {
  t.equal(tagOf('s1,["Conn"]'), 's1')
  t.equal(tagOf('!1600000000123'), '!1600000000123')
  t.equal(tagOf(bytes('3EB0,\u0001rest')), '3EB0')
  t.equal(tagOf(bytes('no comma')), '')
  t.equal(tagOf(bytes(`${'x'.repeat(128)},`)), '', 'no tag is so long')
})

t.test('it fits when every member that is given fits', async (t) => {
  t.ok(fitsRule({ way: 'out' }, hop, 'out', 'x'))
  t.ok(
    fitsRule(
      { way: 'out', hop: 'browser-server', at: 'server', far: 'browser:1', frame: 'text', tag: 's' },
      hop,
      'out',
      's1,',
    ),
  )
  for (const rule of [
    { way: 'in' },
    { way: 'out', hop: 'phone-mail' },
    { way: 'out', at: 'browser:1' },
    { way: 'out', far: 'browser:2' },
    { way: 'out', frame: 'binary' },
    { way: 'out', tag: 't' },
    { way: 'out', where: () => false },
  ] as const) {
    t.notOk(fitsRule(rule, hop, 'out', 's1,'), JSON.stringify(rule))
  }
})
