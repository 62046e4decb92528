/** S2: the tokens of a login are stolen, on the way or from the server, and the keys are not. */
import t from 'tap'
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

t.test('ours: none of 500 resumes with another macKey passes the phone', async (t) => {
  const { world, alice, paired, connect } = await rawStory(t, { challenge: true })
  const owner = await paired()
  let [asked, open] = [0, 0]
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const macKey = world.entropy.fork(`guess ${attempt}`).bytes(32)
    const thief = await connect({ ...owner.credentials!, macKey })
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
  const back = await connect(owner.credentials)
  back.init()
  back.login()
  await world.pass(1_000)
  t.match(await back.json(back.answerChallenge()), { status: 200 }, 'with the right key')
})
