/** The sixteen defects of the Signal library (research reliability 6.1), each shown, then shown to be fenced off. */
import v8 from 'node:v8'
import t from 'tap'
import { limits } from 'proto/limits'
import { seededEntropy } from 'proto/entropy'
import { agree, assertSignature, generatePrekeys, keyPairOf, signWithIdentity } from '../src/signal-crypto.ts'
import { arrayBuffer, type Chain } from '../src/signal-record.ts'
import { bareLibrary, bareParty, compiledCurve, runAlone, PACKAGE } from './bare-library.ts'
import { codeFrom, conversation, flipped, macsDuring, party, textOf, type Party } from './signal-party.ts'

/** The chains of the only session in a record, ours or the library's. */
function chainsOf(record: string): Chain<string>[] {
  const { sessions } = JSON.parse(record) as {
    sessions: Record<string, { chains: Record<string, Chain<string>> }>
  }
  return Object.values(sessions).flatMap(({ chains }) => Object.values(chains))
}
const lastByteChanged = (body: Uint8Array): Uint8Array => flipped(body, body.length * 8 - 1)
const hex = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString('hex')

t.test('1: it refuses a first message under a changed identity, which the library accepts', async (t) => {
  const bare = bareLibrary()
  const victim = await bareParty(bare)
  victim.store.trusts = () => false
  const impostor = await bareParty(bare)
  await impostor.start('bob', victim.bundle)
  t.equal(await victim.decrypt('alice', await impostor.encrypt('bob', 'it is me')), 'it is me')
  t.same(victim.store.identities.get('alice.1'), impostor.bundle.identityKey, 'replaced although not trusted')

  const [, bob] = await conversation()
  for (let i = 0; i < 50; i++) {
    const substitute = party('alice', `substitute ${i}`)
    await substitute.signal.startSession('bob', bob.bundle(false), substitute.commit)
    const message = await substitute.encrypt(bob, 'it is me')
    const before = bob.snapshot()
    t.equal(await codeFrom(bob.decrypt(substitute, message)), 'TETHER_ERR_IDENTITY_CHANGED')
    t.equal(bob.snapshot(), before)
  }
})

t.test(
  '2: it keeps nothing of a forged first message, of which the library keeps the identity',
  async (t) => {
    const bare = bareLibrary()
    const [victim, forger] = [await bareParty(bare), await bareParty(bare)]
    await forger.start('bob', victim.bundle)
    const forged = await forger.encrypt('bob', 'hello')
    await t.rejects(victim.decrypt('alice', { ...forged, body: lastByteChanged(forged.body) }))
    t.ok(victim.store.identities.has('alice.1'), 'poisoned')

    const [alice, bob] = [party('alice'), party('bob')]
    await alice.start(bob)
    const message = await alice.encrypt(bob, 'hello')
    const before = bob.snapshot()
    const code = await codeFrom(bob.decrypt(alice, { ...message, body: lastByteChanged(message.body) }))
    t.equal(code, 'TETHER_ERR_SIGNAL_MESSAGE')
    t.equal(bob.snapshot(), before)
    t.equal(await bob.decrypt(alice, message), 'hello')
  },
)

const PING = `
  import { conversation } from './signal-party.js'
  const [alice, bob] = await conversation()
  await bob.decrypt(alice, await alice.encrypt(bob, 'ping'));`
const COUNTED = `console.log(process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection'))`

t.test('3: it leaves the handlers of the process alone, to which the library adds its own', async (t) => {
  const unrelated = `process.on('unhandledRejection', () => {})
    Promise.reject(new Error('unrelated')); setTimeout(() => console.log('alive'), 20)`
  const library = await runAlone(`await import('${PACKAGE}');${COUNTED};${unrelated}`)
  t.match(library.output, /^2\n/)
  t.notMatch(library.output, /alive/)
  t.not(library.code, 0, "killed by somebody else's rejection")
  const adapter = await runAlone(`${PING};${COUNTED};${unrelated}`)
  t.same(adapter, { code: 0, output: '0\nalive\n' })
})

