/** Flows 18.1 to 18.4: how a browser becomes open. */
import { askAsOpened, AT_ALICE, keptFrom, sayNode } from './moves.ts'
import { query } from '../raw-story.ts'
import type { Flow } from './stage.ts'

const REF_TTL_MS = 20_000

export const openings: readonly Flow[] = [
  {
    spec: '18.1',
    file: '01-first-pairing',
    title: 'First pairing',
    about:
      'A browser that nobody knows shows a code and renews it once; the phone scans it, makes the keys and hands the secret to the server, which passes it on in `Conn` and cannot open it.',
    async play({ connect, begin, say, world, alice }) {
      begin()
      const browser = await connect(AT_ALICE)
      await browser.json(browser.init())
      say('The browser shows the code as a QR picture. Nobody scans it while it is valid.')
      await world.pass(REF_TTL_MS)
      const { ref } = await browser.json(browser.say(['admin', 'Conn', 'reref']))
      await world.pass(3_000)
      say('Alice scans the new code with her phone and agrees.')
      await browser.pair(alice, String(ref))
      say(
        'The browser checks the secret and has its keys: it is open. It asks what clients ask; its first sealed frame ends the hold of §5.6.',
      )
      askAsOpened(browser)
      await world.pass(1_000)
    },
  },
  {
    spec: '18.2',
    file: '02-initial-sync',
    title: 'Initial sync',
    about:
      'What the phone sends unasked to a browser that has just opened and says nothing: the lists, then the newest message of each chat, then older ones. The server holds it back for 500 ms, because a sealed frame in one read with `Conn` ends the pairing in some clients.',
    async play({ connect, begin, say, world, alice }) {
      const browser = await connect(AT_ALICE)
      begin()
      say('Alice scans the code.')
      await browser.pair(alice)
      await world.pass(2_000)
      say(
        'A legacy client that had no chat list yet would ask for it now; it is answered in full, always (§9.3).',
      )
      await world.pass(8_000)
      sayNode(browser, query('chat'), 'QUERY_CHAT')
      await world.pass(1_000)
    },
  },
  {
    spec: '18.3',
    file: '03-resume',
    title: 'Resume without challenge',
    about:
      'A browser that was paired before comes back with its tokens. `Conn` comes at least 50 ms after the answer to `init` and before the answer to `login`; the phone syncs again.',
    async play(stage) {
      const kept = await keptFrom(stage)
      stage.begin()
      const browser = await stage.connect(AT_ALICE, kept)
      await browser.resume()
      askAsOpened(browser)
      await stage.world.pass(1_000)
    },
  },
  {
    spec: '18.4',
    file: '04-resume-with-challenge',
    title: 'Resume with challenge',
    about:
      'The server does not trust the tokens and asks for a proof of the MAC key. It cannot check the proof: the phone judges it. `Conn` is then `s2`.',
    options: { challenge: true },
    async play(stage) {
      const kept = await keptFrom(stage)
      stage.begin()
      const browser = await stage.connect(AT_ALICE, kept)
      browser.init()
      const login = browser.login()
      await browser.push('s1')
      browser.answerChallenge()
      await browser.json(login)
      askAsOpened(browser)
      await stage.world.pass(1_000)
    },
  },
]
