import t from 'tap'
import { browserPlace } from '../src/browser.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'
import { memoryKeyStore } from 'web-client'
import { formatBase64 } from 'proto/base64'
import { challengeMac } from 'proto/challenge'

for (const clock of BOTH_TIMES) {
  t.test(
    `it logs out, forgets everything, and its old credentials are refused (${clock} time)`,
    async (t) => {
      const { browsers, alice, world } = await clientStory(t, { clock })
      const place = browserPlace('alice')
      const client = await browsers.pair(place, alice)
      const stolen = (await place.keys.load())!

      await world.finish(client.logout())
      await world.until(() => alice.companions().length === 0)
      t.equal(client.state, 'loggedOut')
      t.equal(client.me, null)
      t.strictSame(client.chats(), [])
      t.equal(await place.keys.load(), null)

      const thief = browsers.open({ ...browserPlace('thief'), keys: memoryKeyStore(stolen) })
      await world.finish(thief.start())
      await world.until(() => thief.state === 'loggedOut')
      t.equal(thief.why?.status, 401)
    },
  )

  t.test(`it is logged out when the phone unpairs it (${clock} time)`, async (t) => {
    const { browsers, alice, world } = await clientStory(t, { clock })
    const client = await browsers.pair('alice', alice)
    await world.finish(alice.unpair(alice.companions()[0].id))
    await world.until(() => client.state === 'loggedOut')
    t.equal(client.me, null)
  })
}

t.test('it is logged out over HTTP by whoever has its token and its keys (real time)', async (t) => {
  const { browsers, alice, world } = await clientStory(t, { clock: 'real' })
  const place = browserPlace('alice')
  const client = await browsers.pair(place, alice)
  const { browserToken, encKey, macKey } = (await place.keys.load())!
  const post = async (proof: Uint8Array) => {
    const answer = await world.server.app.inject({
      method: 'POST',
      url: '/logout',
      headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ t: browserToken, m: formatBase64(proof) }).toString(),
    })
    return answer.statusCode
  }

  t.equal(await post(challengeMac(encKey, macKey)), 401, 'the keys the wrong way round')
  t.equal(client.state, 'open')
  t.equal(await post(challengeMac(macKey, encKey)), 200)
  await world.until(() => client.state === 'loggedOut')
  await world.until(() => alice.companions().length === 0)
  t.equal(await place.keys.load(), null, 'the page has forgotten its keys')
  t.equal(await post(challengeMac(macKey, encKey)), 401)
})
