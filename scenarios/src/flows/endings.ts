/** Flows 18.8 to 18.11: the phone goes away, and the ways in which a browser ends. */
import type { RawCredentials } from '../raw-browser.ts'
import { AT_ALICE, FIRST_BROWSER, openBrowser, sayNode, SECOND_BROWSER } from './moves.ts'
import { ALICE_JID, BOB_JID } from '../backstory.ts'
import type { Flow, FlowStage } from './stage.ts'
import { query } from '../raw-story.ts'

const PHONE_CHECK_MS = 15_000
const RECONNECT_MS = 4_000

export const endings: readonly Flow[] = [
  {
    spec: '18.8',
    file: '08-phone-away-and-back',
    title: 'Phone goes offline and comes back',
    about:
      'Without its phone the browser gets no answer to anything that needs it, and no error either: silence is the protocol. When the phone is back, the open tests are answered first, then `Conn` in part, then what was asked meanwhile, and messages of the meantime arrive.',
    async play(stage) {
      const { begin, say, world, alice, bob } = stage
      const browser = await openBrowser(stage, AT_ALICE)
      begin()
      say("Alice's phone loses its network.")
      alice.setDevice({ network: 'none' })
      await world.pass(1_000)
      say('The browser asks for a page of history. Nobody answers.')
      sayNode(browser, query('message', { jid: BOB_JID, kind: 'before', count: '1' }), 'QUERY_MESSAGES')
      say('Bob writes to Alice. The server keeps the message in her mailbox.')
      await world.finish(bob.sendText(ALICE_JID, 'Are you there?'))
      for (let check = 1; check <= 2; check++) {
        await world.pass(PHONE_CHECK_MS)
        say(
          check === 1
            ? 'After 15 s without an answer the browser asks whether the phone is there.'
            : 'And again. It shows the phone as disconnected.',
        )
        browser.say(['admin', 'test'])
      }
      await world.pass(5_000)
      say('The phone has a network again.')
      alice.setDevice({ network: 'wifi' })
      await world.pass(5_000)
    },
  },
  {
    spec: '18.9',
    file: '09-takeover',
    title: 'Takeover by a second web client',
    about:
      'One browser at a time: when a second one logs in to the same phone, the first is told that it was replaced, and its connection is closed.',
    async play(stage) {
      const first = await openBrowser(stage, FIRST_BROWSER)
      stage.begin()
      const second = await stage.connect(SECOND_BROWSER, first.credentials)
      await second.resume()
      await stage.world.pass(2_000)
    },
  },
  {
    spec: '18.10',
    file: '10-log-out',
    title: 'Log out from the web',
    about:
      'The browser says goodbye; the server forgets the login and tells the phone, which forgets the keys. The tokens are worth nothing from then on.',
    async play(stage) {
      const browser = await openBrowser(stage, AT_ALICE)
      stage.begin()
      stage.say('Alice logs out in the browser.')
      browser.say(['admin', 'Conn', 'disconnect'], 'goodbye')
      await stage.world.pass(RECONNECT_MS)
      stage.say('Somebody tries the old tokens.')
      await refusedLogin(stage, browser.credentials!)
    },
  },
  {
    spec: '18.11',
    file: '11-unpairing',
    title: 'Unpair from the phone',
    about:
      'The person removes the browser on the phone. The browser is told that the connection ends, tries to come back as legacy clients do, and learns from status 401 that it is over.',
    async play(stage) {
      const browser = await openBrowser(stage, AT_ALICE)
      stage.begin()
      stage.say('Alice removes the browser from the list on her phone.')
      const [{ id }] = stage.alice.companions()
      await stage.world.finish(stage.alice.unpair(id))
      await stage.world.pass(RECONNECT_MS)
      stage.say('Baileys 3 reconnects after 4 s.')
      await refusedLogin(stage, browser.credentials!)
    },
  },
]

/** A browser that was open before tries its tokens on a new connection and is refused. */
async function refusedLogin({ connect, world }: FlowStage, kept: RawCredentials): Promise<void> {
  const browser = await connect(AT_ALICE, kept)
  browser.init()
  await browser.json(browser.login())
  await world.pass(1_000)
}
