import t from 'tap'
import { readConfig } from '../src/config.ts'
import { picturePath, pictureUrl } from '../src/picture-address.ts'
import { PEER } from './world.ts'

t.test('leads to the door by which the asker came', async (t) => {
  const config = readConfig({})
  t.equal(
    pictureUrl('abc', { ...PEER, reached: '10.0.0.1:8080' }, config),
    'http://10.0.0.1:8080/pictures/abc',
  )
  const tls = { ...PEER, door: 'legacyTls', reached: '127.0.0.1:8443' } as const
  t.equal(pictureUrl('abc', tls, config), 'https://127.0.0.1:8443/pictures/abc')
  t.equal(pictureUrl('abc', PEER, config), 'http://localhost/pictures/abc', 'where there are no sockets')
  const elsewhere = readConfig({ TETHER_PUBLIC_HOST: 'tether.example:80' })
  t.equal(pictureUrl('abc', PEER, elsewhere), 'http://tether.example:80/pictures/abc')
  t.equal(picturePath('abc'), '/pictures/abc')
})
