/** P1, W5: the code of an attacker's browser is shown to somebody, who scans it (QRLjacking). */
import t, { type Test } from 'tap'
import { x25519PublicKey } from 'proto/crypto-node'
import { formatQr } from 'proto/qr'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { RawBrowser } from '../src/raw-browser.ts'
import { childrenOf, query, rawStory, relayNode, textsIn } from '../src/raw-story.ts'

const RUNS = 20
const PAUSE_MS = 180_000 // above PAIRING_REFILL_MS

/** Alice's phone and browsers of a stranger somewhere else. */
async function stage(t: Test) {
  const story = await rawStory(t)
  const { world } = story
  const far = (run: number) =>
    RawBrowser.connect(world, `stranger ${run}`, null, () => world.dial({ address: `203.0.113.${run + 1}` }))
  return { ...story, far }
}

/** The code that a browser shows now, as the stranger copies it onto a page of theirs. */
async function codeOf(browser: RawBrowser, publicKey: Uint8Array): Promise<string> {
  const { ref } = await browser.json(browser.init())
  return formatQr({ ref: String(ref), publicKey, clientId: browser.clientId })
}

t.test('unhardened: a phone that links what it scans gives its account away', async (t) => {
  const { world, alice, bob, far } = await stage(t)
  const stranger = await far(0)
  await stranger.pair(alice) // an answer that comes with the scan is that of a program: nobody is asked
  const chats = await stranger.node(stranger.sayNode(query('chat')))
  t.ok(childrenOf(chats).some(({ attrs }) => attrs['jid']?.startsWith(BOB_JID.split('@')[0])))
  const count = { jid: BOB_JID, kind: 'before', count: '50' }
  const read = textsIn(await stranger.node(stranger.sayNode(query('message', count))))
  t.ok(read.includes('old message 1'), 'the stranger reads')
  stranger.sayNode(relayNode('3EB0000000000000000001', 'Lend me some money'))
  await world.until(() => bob.messages(ALICE_JID).some(({ text }) => text === 'Lend me some money'))
  t.match(alice.auditRecords(1), [{ kind: 'companion.linked', fields: { networkDiffers: true } }])
})

t.test('ours: a person is told that it is elsewhere, and nothing is linked by one tap', async (t) => {
  const { world, alice, far } = await stage(t)
  for (let run = 0; run < RUNS; run++) {
    const stranger = await far(run)
    const code = await codeOf(stranger, x25519PublicKey(new Uint8Array(32).fill(run + 1)))
    const ended = alice.scan(code).catch((error: unknown) => error)
    await world.until(() => alice.pendingScans().length === 1)
    const [{ id, requester }] = alice.pendingScans()
    t.match(requester, { sameNetwork: false, addressKind: 'internet', address: `203.0.113.${run + 1}` })
    await t.rejects(alice.decide(id, { grant: true }), { code: 'TETHER_ERR_CONSENT_NETWORK' })
    await t.rejects(alice.decide(id, { grant: true, otherNetwork: false }), {
      code: 'TETHER_ERR_CONSENT_NETWORK',
    })
    t.equal(alice.pendingScans().length, 1, 'the question stays')
    await t.rejects(alice.decide(id, { grant: false }), { code: 'TETHER_ERR_CONSENT_DENIED' })
    t.match(await world.finish(ended), { code: 'TETHER_ERR_CONSENT_DENIED' })
    t.strictSame(alice.companions(), [], `run ${run}: nothing is linked`)
    t.notOk(
      stranger.pushes.some(({ body }) => body[0] === 'Conn'),
      'the stranger got nothing',
    )
    stranger.close()
    await world.pass(PAUSE_MS)
  }
})

t.test('ours: one tap ends within a second what somebody confirmed all the same', async (t) => {
  const { world, alice, far } = await stage(t)
  const tookMs: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const stranger = await far(run)
    const code = await codeOf(stranger, x25519PublicKey(new Uint8Array(32).fill(run + 1)))
    const linked = alice.scan(code)
    await world.until(() => alice.pendingScans().length === 1)
    const [{ id }] = alice.pendingScans()
    await world.finish(alice.decide(id, { grant: true, otherNetwork: true }))
    const { id: login } = await linked
    t.match(
      alice.auditRecords(1),
      [{ kind: 'companion.linked', fields: { networkDiffers: true } }],
      'the record',
    )
    const from = world.clock.now()
    await world.finish(alice.unpair(login))
    await world.until(() => stranger.closed !== null)
    tookMs.push(stranger.closed!.at - from)
    t.strictSame(alice.companions(), [])
    await world.pass(PAUSE_MS)
  }
  t.equal(tookMs.length, RUNS)
  t.ok(Math.max(...tookMs) < 1_000, `at most ${Math.max(...tookMs)} ms`)
})

t.test('extended profile only: a second tap that is given links a stranger as any other', async (t) => {
  const { world, alice, far } = await stage(t)
  const stranger = await far(0)
  const code = await codeOf(stranger, x25519PublicKey(new Uint8Array(32).fill(1)))
  const linked = alice.scan(code)
  await world.until(() => alice.pendingScans().length === 1)
  const [{ id }] = alice.pendingScans()
  await world.finish(alice.decide(id, { grant: true, otherNetwork: true }))
  t.match(await linked, { scope: 'full' }, 'with the whole account, from the first second')
  await world.until(() => stranger.pushes.some(({ body }) => body[0] === 'Conn'))
})
