/** P2, W4: who sees the code on the screen can answer it; who carries the messages cannot. */
import t, { type Test } from 'tap'
import { x25519PublicKey } from 'proto/crypto-node'
import { formatBase64 } from 'proto/base64'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { parseQr } from 'proto/qr'
import { buildSecret } from 'proto/secret'
import { tagOf } from 'harness'
import { baileys3 } from '../src/baileys3.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { browsersOf } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { falseConn } from '../src/attacks/false-conn.ts'
import { corruptRelay } from '../src/attacks/corrupt-relay.ts'
import { falseRelay } from '../src/attacks/false-relay.ts'

const ROUNDS = 10
const entropy = seededEntropy('onlooker')

/** What somebody who is no phone of the person makes for a public key. */
function forgedFor(browserPublic: Uint8Array) {
  const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
  const secret = buildSecret({ browserPublic, phonePrivate: entropy.bytes(32), ...keys })
  return { ...keys, conn: falseConn({ secret: formatBase64(secret), wid: '15550009999@c.us' }) }
}
const unseen = () => x25519PublicKey(entropy.bytes(32))

t.test(
  'unhardened: Baileys 3.5.3 pairs with whoever saw its code, and with no server that did not',
  async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      for (const isSeen of [false, true]) {
        const relay = await falseRelay((frame, line) => {
          if (String(frame).includes('"init"'))
            line.json(tagOf(frame), { status: 200, ref: '1@nobody', ttl: 20_000 })
          lineOf = line
        })
        let lineOf: Parameters<Parameters<typeof falseRelay>[0]>[1]
        const client = baileys3(relay.url)
        let forged!: ReturnType<typeof forgedFor>
        const opened = client
          .connect((qr) => {
            forged = forgedFor(isSeen ? parseQr(qr).publicKey : unseen())
            lineOf.json('s1', forged.conn)
          })
          .then(
            () => 'open',
            (error: unknown) => String(error),
          )
        if (isSeen) {
          t.equal(await opened, 'open')
          t.equal(client.connection.user.jid, '15550009999@s.whatsapp.net', 'in the account of the onlooker')
          t.equal(client.credentials().encKey, formatBase64(forged.encKey))
        } else t.match(await opened, /HMAC validation failed/)
        client.stop()
        await relay.stop()
      }
    }
  },
)

t.test('unhardened: Baileys 3.5.3 joins the account of the first who scans its code', async (t) => {
  const { client, alice, bob } = await baileys3Story(t)
  const victim = client()
  let second: Promise<unknown> | undefined
  await victim.connect((qr) => {
    second = bob.scan(qr, { grant: true }).then(() => alice.scan(qr, { grant: true }).catch(codeOf))
  })
  t.equal(victim.connection.user.name, bob.status().name)
  t.equal(await second, 'TETHER_ERR_REF_USED')
})

t.test('ours: a server that has not seen the code pairs with nobody', async (t) => {
  const { world } = await clientStory(t, { clock: 'virtual' })
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  for (let round = 0; round < ROUNDS; round++) {
    const client = browsers.open(`browser ${round}`)
    await world.finish(client.start())
    await world.until(() => client.qr !== null)
    const key = Buffer.from(parseQr(client.qr!.text).publicKey)
    const seen = Buffer.from(relay.recorded.map(({ frame }) => String(frame)).join())
    t.ok(seen.includes(client.qr!.text.split(',')[0]), 'the ref passed the server')
    for (const spelling of ['base64', 'base64url', 'hex'] as const)
      t.notOk(seen.includes(key.toString(spelling).replace(/=+$/, '')), 'the key did not')
    relay.say('down', `s1,${JSON.stringify(forgedFor(unseen()).conn)}`)
    await world.until(() => client.qr === null)
    t.equal(client.state, 'refused')
    t.match(client.why, { code: 'TETHER_ERR_SECRET_MAC' })
  }
  browsers.stop()
})

t.test('ours: a code dies with its first scan, and who scans it next is told', (t) =>
  scannedTwice(t, 'alice'),
)

t.test('extended profile only: our browser too joins the account of an onlooker who is first', (t) =>
  scannedTwice(t, 'bob'),
)

/** Alice's code is scanned by both phones: the first gets the browser, which says whose account it is. */
async function scannedTwice(t: Test, first: 'alice' | 'bob'): Promise<void> {
  const { world, browsers, alice, bob } = await clientStory(t, { clock: 'virtual' })
  const [taker, late] = first === 'alice' ? [alice, bob] : [bob, alice]
  for (let round = 0; round < ROUNDS; round++) {
    const client = browsers.open(`browser ${round}`)
    await world.finish(client.start())
    await world.until(() => client.qr !== null)
    const { text } = client.qr!
    await world.finish(taker.scan(text, { grant: true }))
    t.equal(await world.finish(late.scan(text, { grant: true }).catch(codeOf)), 'TETHER_ERR_REF_USED')
    await world.until(() => client.state === 'open')
    t.equal(client.me?.name, taker.status().name, 'it says whose account it is')
    t.strictSame([taker.companions().length, late.companions().length], [1, 0])
    await world.finish(taker.unpair(taker.companions()[0].id))
  }
}