t.test('4: it prunes old chains, which the library keeps for ever', async (t) => {
  const turns = 40
  const bare = bareLibrary()
  const [one, other] = [await bareParty(bare), await bareParty(bare)]
  await one.start('b', other.bundle)
  for (let i = 0; i < turns; i++) {
    await other.decrypt('a', await one.encrypt('b', 'ping'))
    await one.decrypt('b', await other.encrypt('a', 'pong'))
  }
  const chains = (record: string): number => chainsOf(record).length
  t.ok(chains(one.store.sessions.get('b.1')!) > turns, 'one chain more each turn')

  const [alice, bob] = await conversation()
  for (let i = 0; i < turns; i++) {
    await bob.decrypt(alice, await alice.encrypt(bob, 'ping'))
    await alice.decrypt(bob, await bob.encrypt(alice, 'pong'))
  }
  // the closed ones, the current one, and the one we send on
  t.equal(chains(alice.sessions.get('bob')!), limits.SIGNAL_CLOSED_CHAINS.value + 2)
})

t.test(
  '5: it refuses a far counter for nothing, for which the library computes thousands of MACs',
  async (t) => {
    const ahead = 1_990
    const bare = bareLibrary()
    const [one, other] = [await bareParty(bare), await bareParty(bare)]
    await one.start('b', other.bundle)
    await other.decrypt('a', await one.encrypt('b', 'ping'))
    await one.decrypt('b', await other.encrypt('a', 'pong'))
    const real = await one.encrypt('b', 'ping')
    const macs = await macsDuring(async () => {
      await t.rejects(other.decrypt('a', { ...real, body: withCounter(real.body, ahead) }))
    })
    t.ok(macs > 2 * ahead, `${macs} MACs for one forged message`)

    const [alice, bob] = await conversation()
    const message = await alice.encrypt(bob, 'ping')
    const before = bob.snapshot()
    const cost = await macsDuring(async () => {
      for (const counter of [limits.SIGNAL_JUMP.value, ahead, 0xffff_ffff]) {
        const far = { ...message, body: withCounter(message.body, counter) }
        t.equal(await codeFrom(bob.decrypt(alice, far)), 'TETHER_ERR_SIGNAL_MESSAGE')
      }
    })
    t.equal(cost, 0)
    t.equal(bob.snapshot(), before)

    // near ones cost something, but only as often as the budget says
    const near = { ...message, body: withCounter(message.body, limits.SIGNAL_JUMP.value - 1) }
    const codes: string[] = []
    for (let i = 0; i < limits.SIGNAL_FAILURES.value; i++)
      codes.push(await codeFrom(bob.decrypt(alice, near)))
    t.same([...new Set(codes)], ['TETHER_ERR_SIGNAL_MESSAGE'])
    const free = await macsDuring(async () => {
      t.equal(await codeFrom(bob.decrypt(alice, near)), 'TETHER_ERR_LIMIT')
    })
    t.equal(free, 0)
  },
)

/** The same message with another counter (tag 0x10 after version and ratchet key), its MAC no longer right. */
function withCounter(body: Uint8Array, counter: number): Uint8Array {
  const at = 1 + 2 + 33
  if (body[at] !== 0x10 || body[at + 1] > 0x7f) throw new Error('not where the counter is')
  const varint: number[] = []
  for (; counter > 0x7f; counter = Math.floor(counter / 128)) varint.push((counter % 128) | 0x80)
  return new Uint8Array([...body.subarray(0, at + 1), ...varint, counter, ...body.subarray(at + 2)])
}

t.test('6: it caps the keys of skipped messages, which the library keeps without end', async (t) => {
  const keys = (record: string): number =>
    chainsOf(record).flatMap(({ messageKeys }) => Object.keys(messageKeys)).length
  const cap = limits.SIGNAL_SKIPPED_KEYS.value
  const bare = bareLibrary()
  const [one, other] = [await bareParty(bare), await bareParty(bare)]
  await one.start('b', other.bundle)
  for (let i = 0; i < cap + 200; i++) {
    const message = await one.encrypt('b', 'x')
    if (i % 1_000 === 999 || i === cap + 199) await other.decrypt('a', message)
  }
  t.ok(keys(other.store.sessions.get('a.1')!) > cap)

  const [alice, bob] = await conversation()
  const jump = limits.SIGNAL_JUMP.value
  const sent = []
  for (let i = 0; i < cap + 3 * jump; i++) {
    const message = await alice.encrypt(bob, `message ${i}`)
    sent.push(message)
    if (i % jump === jump - 1) await bob.decrypt(alice, message)
  }
  t.equal(keys(bob.sessions.get('alice')!), cap)
  t.equal(await codeFrom(bob.decrypt(alice, sent[0])), 'TETHER_ERR_SIGNAL_MESSAGE', 'the oldest is gone')
  const late = cap + 2 * jump
  t.equal(await bob.decrypt(alice, sent[late]), `message ${late}`, 'a newer one is not')
})

