/** Flows 18.5 to 18.7: messages, with the other phone and its browser, and history. */
import type { Node } from 'proto/node'
import { decodeWebMessage } from 'proto/web-message'
import { ALICE_JID, BOB_JID } from '../backstory.ts'
import { AT_ALICE, AT_BOB, openBrowser, sayNode } from './moves.ts'
import type { Flow } from './stage.ts'
import { change, childrenOf, query, relayNode } from '../raw-story.ts'

export const chats: readonly Flow[] = [
  {
    spec: '18.5',
    file: '05-sending-a-text',
    title: 'Sending a text',
    about:
      "Relay mode in one picture. The text goes sealed to Alice's phone, which opens it, encrypts it with Signal for Bob's phone and puts it into his mailbox; Bob's phone decrypts it and seals it again for Bob's browser. The receipts come back the same way. The server never reads the text.",
    async play(stage) {
      const { begin, say, world } = stage
      const alice = await openBrowser(stage, AT_ALICE)
      const bob = await openBrowser(stage, AT_BOB, stage.bob)
      begin()
      say(
        'Alice writes a text with an address in it: the browser asks for a preview first, and sends without one when there is none.',
      )
      const asked = sayNode(alice, query('url', { url: 'See example.org' }), 'QUERY_URL')
      await alice.answer(asked)
      sayNode(alice, relayNode('3EB0C767D097', 'See example.org'), 'MESSAGE', ['IGNORE'], '3EB0C767D097')
      await world.pass(3_000)
      say('Bob reads it in his browser.')
      sayNode(bob, read(ALICE_JID, '3EB0C767D097'), 'READ')
      await world.pass(3_000)
    },
  },
  {
    spec: '18.6',
    file: '06-receiving-a-text',
    title: 'Receiving a text',
    about:
      "Bob writes on his phone. Alice's phone decrypts the message, sends a receipt, and seals the text for her browser. When she reads it there, her phone is told, and tells Bob's.",
    async play(stage) {
      const { begin, say, world, bob } = stage
      const alice = await openBrowser(stage, AT_ALICE)
      begin()
      say('Bob types a text on his phone.')
      const { id } = await world.finish(bob.sendText(ALICE_JID, 'Do you have pumpkins?'))
      await world.pass(3_000)
      say('Alice reads it. Baileys 3 first looks for the newest message.')
      await alice.node(
        sayNode(alice, query('message', { jid: BOB_JID, kind: 'before', count: '1' }), 'QUERY_MESSAGES'),
      )
      sayNode(alice, read(BOB_JID, id), 'READ')
      await world.pass(3_000)
    },
  },
  {
    spec: '18.7',
    file: '07-older-history',
    title: 'Loading older history',
    about:
      'The browser asks its phone for pages of older messages, oldest first in each page; a page that is not full is the last one.',
    options: { messages: 25 },
    async play(stage) {
      const alice = await openBrowser(stage, AT_ALICE)
      stage.begin()
      let cursor = oldestIn(alice.nodes.find(({ node }) => node.attrs.add === 'before')!.node)
      for (let page = 1; page <= 2; page++) {
        stage.say(
          page === 1
            ? 'Alice scrolls up: the browser asks for the three messages before the oldest it has.'
            : 'And again.',
        )
        const attrs = {
          jid: BOB_JID,
          kind: 'before',
          count: '3',
          index: cursor.id,
          owner: String(cursor.fromMe),
        }
        const answer = await alice.node(sayNode(alice, query('message', attrs), 'QUERY_MESSAGES'))
        cursor = oldestIn(answer)
        await stage.world.pass(2_000)
      }
    },
  },
]

/** The chat is read up to this message of the other (spec 11.4). */
function read(jid: string, index: string): Node {
  return change({ tag: 'read', attrs: { jid, count: '1', index, owner: 'false' }, content: null })
}

/** The key of the first message in a node. */
function oldestIn(node: Node) {
  const [first] = childrenOf(node)
  return decodeWebMessage(first.content as Uint8Array).key
}
