import type { Socket } from 'node:net'
import t from 'tap'
import { cameByTls, entranceOf } from '../src/entrance.ts'

const at = (localAddress: string, localPort: number) => ({ localAddress, localPort })

t.test('tells a peer of the plain door where it came in, as the host of a URL', async (t) => {
  t.same(entranceOf(at('127.0.0.1', 8080)), { door: 'plain', reached: '127.0.0.1:8080' })
  t.same(entranceOf(at('::1', 8080)), { door: 'plain', reached: '[::1]:8080' })
  t.same(entranceOf(at('::ffff:10.0.0.7', 80)), { door: 'plain', reached: '10.0.0.7:80' })
})

t.test('has no address for a request without a socket, or with one that is none', async (t) => {
  t.same(entranceOf(undefined), { door: 'plain', reached: null })
  t.same(entranceOf({}), { door: 'plain', reached: null })
})

t.test('tells a peer of the TLS door that door, even when it came by the proxy', async (t) => {
  const byProxy = at('127.0.0.1', 8442) as Socket
  cameByTls(byProxy, 8443)
  t.same(entranceOf(byProxy), { door: 'legacyTls', reached: '127.0.0.1:8443' })
  t.same(entranceOf(at('127.0.0.1', 8442)), { door: 'plain', reached: '127.0.0.1:8442' }, 'only that socket')
})
