import t from 'tap'
import { networkOf, writtenAddress } from '../src/network.ts'

const networks: readonly (readonly [address: string, network: string | null])[] = [
  ['203.0.113.9', '203.0.113'],
  ['203.0.113.255', '203.0.113'],
  ['203.0.114.9', '203.0.114'],
  ['::ffff:203.0.113.9', '203.0.113'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0DB8:0:0:5::9', '2001:db8:0:0'],
  ['2001:db8:0:1::1', '2001:db8:0:1'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['127.0.0.1', '127.0.0'],
  ['::1', '127.0.0'],
  ['::2', '0:0:0:0'],
  ['', null],
  ['no address', null],
  ['1.2.3', null],
  ['1::2::3', null],
  ['12345::', null],
]
for (const [address, network] of networks) {
  t.test(`the network of ${address || 'nothing'} is ${network ?? 'not known'}`, (t) => {
    t.equal(networkOf(address), network)
    t.end()
  })
}

t.test('each address has one spelling', (t) => {
  t.equal(writtenAddress('::ffff:10.0.0.1'), '10.0.0.1')
  t.equal(writtenAddress('2001:0DB8::00a0'), '2001:db8:0:0:0:0:0:a0')
  t.equal(writtenAddress('1:2:3:4:5:6:7'), null)
  t.end()
})
