import t from 'tap'
import { limits } from 'proto/limits'
import { identityOf } from '../src/signal-envelope.ts'
import { keyPairOf } from '../src/signal-crypto.ts'
import type { Encrypted } from '../src/signal-port.ts'
import { arrayBuffer } from '../src/signal-record.ts'
import { bareLibrary, bareParty, compiledCurve } from './bare-library.ts'
import { codeFrom, conversation, flipped, macsDuring, party, stillClock, type Party } from './signal-party.ts'

t.test('it carries messages back and forth, the first ones with the keys of the session', async (t) => {
  const [alice, bob] = [party('alice'), party('bob')]
  t.equal(alice.signal.hasSession('bob'), false)
  await alice.start(bob)
  t.equal(alice.signal.hasSession('bob'), true)
  for (const text of ['one', 'two']) {
    const message = await alice.encrypt(bob, text)
    t.equal(message.kind, 'prekey')
    t.equal(await bob.decrypt(alice, message), text)
  }
  t.same(bob.identities.get('alice'), alice.identity.publicKey)
  t.equal(bob.prekeys.has(1), false, 'the one-time prekey is used up')
  for (let i = 0; i < 50; i++) {
    const [from, to] = i % 2 ? [alice, bob] : [bob, alice]
    const message = await from.encrypt(to, `turn ${i}`)
    t.equal(message.kind, 'whisper')
    t.equal(await to.decrypt(from, message), `turn ${i}`)
  }
})

t.test('it carries empty and large messages', async (t) => {
  const [alice, bob] = await conversation()
  for (const length of [0, 1, 15, 16, 60_000]) {
    const text = 'x'.repeat(length)
    t.equal(await bob.decrypt(alice, await alice.encrypt(bob, text)), text)
  }
})

t.test('it opens messages in any order, each once, also across ratchet steps', async (t) => {
  const [alice, bob] = await conversation()
  const sent: Encrypted[] = []
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 5; i++) sent.push(await alice.encrypt(bob, `message ${sent.length}`))
    // only the last of each round arrives in time; the answer makes Alice step her ratchet
    t.equal(await bob.decrypt(alice, sent.at(-1)!), `message ${sent.length - 1}`)
    await alice.decrypt(bob, await bob.encrypt(alice, 'answer'))
  }
  for (let at = sent.length - 1; at >= 0; at--) {
    if (at % 5 === 4) continue
    t.equal(await bob.decrypt(alice, sent[at]), `message ${at}`)
  }
  for (const message of sent) {
    t.equal(await codeFrom(bob.decrypt(alice, message)), 'TETHER_ERR_SIGNAL_MESSAGE', 'a second time')
  }
})

t.test('it keeps the record small and the work the same over many ratchet steps', async (t) => {
  const [alice, bob] = await conversation()
  const sizes = new Set<number>()
  const work = new Set<number>()
  const part = async (): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      const [from, to] = i % 2 ? [alice, bob] : [bob, alice]
      await to.decrypt(from, await from.encrypt(to, 'turn'))
    }
  }
  await part() // until the list of old chains is full
  for (let i = 0; i < 10; i++) {
    work.add(await macsDuring(part))
    sizes.add(alice.sessions.get('bob')!.length)
  }
  t.ok(Math.max(...sizes) < 4_096, `${Math.max(...sizes)} characters`)
  t.ok(Math.max(...sizes) - Math.min(...sizes) < 32, 'flat but for the digits of its ordinals')
  t.equal(work.size, 1, 'no message costs more than another')
})

