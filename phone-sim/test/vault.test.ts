import t from 'tap'
import { utf8 } from 'proto/bytes'
import { seededEntropy } from 'proto/entropy'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { deriveVaultKey, Vault } from '../src/vault.ts'
import { TestClock } from './test-clock.ts'

const KEY = new Uint8Array(32).fill(1)
function fresh(key = KEY) {
  const store = openPhoneStore(':memory:', { clock: new TestClock() })
  return { store, vault: new Vault(store.vault, key, seededEntropy('vault'), () => 5) }
}

t.test('it gives back what was put in, wipes the copy after use, and shows names only', async (t) => {
  const { vault } = fresh()
  vault.put('session/1', utf8('a record'))
  let seen: Uint8Array | null = null
  t.equal(
    vault.use('session/1', (value) => ((seen = value), Buffer.from(value).toString())),
    'a record',
  )
  t.strictSame(seen, new Uint8Array(8))
  t.equal(vault.findText('session/2'), null)
  t.match(vault.names(), [{ name: 'session/1' }])
  t.equal(vault.names().length, 1, 'the check value is not shown')
  vault.remove('session/1')
  t.notOk(vault.has('session/1'))
})

t.test('it holds nothing in clear, and no value twice alike', async (t) => {
  const { store, vault } = fresh()
  vault.putText('a', 'the secret text')
  const first = store.vault.find('a')!
  vault.putText('a', 'the secret text')
  t.notSame(store.vault.find('a'), first)
  t.notOk(Buffer.from(first).includes('secret'))
})

t.test('it does not open with another key', async (t) => {
  const { store } = fresh()
  t.throws(() => new Vault(store.vault, new Uint8Array(32).fill(2), seededEntropy('x'), () => 5), {
    code: 'TETHER_ERR_VAULT',
  })
  t.throws(() => new Vault(store.vault, new Uint8Array(16), seededEntropy('x'), () => 5), {
    code: 'TETHER_ERR_KEY_LENGTH',
  })
})

t.test('it notices any changed bit, swapped names, cut values and a missing check', async (t) => {
  const { store, vault } = fresh()
  vault.putText('a', 'short')
  const sealed = store.vault.find('a')!
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const bad = new Uint8Array(sealed)
    bad[bit >> 3] ^= 1 << (bit & 7)
    store.vault.put('a', bad)
    if (!throwsVault(() => vault.findText('a'))) t.fail(`bit ${bit}`)
  }
  for (let length = 0; length < sealed.length; length++) {
    store.vault.put('a', sealed.slice(0, length))
    if (!throwsVault(() => vault.findText('a'))) t.fail(`length ${length}`)
  }
  store.vault.put('b', sealed)
  t.throws(() => vault.findText('b'), { code: 'TETHER_ERR_VAULT' })
  store.vault.remove('check')
  t.throws(() => new Vault(store.vault, KEY, seededEntropy('x'), () => 5), { code: 'TETHER_ERR_VAULT' })
})

t.test('it derives the same key from the same passphrase and number only', async (t) => {
  const key = deriveVaultKey('open sesame', '15550001111')
  t.equal(key.length, 32)
  t.strictSame(deriveVaultKey('open sesame', '15550001111'), key)
  t.notSame(deriveVaultKey('open sesame', '15550002222'), key)
  t.notSame(deriveVaultKey('open sesam', '15550001111'), key)
})

function throwsVault(task: () => void): boolean {
  try {
    task()
  } catch (error) {
    return (error as { code?: string }).code === 'TETHER_ERR_VAULT'
  }
  return false
}