t.test(
  '7: it stages session, prekey and plaintext together, which the library writes one by one',
  async (t) => {
    const bare = bareLibrary()
    const [sender, receiver] = [await bareParty(bare), await bareParty(bare)]
    await sender.start('b', receiver.bundle)
    const lost = await sender.encrypt('b', 'lost')
    receiver.store.removePreKey = async () => {
      throw new Error('crash between the writes')
    }
    await t.rejects(receiver.decrypt('a', lost), { message: 'crash between the writes' })
    await t.rejects(receiver.decrypt('a', lost), { name: 'MessageCounterError' }, 'nobody will ever read it')

    const [alice, bob] = [party('alice'), party('bob')]
    await alice.start(bob)
    const message = await alice.encrypt(bob, 'kept')
    const before = bob.snapshot()
    const crash = (): never => {
      throw new Error('crash before the commit')
    }
    await t.rejects(bob.signal.decrypt('alice', message.kind, message.body, crash), {
      message: 'crash before the commit',
    })
    t.equal(bob.snapshot(), before)
    const result = await bob.signal.decrypt('alice', message.kind, message.body, (all) => all)
    t.equal(textOf(result), 'kept')
    t.same(result.changes.identity, { remote: 'alice', key: alice.identity.publicKey })
    t.equal(result.changes.usedPrekey, 1)
    t.equal(await bob.decrypt(alice, message), 'kept', 'nothing was committed, so it opens again')
  },
)

t.test(
  '8: it leaves no write behind, where the library does not wait for the identity it saves',
  async (t) => {
    const bare = bareLibrary()
    const [sender, receiver] = [await bareParty(bare), await bareParty(bare)]
    await sender.start('b', receiver.bundle)
    let saved = false
    sender.store.saveIdentity = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return (saved = true)
    }
    await sender.encrypt('b', 'x')
    t.equal(saved, false, 'encrypt returned first')

    const [alice, bob] = await conversation()
    const touched = await alice.signal.encrypt('bob', Buffer.from('x'), (result) => {
      alice.commit(result)
      return alice.reads.count
    })
    const after = alice.snapshot()
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(alice.reads.count, touched, 'the state is not touched after the commit')
    t.equal(alice.snapshot(), after)
    t.ok(bob)
  },
)

t.test('9: it starts prekey ids at 1, because with 0 the library uses a key nobody agreed on', async (t) => {
  const bare = bareLibrary()
  const [sender, receiver] = [await bareParty(bare), await bareParty(bare, 0)]
  const { prekey: _, ...withoutPrekey } = receiver.bundle
  await sender.start('b', withoutPrekey)
  await t.rejects(receiver.decrypt('a', await sender.encrypt('b', 'x')), { message: 'Bad MAC' })

  t.throws(() => generatePrekeys(seededEntropy('x'), [0]), { code: 'TETHER_ERR_INTERNAL' })
  const [alice, bob] = [party('alice'), party('bob')]
  const bundle = bob.bundle()
  const zero = { ...bundle, prekey: { ...bundle.prekey!, id: 0 } }
  t.equal(await codeFrom(alice.signal.startSession('bob', zero, alice.commit)), 'TETHER_ERR_BODY')
  await alice.start(bob, false)
  const message = await alice.encrypt(bob, 'without a one-time prekey')
  const { changes } = await bob.signal.decrypt('alice', message.kind, message.body, bob.commit)
  t.equal(changes.usedPrekey, undefined)
  t.equal(bob.prekeys.size, 20)
})