t.test('it refuses every message with one bit flipped, and keeps its state', async (t) => {
  const [alice, bob] = await conversation()
  const message = await alice.encrypt(bob, 'one bit')
  const before = bob.snapshot()
  const codes = new Map<string, number>()
  for (let bit = 0; bit < message.body.length * 8; bit++) {
    bob.clock.ms += 60_000 // the budget for failures is another test
    const code = await codeFrom(bob.decrypt(alice, { ...message, body: flipped(message.body, bit) }))
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  t.same([...codes], [['TETHER_ERR_SIGNAL_MESSAGE', message.body.length * 8]])
  t.equal(bob.snapshot(), before)
  t.equal(await bob.decrypt(alice, message), 'one bit')
})

t.test('it refuses every first message with one bit flipped, of a stranger or a contact', async (t) => {
  for (const known of [false, true]) {
    const [alice, bob] = [party('alice'), party('bob')]
    if (known) bob.identities.set('alice', alice.identity.publicKey)
    await alice.start(bob)
    const message = await alice.encrypt(bob, 'one bit')
    const identityAt = Buffer.from(message.body).indexOf(alice.identity.publicKey)
    const before = bob.snapshot()
    const surprises: string[] = []
    let without = 0
    // for a contact only the identity is looked at otherwise
    const [from, to] = known ? [identityAt, identityAt + 33] : [0, message.body.length]
    for (let bit = from * 8; bit < to * 8; bit++) {
      bob.clock.ms += 60_000
      const body = flipped(message.body, bit)
      const code = await codeFrom(bob.signal.decrypt('alice', 'prekey', body, () => {}))
      // Nothing authenticates the registration id, the first field: whatever it says has no effect.
      if (code === 'none' && bit >> 3 >= 2 && bit >> 3 <= 3) {
        without++
        continue
      }
      const byte = (bit >> 3) - identityAt
      const isOtherIdentity = known && byte >= 0 && byte < 33 && code === 'TETHER_ERR_IDENTITY_CHANGED'
      if (code !== 'TETHER_ERR_SIGNAL_MESSAGE' && !isOtherIdentity) surprises.push(`${bit}: ${code}`)
    }
    t.same(surprises, [])
    t.ok(without <= 14, 'a registration id has 14 bits')
    t.equal(bob.snapshot(), before)
    t.equal(await bob.decrypt(alice, message), 'one bit')
  }
})

t.test(
  'it gives the registration id of a first message no effect, as nothing authenticates it',
  async (t) => {
    const [alice, bob] = [party('alice'), party('bob')]
    await alice.start(bob)
    const message = await alice.encrypt(bob, 'hello')
    const other = flipped(message.body, 2 * 8)
    const outcomes = []
    for (const body of [message.body, other]) {
      outcomes.push(
        await party('bob').signal.decrypt('alice', 'prekey', body, (result) => JSON.stringify(result)),
      )
    }
    t.equal(outcomes[0], outcomes[1])
  },
)

t.test('it names a changed identity and goes on once the new one is trusted', async (t) => {
  const [alice, bob] = await conversation()
  const late = await alice.encrypt(bob, 'from before')
  const fresh = party('alice', 'alice on a new phone')
  await fresh.start(bob)
  const message = await fresh.encrypt(bob, 'new phone')
  t.equal(await codeFrom(bob.decrypt(fresh, message)), 'TETHER_ERR_IDENTITY_CHANGED')
  t.equal(
    await codeFrom(bob.signal.startSession('alice', fresh.bundle(), bob.commit)),
    'TETHER_ERR_IDENTITY_CHANGED',
  )
  bob.identities.set('alice', identityOf(message.body))
  t.equal(await codeFrom(bob.encrypt(fresh, 'x')), 'TETHER_ERR_IDENTITY_CHANGED', 'never to the old key')
  t.equal(await codeFrom(bob.decrypt(alice, late)), 'TETHER_ERR_IDENTITY_CHANGED', 'nor from it')
  t.equal(await bob.decrypt(fresh, message), 'new phone')
  t.equal(await fresh.decrypt(bob, await bob.encrypt(fresh, 'welcome')), 'welcome')
})

t.test('it recovers when both write first', async (t) => {
  const [alice, bob] = [party('alice'), party('bob')]
  await alice.start(bob)
  await bob.start(alice)
  const [fromAlice, fromBob] = [await alice.encrypt(bob, 'me first'), await bob.encrypt(alice, 'no, me')]
  t.equal(await bob.decrypt(alice, fromAlice), 'me first')
  t.equal(await alice.decrypt(bob, fromBob), 'no, me')
  for (let i = 0; i < 6; i++) {
    const crossing = [await alice.encrypt(bob, `a${i}`), await bob.encrypt(alice, `b${i}`)] as const
    t.equal(await bob.decrypt(alice, crossing[0]), `a${i}`)
    t.equal(await alice.decrypt(bob, crossing[1]), `b${i}`)
  }
})

t.test('it opens a late message of an earlier session without harm to the open one', async (t) => {
  const [alice, bob] = await conversation()
  await alice.decrypt(bob, await bob.encrypt(alice, 'steps'))
  const late = await alice.encrypt(bob, 'late')
  await bob.start(alice)
  await alice.decrypt(bob, await bob.encrypt(alice, 'a new session'))
  const inNew = await alice.encrypt(bob, 'in the new one')
  t.equal(await bob.decrypt(alice, late), 'late')
  t.equal(await bob.decrypt(alice, inNew), 'in the new one')
  t.equal(await alice.decrypt(bob, await bob.encrypt(alice, 'still works')), 'still works')
})

t.test('it keeps a bounded number of earlier sessions', async (t) => {
  const [alice, bob] = await conversation()
  for (let i = 0; i < 15; i++) {
    await alice.start(bob)
    t.equal(await bob.decrypt(alice, await alice.encrypt(bob, `session ${i}`)), `session ${i}`)
  }
  const count = (record: string): number =>
    Object.keys((JSON.parse(record) as { sessions: object }).sessions).length
  t.equal(count(bob.sessions.get('alice')!), limits.SIGNAL_CLOSED_SESSIONS.value + 1)
  t.equal(await alice.decrypt(bob, await bob.encrypt(alice, 'latest')), 'latest')
})

t.test(
  'it opens a repeated first message again in its own session only, and refuses an unknown prekey',
  async (t) => {
    const [alice, bob] = [party('alice'), party('bob')]
    await alice.start(bob)
    const message = await alice.encrypt(bob, 'hello')
    await bob.decrypt(alice, message)
    t.equal(await codeFrom(bob.decrypt(alice, message)), 'TETHER_ERR_SIGNAL_MESSAGE')
    bob.sessions.clear()
    t.equal(
      await codeFrom(bob.decrypt(alice, message)),
      'TETHER_ERR_SIGNAL_MESSAGE',
      'its one-time prekey is gone',
    )
  },
)

t.test('it opens the same message again when the commit was lost', async (t) => {
  const [alice, bob] = await conversation()
  const message = await alice.encrypt(bob, 'twice')
  const crash = (): never => {
    throw new Error('disk full')
  }
  await t.rejects(bob.signal.decrypt('alice', message.kind, message.body, crash), { message: 'disk full' })
  t.equal(await bob.decrypt(alice, message), 'twice')
  await t.rejects(alice.signal.encrypt('bob', Buffer.from('x'), crash), { message: 'disk full' })
  t.equal(await bob.decrypt(alice, await alice.encrypt(bob, 'afterwards')), 'afterwards')
})

t.test('it runs commits one after the other, so parallel calls never use a key twice', async (t) => {
  const [alice, bob] = await conversation()
  const texts = Array.from({ length: 20 }, (_, i) => `parallel ${i}`)
  const sent = await Promise.all(texts.map((text) => alice.encrypt(bob, text)))
  t.same(await Promise.all(sent.map((message) => bob.decrypt(alice, message))), texts)
})

t.test('it gives the same bytes for the same seeds, however the phones take turns', async (t) => {
  const script = async (parties: Party[], together: boolean): Promise<string> => {
    const [alice, bob, carol] = parties as [Party, Party, Party]
    const steps = [
      async () => {
        await alice.start(bob, false)
        return (await alice.encrypt(bob, 'from alice')).body
      },
      async () => {
        await carol.start(bob, false)
        return (await carol.encrypt(bob, 'from carol')).body
      },
    ]
    const bodies: Uint8Array[] = []
    if (together) bodies.push(...(await Promise.all(steps.map((step) => step()))))
    else for (const at of [1, 0]) bodies[at] = await steps[at]()
    return JSON.stringify([bodies.map((body) => [...body]), alice.snapshot(), carol.snapshot()])
  }
  const three = (): Party[] => ['alice', 'bob', 'carol'].map((name) => party(name))
  t.equal(await script(three(), true), await script(three(), false))
})

t.test('it forgives failures with time', async (t) => {
  const clock = stillClock()
  const [alice, bob] = [party('alice'), party('bob', 'bob', clock)]
  await alice.start(bob)
  await bob.decrypt(alice, await alice.encrypt(bob, 'hello'))
  const message = await alice.encrypt(bob, 'good')
  const bad = { ...message, body: flipped(message.body, message.body.length * 8 - 1) }
  const codes: string[] = []
  for (let i = 0; i <= limits.SIGNAL_FAILURES.value; i++) codes.push(await codeFrom(bob.decrypt(alice, bad)))
  t.equal(codes.filter((code) => code === 'TETHER_ERR_SIGNAL_MESSAGE').length, limits.SIGNAL_FAILURES.value)
  t.equal(await codeFrom(bob.decrypt(alice, message)), 'TETHER_ERR_LIMIT')
  clock.ms += 60_000 / limits.SIGNAL_FAILURES.value
  t.equal(await bob.decrypt(alice, message), 'good')
})

t.test('it understands the library as it comes, and is understood by it', async (t) => {
  const plain = await bareParty(bareLibrary({ fast: false }))
  const alice = party('alice')
  await alice.signal.startSession('plain', plain.bundle, alice.commit)
  const toPlain = async (text: string) => alice.signal.encrypt('plain', Buffer.from(text), alice.commit)
  t.equal(await plain.decrypt('alice', await toPlain('from the adapter')), 'from the adapter')

  const other = await bareParty(bareLibrary({ fast: false }))
  await other.start('alice', alice.bundle())
  const first = await other.encrypt('alice', 'from the library')
  const opened = await alice.signal.decrypt('other', first.kind, first.body, alice.commit)
  t.equal(Buffer.from(opened.plaintext).toString(), 'from the library')

  for (let i = 0; i < 6; i++) {
    const message = await plain.encrypt('alice', `reply ${i}`)
    const { plaintext } = await alice.signal.decrypt('plain', message.kind, message.body, alice.commit)
    t.equal(Buffer.from(plaintext).toString(), `reply ${i}`)
    t.equal(await plain.decrypt('alice', await toPlain(`turn ${i}`)), `turn ${i}`)
  }
  t.ok(plain.store.sessions.get('alice.1'))
})

t.test('it agrees with the compiled curve of the library on keys and secrets', async (t) => {
  const compiled = await compiledCurve()
  const { agree } = await import('../src/signal-crypto.ts')
  const { seededEntropy } = await import('proto/entropy')
  const entropy = seededEntropy('pairs')
  for (let i = 0; i < 40; i++) {
    const [random, remote] = [entropy.bytes(32), keyPairOf(entropy.bytes(32))]
    const own = keyPairOf(random)
    const theirs = compiled.keyPair(arrayBuffer(random))
    t.same(new Uint8Array(theirs.pubKey), own.publicKey.subarray(1))
    t.same(new Uint8Array(theirs.privKey), own.privateKey)
    const raw = remote.publicKey.slice(1)
    const shared = new Uint8Array(compiled.sharedSecret(arrayBuffer(raw), arrayBuffer(own.privateKey)))
    t.same(shared, new Uint8Array(agree(raw, own.privateKey)))
  }
})
