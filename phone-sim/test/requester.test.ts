import t from 'tap'
import { addressKind, isSameNetwork, nameOfRequester, requesterView } from '../src/requester.ts'

const requester = {
  browser: ['Linux', 'Firefox', '0.1.0'],
  version: [0],
  address: '192.168.1.20',
  userAgent: 'UA',
  connectedAt: 5,
  phoneAddress: '192.168.1.7',
}

t.test('it names program and system, and says when they are not known', (t) => {
  t.match(requesterView(requester, 'wifi'), { program: 'Firefox', system: 'Linux', address: '192.168.1.20' })
  t.match(requesterView({ ...requester, browser: [] }, 'wifi'), { program: 'unknown', system: 'unknown' })
  t.end()
})

const names: readonly (readonly [browser: string[], name: string])[] = [
  [['Linux', 'Chrome', '0.1.0'], 'Chrome on Linux'],
  [['Linux'], 'Linux'],
  [['', 'Chrome'], 'Chrome'],
  [[], 'Browser'],
]
for (const [browser, name] of names) {
  t.test(`it calls ${JSON.stringify(browser)} ${name}`, (t) => {
    t.equal(nameOfRequester({ ...requester, browser }), name)
    t.end()
  })
}

t.test('it is near only in one wifi', (t) => {
  t.ok(requesterView(requester, 'wifi').sameNetwork)
  t.notOk(requesterView(requester, 'cell').sameNetwork)
  t.notOk(requesterView({ ...requester, address: '192.168.2.20' }, 'wifi').sameNetwork)
  const { phoneAddress: _own, ...old } = requester
  t.notOk(requesterView(old, 'wifi').sameNetwork)
  t.end()
})

const pairs: readonly (readonly [a: string, b: string, same: boolean])[] = [
  ['127.0.0.1', '::1', true],
  ['127.0.0.1', '192.168.1.5', true],
  ['fd00::5', '127.0.0.1', true],
  ['127.0.0.1', '203.0.113.5', false],
  ['127.0.0.1', 'no address', false],
  ['::ffff:10.0.0.1', '10.0.0.2', true],
  ['10.0.0.1', '10.0.1.1', false],
  ['2001:db8::1', '2001:0db8:0:0:5::9', true],
  ['2001:db8:0:1::1', '2001:db8::1', false],
  ['fe80::1%eth0', 'fe80::2', true],
  ['', '', false],
  ['no address', 'no address', false],
]
for (const [a, b, same] of pairs) {
  t.test(`it takes ${a || 'nothing'} and ${b || 'nothing'} for ${same ? 'one network' : 'two'}`, (t) => {
    t.equal(isSameNetwork(a, b), same)
    t.end()
  })
}

const kinds: readonly (readonly [address: string, kind: string])[] = [
  ['127.8.0.1', 'machine'],
  ['::ffff:127.0.0.1', 'machine'],
  ['::1', 'machine'],
  ['10.1.2.3', 'local'],
  ['172.15.0.1', 'internet'],
  ['172.16.0.1', 'local'],
  ['172.31.9.9', 'local'],
  ['172.32.0.1', 'internet'],
  ['192.168.0.9', 'local'],
  ['169.254.1.1', 'local'],
  ['fd00::1', 'local'],
  ['fe80::1%eth0', 'local'],
  ['100.63.0.1', 'internet'],
  ['100.64.0.1', 'shared'],
  ['100.127.0.1', 'shared'],
  ['100.128.0.1', 'internet'],
  ['203.0.113.9', 'internet'],
  ['2001:db8::1', 'internet'],
  ['', 'unknown'],
  ['no address', 'unknown'],
]
for (const [address, kind] of kinds) {
  t.test(`it says of ${address || 'nothing'}: ${kind}`, (t) => {
    t.equal(addressKind(address), kind)
    t.end()
  })
}
