/**
 * The logs of all programs at their finest, what server and phones say at /metrics and their answers to bad requests hold
 * no text, name, key or token of a whole story. Each of these secrets, planted, is found.
 */
import { join } from 'node:path'
import t from 'tap'
import { ALICE, BOB } from 'harness'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { keptLog } from '../src/kept-log.ts'
import { findMark, spellingsOf, spellingsOfBytes } from '../src/mark-search.ts'
import { secretsOfPhone } from '../src/phone-secrets.ts'
import { type Method, phonesAppOf } from '../src/phones-app.ts'

const TEXT = 'gooseberry>jam?77~quince'
const NAME = 'rhubarb>pie?88~walnut'

t.test('it leaves no secret of a story in logs, numbers and error answers', async (t) => {
  const kept = keptLog()
  const storage = t.testdir({ copies: {} })
  const { world, browsers, alice, bob } = await clientStory(t, {
    log: kept.log,
    storage,
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
  const data = world.entropy.fork('a file').bytes(3_000)
  const sent = alice.sendMedia(BOB.number, { type: 'document', mimetype: 'text/plain', fileName: NAME, data })
  await world.finish(sent)
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.media?.state === 'kept')
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
  const phonesApp = await phonesAppOf(t, world)
  for (const [method, url, payload] of badRequests(ALICE.number)) {
    const answer = await phonesApp.ask(method, url, payload)
    t.ok(answer.statusCode >= 400, `${method} ${url}: ${answer.statusCode}`)
    answers.push(answer.body)
  }
  const { body: metrics } = await world.virtual!.during(() => world.server.app.inject('/metrics'))
  const { body: phonesMetrics } = await phonesApp.ask('GET', '/metrics')

  const keys = await Promise.all(places.map((place) => place.keys.load()))
  t.equal(keys.length, 2)
  const { clock } = world
  const ofPhones = [ALICE, BOB].map(({ number }) =>
    secretsOfPhone({ storage, number, copies: join(storage, 'copies'), clock }),
  )
  for (const found of ofPhones) {
    const kinds = ['vault key', 'identity key', 'signed prekey', 'prekey/', 'session/', 'media key']
    for (const kind of kinds)
      t.ok(
        [...found.keys()].some((name) => name.startsWith(kind)),
        kind,
      )
  }
  const secrets = [
    spellingsOf(TEXT),
    spellingsOf(NAME),
    ...keys.flatMap((each) => [spellingsOfBytes(each!.encKey), spellingsOfBytes(each!.macKey)]),
    ...keys.flatMap((each) => {
      const { clientToken, serverToken, browserToken } = each!
      return [clientToken, serverToken, browserToken].map((token) => spellingsOf(token))
    }),
    ...ofPhones.flatMap((found) => [...found.values()]),
  ]
  const said = Buffer.from([kept.text(), metrics, phonesMetrics, ...answers].join('\n'))
  t.ok(kept.text().split('\n').length > 100, 'the logs are on')
  t.match(metrics, /tether_mails_total/)
  t.match(phonesMetrics, /tether_phones_mails_total/)
  for (const numbers of [metrics, phonesMetrics]) {
    t.notMatch(numbers, ALICE.number)
    t.notMatch(numbers, BOB.number)
  }
  t.strictSame(findMark(secrets.flat(), said), [], `in ${said.length} bytes`)
  for (const spelling of secrets.flat()) {
    const { name, bytes } = spelling
    t.strictSame(findMark([spelling], Buffer.concat([said, bytes])), [name], `planted as ${name}`)
  }
})

/** What the phones refuse, with the marked text wherever a caller may put something. */
function badRequests(number: string): [Method, string, string?][] {
  const own = `/phones/${number}`
  const path = encodeURIComponent(TEXT)
  const json = JSON.stringify(TEXT)
  return [
    ['POST', '/phones', `{"number":${json}}`],
    ['POST', '/phones', `{${json}:1}`],
    ['POST', '/phones', TEXT],
    ['GET', `/phones/${path}/chats`],
    ['GET', `/${path}`],
    ['POST', `${own}/messages`, `{"to":${json},"text":"x"}`],
    ['POST', `${own}/messages`, `{"to":"15550009999","text":${json}}`],
    ['GET', `${own}/chats/${path}/messages`],
    ['GET', `${own}/chats/${BOB_JID}/messages?limit=${path}`],
    ['POST', `${own}/scan`, `{"qr":${json}}`],
    ['POST', `${own}/scan`, `{"qr":"ref-1,${Buffer.alloc(32, 9).toString('base64')},${TEXT}"}`],
    ['POST', `${own}/scans/${path}`, '{"grant":true}'],
    ['PATCH', `${own}/device`, `{"network":${json}}`],
    ['DELETE', `${own}/companions/${path}`],
  ]
}