t.test(
  '10: it shares no lock between phones, where the library has one for all, which also grows',
  async (t) => {
    const bare = bareLibrary()
    const [peer, one, other] = [await bareParty(bare), await bareParty(bare), await bareParty(bare)]
    await one.start('peer', peer.bundle)
    await other.start('peer', peer.bundle)
    const before = bare.SessionLock._promises.length
    one.store.loadSession = () => new Promise(() => {}) // the disk of the first phone hangs
    void one.encrypt('peer', 'x')
    const second = other.encrypt('peer', 'x').then(() => 'done')
    t.equal(
      await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 50, 'blocked'))]),
      'blocked',
    )
    t.equal(bare.SessionLock._promises.length, before + 2, 'one promise more for each operation')

    const [alice, bob] = await conversation()
    const carol = party('carol')
    await carol.start(bob)
    const hanging = alice.signal.encrypt('bob', Buffer.from('x'), () => new Promise(() => {}))
    t.equal((await carol.encrypt(bob, 'x')).kind, 'prekey', 'not blocked by a commit that never ends')
    t.ok(hanging)
    const livePromises = (): number => v8.queryObjects(Promise, { format: 'count' })
    for (let i = 0; i < 50; i++) await carol.encrypt(bob, 'warm')
    const live = livePromises()
    for (let i = 0; i < 200; i++) await carol.encrypt(bob, 'x')
    t.ok(livePromises() - live < 50, 'promises do not pile up')
  },
)

// RFC 7748 and the usual list: orders 1, 2, 4 and 8, and their other encodings.
const lowOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((text) => Buffer.from(text, 'hex'))
const typed = (raw: Uint8Array): Uint8Array => new Uint8Array([5, ...raw])

t.test('11: it refuses low-order keys, for which the library computes a secret of zeros', async (t) => {
  const compiled = await compiledCurve()
  const { privateKey } = keyPairOf(seededEntropy('x').bytes(32))
  const mallory = party('mallory')
  for (const point of lowOrder) {
    t.equal(hex(compiled.sharedSecret(arrayBuffer(point), arrayBuffer(privateKey))), '00'.repeat(32))
    t.throws(() => agree(point, privateKey), { code: 'TETHER_ERR_KEY_LOW_ORDER' })

    const alice = party('alice')
    const signature = signWithIdentity(mallory.identity, typed(point))
    const bundle = { ...mallory.bundle(), signedPrekey: { id: 1, key: typed(point), signature } }
    const before = alice.snapshot()
    const code = await codeFrom(alice.signal.startSession('mallory', bundle, alice.commit))
    t.equal(code, 'TETHER_ERR_KEY_LOW_ORDER')
    t.equal(alice.snapshot(), before)
  }
})

t.test('12: it throws for an invalid signature, for which verify of the library answers true', async (t) => {
  const compiled = await compiledCurve()
  const bytes = Buffer.from('signed')
  for (let i = 0; i < 8; i++) {
    const { identity } = party('signer', `signer ${i}`)
    const raw = arrayBuffer(identity.publicKey.subarray(1))
    const ours = signWithIdentity(identity, bytes)
    const theirs = new Uint8Array(compiled.sign(arrayBuffer(identity.privateKey), arrayBuffer(bytes)))
    t.equal(compiled.verify(raw, arrayBuffer(bytes), arrayBuffer(ours)), false, 'false means valid')
    t.equal(compiled.verify(raw, arrayBuffer(Buffer.from('other')), arrayBuffer(ours)), true)
    assertSignature(identity.publicKey, bytes, theirs)
  }
  const { identity } = party('signer')
  const signature = signWithIdentity(identity, bytes)
  const invalid = { code: 'TETHER_ERR_SIGNATURE' }
  for (let bit = 0; bit < 512; bit++) {
    t.throws(() => assertSignature(identity.publicKey, bytes, flipped(signature, bit)), invalid)
  }
  t.throws(() => assertSignature(identity.publicKey, Buffer.from('other'), signature), invalid)
  t.throws(() => assertSignature(identity.publicKey, bytes, signature.subarray(1)), invalid)
  for (const point of lowOrder)
    t.throws(() => assertSignature(typed(point), bytes, new Uint8Array(64)), invalid)
})

t.test(
  '13: it draws from the entropy of the phone, where the library may fall back to a script',
  async (t) => {
    const withoutCrypto = `delete globalThis.crypto; Object.defineProperty(globalThis, 'crypto', { value: undefined });`
    const loaded = `
    import { createRequire } from 'node:module'
    const paths = Object.keys(createRequire(import.meta.url).cache).join()
    console.log(paths.includes('msrcrypto'), paths.includes('curveasm'))`
    const library = await runAlone(
      `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);${withoutCrypto}
     const { crypto } = require('${PACKAGE}/lib/internal/crypto')
     console.log(crypto._webcrypto === require('${PACKAGE}/lib/msrcrypto'))`,
    )
    t.match(library.output, /^true\n/)
    const bytes = `console.log(Buffer.from((await alice.encrypt(bob, 'pong')).body).toString('hex'))`
    const [first, second] = [
      await runAlone(PING + bytes + loaded),
      await runAlone(withoutCrypto + PING + bytes + loaded),
    ]
    t.match(first.output, /^[0-9a-f]{100,}\nfalse false\n$/)
    t.same(second, first, 'the same bytes from the same seed, without any WebCrypto')
  },
)

