/**
 * The logs of all programs at their finest, what /metrics says and the answers to bad requests hold no text, name, key
 * or token of a whole story. Each of these secrets, planted, is found.
 */
import t from 'tap'
import { ALICE, BOB } from 'harness'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { keptLog } from '../src/kept-log.ts'
import { findMark, spellingsOf, spellingsOfBytes } from '../src/mark-search.ts'

const TEXT = 'gooseberry>jam?77~quince'
const NAME = 'rhubarb>pie?88~walnut'

t.test('it leaves no secret of a story in logs, numbers and error answers', async (t) => {
  const kept = keptLog()
  const { world, browsers, alice, bob } = await clientStory(t, {
    log: kept.log,
    phones: [{ ...ALICE, name: NAME }, BOB],
    config: { logLevel: 'trace' },
  })
  const places = [browserPlace('alice'), browserPlace('bob')]
  const atAlice = await browsers.pair(places[0], alice)
  const atBob = await browsers.pair(places[1], bob)
  await world.finish(alice.addContact({ number: BOB.number, name: `Bob ${NAME}` }))
  atAlice.send(BOB_JID, `to a person ${TEXT}`)
  const { group } = await world.finish(alice.groups.create(`Jam ${NAME}`, [BOB.number]))
  await world.until(() => bob.groups.find(group.jid) !== null)
  atAlice.send(group.jid, `to a group ${TEXT}`)
  await world.until(() => atBob.messages(ALICE_JID).some(({ text }) => text === `to a person ${TEXT}`))
  await world.until(() => atBob.messages(group.jid).some(({ text }) => text === `to a group ${TEXT}`))
  // what is refused
  const answers: string[] = []
  for (const payload of [`{"number":"${TEXT}"}`, `{"${TEXT}":1}`, TEXT, JSON.stringify([TEXT])]) {
    for (const url of ['/v1/register', '/v1/register/confirm', '/nowhere']) {
      const headers = { 'content-type': 'application/json' }
      const asked = () => world.server.app.inject({ method: 'POST', url, payload, headers })
      const answer = await world.virtual!.during(asked)
      t.ok(answer.statusCode >= 400)
      answers.push(answer.body)
    }
  }
  const dialled = await world.dial()
  dialled.open({ frame: (frame) => void answers.push(Buffer.from(frame as string).toString()), close() {} })
  for (const frame of [TEXT, `1,["admin","${TEXT}"]`, `2,{"${TEXT}"`]) dialled.send(frame)
  await world.pass(1_000)
  const { body: metrics } = await world.virtual!.during(() => world.server.app.inject('/metrics'))

  const keys = await Promise.all(places.map((place) => place.keys.load()))
  t.equal(keys.length, 2)
  const secrets = [
    spellingsOf(TEXT),
    spellingsOf(NAME),
    ...keys.flatMap((each) => [spellingsOfBytes(each!.encKey), spellingsOfBytes(each!.macKey)]),
    ...keys.flatMap((each) => [each!.clientToken, each!.serverToken].map((token) => spellingsOf(token))),
  ]
  const said = Buffer.from([kept.text(), metrics, ...answers].join('\n'))
  t.ok(kept.text().split('\n').length > 100, 'the logs are on')
  t.match(metrics, /tether_mails_total/)
  t.strictSame(findMark(secrets.flat(), said), [], `in ${said.length} bytes`)
  for (const spellings of secrets) {
    for (const { name, bytes } of spellings)
      t.ok(findMark(spellings, Buffer.concat([said, bytes])).includes(name), `planted as ${name}`)
  }
})
