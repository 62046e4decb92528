/** S2: the tokens of a login are stolen, on the way or from the server, and the keys are not. */
import t from 'tap'
import { RawBrowser, type RawCredentials } from '../src/raw-browser.ts'
import { rawStory } from '../src/raw-story.ts'

const ATTEMPTS = 500

t.test('unhardened: without a challenge the tokens alone take the place of the browser', async (t) => {
  const { world, paired, connect } = await rawStory(t)
  const owner = await paired()
  const thief = await connect({ ...owner.credentials!, macKey: new Uint8Array(32) })
  thief.init()
  t.match(await thief.json(thief.login()), { status: 200 })
  await world.until(() => owner.closed !== null)
})

const settings = [
  ['always', 'from anywhere', {}],
  ['when-needed', 'from another network', { address: '203.0.113.9' }],
] as const

for (const [challenge, where, facts] of settings) {
  t.test(`ours: none of ${ATTEMPTS} resumes with another macKey passes the phone, ${where}`, async (t) => {
    const { world, alice, paired } = await rawStory(t, { config: { challenge } })
    const owner = await paired()
    const connect = (name: string, kept: RawCredentials) =>
      RawBrowser.connect(world, name, kept, () => world.dial(facts))
    let [asked, open] = [0, 0]
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const macKey = world.entropy.fork(`guess ${attempt}`).bytes(32)
      const thief = await connect(`thief ${attempt}`, { ...owner.credentials!, macKey })
      thief.init()
      thief.login('takeover')
      await world.pass(1_000)
      if (thief.pushes[0]?.body[0] === 'Cmd') {
        asked++
        t.match(await thief.json(thief.answerChallenge()), { status: 401 })
      }
      await world.pass(10_000)
      if (thief.pushes.some(({ body }) => body[0] === 'Conn')) open++
      thief.close()
      if (attempt % 5 !== 4) continue
      alice.setDevice({ network: 'none' }) // five wrong answers lock the login until the phone is seen again
      await world.pass(1_000)
      alice.setDevice({ network: 'wifi' })
      await world.pass(1_000)
    }
    t.equal(asked, ATTEMPTS, 'the phone has judged each')
    t.equal(open, 0)
    const back = await connect('back', owner.credentials!)
    back.init()
    back.login()
    await world.pass(1_000)
    t.match(await back.json(back.answerChallenge()), { status: 200 }, 'with the right key')
  })
}

t.test(
  'ours: with when-needed, who opens it by tokens alone is out as soon as the owner is back',
  async (t) => {
    const { world, paired, connect } = await rawStory(t, { config: { challenge: 'when-needed' } })
    const owner = await paired()
    owner.close()
    await world.pass(1_000)
    const thief = await connect({ ...owner.credentials!, macKey: new Uint8Array(32) })
    thief.init()
    t.match(await thief.json(thief.login()), { status: 200 }, 'in the network of the owner, on the same day')
    const back = await connect(owner.credentials)
    back.init()
    back.login()
    await world.pass(1_000)
    t.match(await back.json(back.answerChallenge()), { status: 200 })
    await world.until(() => thief.closed !== null)
    const again = await connect({ ...owner.credentials!, macKey: new Uint8Array(32) })
    again.init()
    again.login()
    await world.pass(1_000)
    t.match(
      await again.json(again.answerChallenge()),
      { status: 401 },
      'and comes back no more while the owner is there',
    )
    t.equal(back.closed, null)
  },
)