t.test('14: it keeps private keys out of the compiled heap, where the library leaves them', async (t) => {
  const compiled = await compiledCurve()
  const secret = keyPairOf(seededEntropy('a key to look for').bytes(32)).privateKey
  compiled.sharedSecret(arrayBuffer(party('x').identity.publicKey.subarray(1)), arrayBuffer(secret))
  // free() overwrites the first bytes with its own links
  t.ok(Buffer.from(compiled._module.HEAPU8.buffer).includes(Buffer.from(secret.subarray(16))))
  const adapter = await runAlone(`${PING}
    import { createRequire } from 'node:module'
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('curve25519')).length)`)
  t.same(adapter, { code: 0, output: '0\n' }, 'the compiled curve is not even loaded')
})

t.test('15: it prints nothing, where the library prints keys', async (t) => {
  const printed: unknown[][] = []
  const original = { warn: console.warn, error: console.error, log: console.log, info: console.info }
  const trap = (...args: unknown[]): void => void printed.push(args)
  Object.assign(console, { warn: trap, error: trap, log: trap, info: trap })
  t.teardown(() => Object.assign(console, original))

  const bare = bareLibrary()
  const [sender, receiver] = [await bareParty(bare), await bareParty(bare)]
  const wrongType = new Uint8Array(receiver.bundle.identityKey)
  wrongType[0] = 6
  await t.rejects(sender.start('b', { ...receiver.bundle, identityKey: wrongType }))
  t.match(printed, [['Invalid public key', { pubKey: ArrayBuffer }]])

  printed.length = 0
  const [alice, bob] = [party('alice'), party('bob')]
  const bundle = bob.bundle()
  t.equal(
    await codeFrom(alice.signal.startSession('bob', { ...bundle, identityKey: wrongType }, alice.commit)),
    'TETHER_ERR_KEY_LENGTH',
  )
  await alice.signal.startSession('bob', bundle, alice.commit)
  const { body } = await alice.encrypt(bob, 'hello')
  const codes = new Set<string>()
  for (let bit = 0; bit < body.length * 8; bit += 7) {
    codes.add(await codeFrom(party('bob').signal.decrypt('alice', 'prekey', flipped(body, bit), () => {})))
  }
  t.ok(codes.has('TETHER_ERR_SIGNAL_MESSAGE'))
  t.same(printed, [])
})

t.test(
  '16: it takes and gives exact bytes, where the library would send the neighbours of a Buffer',
  async (t) => {
    const pooled = Buffer.from('only this')
    t.ok(pooled.buffer.byteLength > pooled.length, 'a view of a larger pool')
    const bare = bareLibrary()
    const [sender, receiver] = [await bareParty(bare), await bareParty(bare)]
    await sender.start('b', receiver.bundle)
    const cipher = new bare.SessionCipher(sender.store, new bare.SignalProtocolAddress('b', 1))
    await t.rejects(cipher.encrypt(pooled as unknown as ArrayBuffer), 'it does not take a Buffer')
    const { body } = await cipher.encrypt(pooled.buffer)
    t.ok(body.length > pooled.buffer.byteLength, 'and the obvious way to an ArrayBuffer sends the whole pool')

    const [alice, bob]: [Party, Party] = await conversation()
    const message = await alice.signal.encrypt('bob', pooled, alice.commit)
    t.ok(message.body.length < 100)
    const padded = Buffer.concat([Buffer.alloc(9), message.body, Buffer.alloc(9)]).subarray(9, -9)
    const { plaintext } = await bob.signal.decrypt('alice', message.kind, padded, bob.commit)
    t.equal(Buffer.from(plaintext).toString(), 'only this')
    for (const given of [plaintext, message.body]) t.equal(given.buffer.byteLength, given.length)
  },
)
