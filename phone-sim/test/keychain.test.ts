import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { Keychain } from '../src/keychain.ts'
import { generateIdentity, generatePrekeys, generateSignedPrekey } from '../src/signal-crypto.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { Vault } from '../src/vault.ts'
import { BOB, VAULT_KEY } from './phone-world.ts'
import { TestClock } from './test-clock.ts'

const entropy = seededEntropy('keychain')

function newKeychain(t: Test) {
  const clock = new TestClock()
  const store = openPhoneStore(':memory:', { clock })
  t.teardown(() => store.close())
  return {
    keychain: new Keychain(new Vault(store.vault, VAULT_KEY, entropy.fork('vault'), () => clock.now())),
    store,
    clock,
  }
}

t.test('it gives back the keys that it was given', (t) => {
  const { keychain } = newKeychain(t)
  t.notOk(keychain.hasIdentity())
  t.throws(() => keychain.loadOwnIdentity(), { code: 'TETHER_ERR_VAULT' })
  const identity = generateIdentity(entropy.fork('identity'))
  keychain.storeIdentity(identity)
  t.strictSame(keychain.loadOwnIdentity(), identity)
  const [prekey] = generatePrekeys(entropy.fork('prekeys'), [7])
  keychain.storePrekey(prekey)
  t.match(keychain.loadPrekey(7), { publicKey: prekey.publicKey, privateKey: prekey.privateKey })
  t.equal(keychain.loadPrekey(8), undefined)
  t.equal(keychain.prekeyCount(), 1)
  t.end()
})

t.test('it knows the age of signed prekeys and publishes no private half', (t) => {
  const { keychain, clock } = newKeychain(t)
  const identity = generateIdentity(entropy.fork('identity'))
  const signed = generateSignedPrekey(entropy.fork('signed'), identity, 3)
  keychain.storeSignedPrekey(signed)
  const published = keychain.signedPrekeyToPublish(3)
  t.strictSame(published, { id: 3, key: signed.publicKey, signature: signed.signature })
  t.strictSame(keychain.signedPrekeys(), [{ id: 3, at: clock.now() }])
  keychain.removeSignedPrekey(3)
  t.equal(keychain.loadSignedPrekey(3), undefined)
  t.equal(keychain.signedPrekeyToPublish(3), null)
  t.end()
})

t.test('it applies what an operation changed, all of it or nothing', (t) => {
  const { keychain, store } = newKeychain(t)
  const [prekey] = generatePrekeys(entropy.fork('prekeys'), [1])
  keychain.storePrekey(prekey)
  const changes = {
    session: { remote: BOB, record: '{"a":1}' },
    identity: { remote: BOB, key: new Uint8Array(33).fill(5) },
    usedPrekey: 1,
  }
  t.throws(() =>
    store.transaction(() => {
      keychain.apply(changes)
      throw new Error('undone')
    }),
  )
  t.equal(keychain.loadSession(BOB), undefined)
  t.equal(keychain.loadIdentity(BOB), undefined)
  t.equal(keychain.prekeyCount(), 1)
  store.transaction(() => keychain.apply(changes))
  t.equal(keychain.loadSession(BOB), '{"a":1}')
  t.strictSame(keychain.loadIdentity(BOB), changes.identity.key)
  t.equal(keychain.prekeyCount(), 0, 'a one-time prekey is used once')
  keychain.removeSession(BOB)
  t.equal(keychain.loadSession(BOB), undefined)
  t.end()
})
