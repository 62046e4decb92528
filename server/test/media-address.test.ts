import t from 'tap'
import { readConfig } from '../src/config.ts'
import { absoluteUrl, mediaHost, uploadPath } from '../src/media-address.ts'
import { PEER } from './world.ts'

t.test('it tells where a client connected to, unless the settings say better', async (t) => {
  const config = readConfig({})
  t.equal(mediaHost({ ...PEER, reached: '127.0.0.1:8080' }, config), '127.0.0.1:8080')
  t.equal(mediaHost(PEER, config), 'localhost')
  const behind = readConfig({ TETHER_PUBLIC_HOST: 'relay.example:443' })
  t.equal(mediaHost({ ...PEER, reached: '10.0.0.7:8080' }, behind), 'relay.example:443')
  t.equal(mediaHost({ ...PEER, door: 'legacyTls', reached: '127.0.0.1:8443' }, behind), '127.0.0.1:8443')
})

t.test('it names the door by which the asker came', async (t) => {
  const config = readConfig({})
  t.equal(absoluteUrl('/mms/x', { ...PEER, reached: '10.0.0.7:8080' }, config), 'http://10.0.0.7:8080/mms/x')
  const tls = { ...PEER, door: 'legacyTls', reached: '127.0.0.1:8443' } as const
  t.equal(absoluteUrl('/mms/x', tls, config), 'https://127.0.0.1:8443/mms/x')
})

t.test('it has a path for every type and a hash, and for nothing else', async (t) => {
  const hash = Buffer.alloc(32, 0xfb)
  const token = hash.toString('base64url')
  t.equal(uploadPath('image', hash.toString('base64')), `/mms/image/${token}`)
  t.equal(uploadPath('sticker', hash.toString('base64')), `/mms/image/${token}`)
  t.equal(uploadPath('ptt', hash.toString('base64')), `/mms/audio/${token}`)
  for (const type of ['', 'constructor', 'text', '../x'])
    t.equal(uploadPath(type, hash.toString('base64')), null)
  for (const text of ['', 'x', token, hash.subarray(1).toString('base64')])
    t.equal(uploadPath('image', text), null)
})
