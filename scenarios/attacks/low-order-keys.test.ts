/** P7: a server that has never seen the code on the screen pairs the browser with itself, by a key of low order. */
import t from 'tap'
import { aesCbcEncrypt, hkdfSha256, hmacSha256, x25519PublicKey } from 'proto/crypto-node'
import { formatBase64 } from 'proto/base64'
import { concat } from 'proto/bytes'
import { seededEntropy } from 'proto/entropy'
import { codeOf } from 'proto/errors'
import { tagOf } from 'harness'
import { formatQr } from 'proto/qr'
import { sealFrame } from 'proto/seal'
import { baileys3 } from '../src/baileys3.ts'
import { browsersOf } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { corruptRelay } from '../src/attacks/corrupt-relay.ts'
import { rawStory } from '../src/raw-story.ts'
import { falseConn } from '../src/attacks/false-conn.ts'
import { falseRelay } from '../src/attacks/false-relay.ts'
import { lowOrderPoints } from '../src/attacks/low-order-points.ts'

const entropy = seededEntropy('low-order keys')
const [encKey, macKey] = [entropy.bytes(32), entropy.bytes(32)]

/** A pairing secret made without the browser's public key: with such a point both sides agree on 32 zero bytes. */
function secretFor(point: Uint8Array): string {
  const expanded = hkdfSha256(new Uint8Array(32), 80)
  const keys = aesCbcEncrypt(expanded.subarray(0, 32), expanded.subarray(64), concat(encKey, macKey))
  return formatBase64(concat(point, hmacSha256(expanded.subarray(32, 64), concat(point, keys)), keys))
}

const connOf = (point: Uint8Array) => falseConn({ wid: '15550009999@c.us', secret: secretFor(point) })

t.test('unhardened: Baileys 3.5.3 takes a server that has no phone for its phone', async (t) => {
  for (const [at, point] of lowOrderPoints.entries()) {
    let shown = 0
    let sayContacts = (): void => {}
    const contact = { tag: 'user', attrs: { jid: '15550008888@c.us', name: 'Invented' }, content: null }
    const relay = await falseRelay((frame, line) => {
      const tag = tagOf(frame)
      if (!String(frame).includes('"init"')) return
      line.json(tag, { status: 200, ref: '1@nobody', ttl: 20_000 })
      setTimeout(() => line.json('s1', connOf(point)), 60) // no code has been scanned, nor will be
      sayContacts = () => {
        const node = { tag: 'response', attrs: { type: 'contacts' }, content: [contact] }
        line.say(sealFrame({ tag: 'preempt-1', node, encKey, macKey, iv: entropy.bytes(16) }))
      }
    })
    const client = baileys3(relay.url)
    await client.connect(() => {
      shown++
    })
    t.equal(client.connection.state, 'open', `point ${at}`)
    t.equal(client.connection.user.name, 'Nobody')
    sayContacts()
    await client.event('contacts-received', 0)
    t.match(client.connection.contacts, { '15550008888@s.whatsapp.net': { name: 'Invented' } })
    t.strictSame(client.credentials().encKey, formatBase64(encKey), 'the keys that the server has chosen')
    t.equal(shown, 1, 'its code was on the screen, and nobody read it')
    client.stop()
    await relay.stop()
  }
})

t.test('ours: the browser refuses each of these keys in the secret', async (t) => {
  const { world } = await clientStory(t, { clock: 'virtual' })
  const relay = corruptRelay(world)
  const browsers = browsersOf({ ...world, dial: () => relay.dial() })
  for (const [at, point] of lowOrderPoints.entries()) {
    const client = browsers.open(`browser ${at}`)
    await world.finish(client.start())
    await world.until(() => client.qr !== null)
    relay.say('down', `s1,${JSON.stringify(connOf(point))}`)
    await world.until(() => client.qr === null)
    t.equal(client.state, 'refused', `point ${at}`)
    t.match(client.why, { code: 'TETHER_ERR_KEY_LOW_ORDER' })
  }
  browsers.stop()
})

t.test('ours: the phone refuses each of them in a code, and links nobody', async (t) => {
  const { world, alice, connect } = await rawStory(t)
  const scan = async (publicKey: Uint8Array): Promise<string> => {
    const browser = await connect()
    const { ref } = await browser.json(browser.init())
    const qr = formatQr({ ref: String(ref), publicKey, clientId: browser.clientId })
    const scanned = alice.scan(qr, { grant: true }).then(
      () => 'linked',
      (error: unknown) => codeOf(error),
    )
    return await world.finish(scanned)
  }
  for (const point of lowOrderPoints) t.equal(await scan(point), 'TETHER_ERR_KEY_LOW_ORDER')
  t.strictSame(alice.companions(), [])
  t.equal(await scan(x25519PublicKey(entropy.bytes(32))), 'linked', 'with any other key')
})
