import t from 'tap'
import * as proto from '../src/index.ts'

t.test('it exports the names that programs outside the repository import', async (t) => {
  for (const name of [
    'encodeNode',
    'decodeNode',
    'buildSecret',
    'openSecret',
    'sealFrame',
    'openFrame',
    'formatQr',
    'parseQr',
    'encryptMedia',
    'decryptMedia',
  ]) {
    t.type(Reflect.get(proto, name), 'function', name)
  }
})
