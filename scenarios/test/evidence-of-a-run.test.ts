/** What a run says of itself: of JSON and of sealed nodes, with the client's name, and nothing that is secret. */
import t from 'tap'
import { recordEvidence } from 'harness/evidence'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { query, rawStory, relayNode } from '../src/raw-story.ts'

t.test('it tells what was asked, answered and sent, sealed or not', async (t) => {
  const { world, connect, alice, bob } = await rawStory(t)
  const recorder = recordEvidence(world.faults, world.trace)
  const browser = await connect()
  await browser.pair(alice)
  browser.sayNode(query('emoji'))
  browser.sayNode(query('group', { jid: '15550009999-1@g.us' }))
  browser.say(['query', 'exist', BOB_JID])
  browser.sayNode(relayNode('3EB0AA', 'hello'), '3EB0AA')
  await world.finish(bob.sendText(ALICE_JID, 'a secret word'))
  await world.pass(2_000)

  const evidence = recorder.read()
  const good = (status: number | null) => ({ fits: true, status })
  const client = 'Raw Raw 1.0'
  for (const expected of [
    { client, row: 'init', fits: true, answer: good(200) },
    { client, row: 'conn', fits: true },
    { client, row: 'queryEmoji', fits: true, answer: good(null) },
    { client, row: 'queryGroup', fits: true, answer: good(404) },
    { client, row: 'exist', fits: true, answer: good(200) },
    { client, row: 'relay', fits: true, answer: good(200) },
    { client, row: 'contactList', fits: true },
    { client, row: 'relayed', fits: true },
    { client, row: 'ack', fits: true },
  ])
    t.ok(
      evidence.some((one) => JSON.stringify(one) === JSON.stringify(expected)),
      expected.row,
    )
  t.notMatch(JSON.stringify(evidence), /secret word|hello|15550/)
})
