import t from 'tap'
import { utf8 } from 'proto/bytes'
import type { Node } from 'proto/node'
import { ClientLaw, nodeBreach } from '../src/client-law.ts'

const phone = Object.fromEntries(
  ['wa_version', 'mcc', 'mnc', 'os_version', 'device_manufacturer', 'device_model', 'os_build_number'].map(
    (name) => [name, 'x'],
  ),
)
const conn = {
  ...{
    wid: '1@c.us',
    clientToken: 'c',
    serverToken: 's',
    browserToken: 'b',
    pushname: 'P',
    platform: 'android',
  },
  ...{ battery: 77, plugged: false, connected: true, lc: 'US', lg: 'en', tos: 0, is24h: true, phone },
}
const CONN = `s1,${JSON.stringify(['Conn', conn])}`
const sealed = (tag: string, bytes = 64) => Buffer.concat([utf8(`${tag},`), new Uint8Array(bytes)])

t.test('a lawful start breaks nothing', async (t) => {
  const law = new ClientLaw()
  const said = (frame: string | Uint8Array, at: number) => t.equal(law.said(frame, at), null, String(frame))
  said('1.--0,{"status":200,"ref":"x","ttl":20000}', 0)
  said(CONN, 50)
  said('s2,["Blocklist",{"id":1,"blocklist":[]}]', 50)
  said('!1600000000123', 60)
  law.heard(sealed('1.--2', 66))
  said(sealed('preempt-1-1'), 70)
  said('1.--2,', 71)
  said('1.--2,{"status":404}', 72)
  said('1.--3,["Pong",true]', 73)
  said('s3,["Conn",{"pushname":"E"}]', 80)
  said(CONN, 90) // a login that was repeated
  said('s2,["Blocklist",{"id":1,"blocklist":[]}]', 91)
})

t.test('each trap is noticed', async (t) => {
  const broken: [string, (law: ClientLaw) => string | null][] = [
    ['an empty frame', (law) => law.said('', 0)],
    ['an empty binary frame', (law) => law.said(new Uint8Array(0), 0)],
    ['no tag', (law) => law.said('{"status":200}', 0)],
    ['two commas', (law) => law.said('x,,{"status":200}', 0)],
    ['broken JSON', (law) => law.said('x,{"status":', 0)],
    ['seconds', (law) => law.said('!1600000000', 0)],
    ['599', (law) => law.said('x,{"status":599}', 0)],
    ['Pong false', (law) => law.said('x,["Pong",false]', 0)],
    ['a push that is s1 before Conn', (law) => law.said('s1,["Stream","update",false,"1"]', 0)],
    ['a number left out', (law) => (law.said(CONN, 0), law.said('s3,["Props",{}]', 0))],
    ['a push without number', (law) => (law.said(CONN, 0), law.said('abc,["Props",{}]', 0))],
    ['sealed before Conn', (law) => law.said(sealed('x'), 0)],
    ['sealed too soon', (law) => (law.said(CONN, 0), law.said(sealed('x'), 499))],
    ['metric and flags', (law) => (law.said(CONN, 0), law.said(sealed('x', 66), 600))],
    [
      'a long error',
      (law) => (law.heard(sealed('q')), law.said(`q,{"status":404,"why":"${'x'.repeat(20)}"}`, 0)),
    ],
    ...Object.keys(conn).map((member): [string, (law: ClientLaw) => string | null] => [
      `Conn without ${member}`,
      (law) => law.said(`s1,${JSON.stringify(['Conn', { ...conn, [member]: undefined }])}`, 0),
    ]),
    ['a number as text', (law) => law.said(`s1,${JSON.stringify(['Conn', { ...conn, battery: '77' }])}`, 0)],
  ]
  for (const [what, breaks] of broken) t.type(breaks(new ClientLaw()), 'string', what)
})

t.test('a node that a client would not survive is noticed', async (t) => {
  const message: Node = { tag: 'message', attrs: {}, content: utf8('bytes') }
  const of = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
    tag,
    attrs,
    content,
  })
  for (const lawful of [
    of('response', { type: 'message' }, [message, message]),
    of('response', { type: 'message' }),
    of('action', { add: 'relay' }, [message]),
    of('action', {}, [of('user', { jid: '1@c.us' })]),
  ])
    t.equal(nodeBreach(lawful), null)
  for (const broken of [
    of('response', {}, [message]),
    of('action', { add: 'relay' }, [message, message]),
    of('action', { add: 'relay' }),
    of('response', { type: 'message' }, [of('message', {}, 'text')]),
    of('response', { type: 'message' }, [of('message', {})]),
    of('response', { type: 'contacts' }, [of('user', { name: 'x' })]),
    of('response', { type: 'x', y: '' }),
    of('response', { type: 'status' }, [of('status', { jid: 'x' }, [of('message', {})])]),
  ])
    t.type(nodeBreach(broken), 'string', JSON.stringify(broken))
})
