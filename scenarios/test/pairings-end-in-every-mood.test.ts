/**
 * Every way in which a pairing ends, caused once, and what server and phones count of it: each sees its own part. After
 * each cause all moods are compared, so that nothing is counted twice or under another name.
 */
import t from 'tap'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { type Mood, moods } from 'proto/moods'
import { formatQr, parseQr } from 'proto/qr'
import type { Client } from 'web-client'
import { clientStory } from '../src/client-story.ts'

t.test('it counts each pairing once, by the mood in which it ended', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  let pages = 0
  const show = async (): Promise<Client> => {
    const page = browsers.open(`page ${++pages}`)
    await world.finish(page.start())
    await world.until(() => page.qr !== null)
    return page
  }
  const textOf = (page: Client): string => page.qr!.text
  const refusal = (code: string, text: string, grant = true) =>
    t.rejects(world.finish(alice.scan(text, { grant })), { code })

  const seen = { server: new Set<string>(), phones: new Set<string>() }
  const counted = () => ({
    server: world.server.counters.counts('pairings'),
    phones: world.meters.counts('pairings'),
  })
  /** Which moods a cause adds, at the server and at the phones. */
  async function adds(what: string, server: Mood | null, phones: Mood | null, cause: () => Promise<unknown>) {
    const before = counted()
    await cause()
    await world.pass(1_000)
    const now = counted()
    for (const [side, mood] of [['server', server], ['phones', phones]] as const) {
      const more = Object.entries(now[side]).flatMap(([name, count]) => {
        const added = count - (before[side][name] ?? 0)
        return added === 0 ? [] : [[name, added]]
      })
      t.strictSame(more, mood === null ? [] : [[mood, 1]], `${what}, ${side}`)
      if (mood) seen[side].add(mood)
    }
  } // prettier-ignore

  const undecided = await show()
  let question: Promise<unknown> = Promise.resolve()
  await adds('a code that is shown and scanned, and nobody has decided', null, null, async () => {
    question = alice.scan(textOf(undecided)).catch((error: unknown) => error)
    await world.until(() => alice.pendingScans().length === 1)
  })
  await adds('its page is closed', 'lonely', null, async () => undecided.stop())
  await adds('and nobody decides', null, 'lonely', async () => {
    await world.pass(limit('CONSENT_WAIT_MS'))
    t.match(await question, { code: 'TETHER_ERR_CONSENT_PENDING' })
  })

  const page = await show()
  const old = textOf(page)
  await world.pass(limit('REF_TTL_MS') + limit('REF_GRACE_MS') + 1_000)
  await adds('a code that has run out', 'pruney', 'pruney', () => refusal('TETHER_ERR_REF_UNKNOWN', old))
  await adds('a person who refuses', null, 'denied', () =>
    refusal('TETHER_ERR_CONSENT_DENIED', textOf(page), false),
  )
  const used = textOf(page)
  await adds('a pairing', 'happy', 'happy', async () => {
    await world.finish(alice.scan(used, { grant: true }))
    await world.until(() => page.state === 'open')
  })
  await adds('the code that it used', 'crowded', 'crowded', () => refusal('TETHER_ERR_REF_USED', used))

  const [one, other] = [parseQr(textOf(await show())), parseQr(textOf(await show()))]
  const mixed = formatQr({ ...one, clientId: other.clientId })
  // the phone cannot know that it is the code of somebody else: to it the server says what it says of an old one
  await adds('the code of another browser', 'scary', 'pruney', () => refusal('TETHER_ERR_REF_UNKNOWN', mixed))
  const noKey = formatQr({ ...one, publicKey: new Uint8Array(32) })
  await adds('a key that is none', null, 'scary', () => refusal('TETHER_ERR_KEY_LOW_ORDER', noKey))
  await adds('what is no code', null, 'errory', () => refusal('TETHER_ERR_QR', 'no code'))
  const { logins } = world.stores
  const { pair } = logins
  logins.pair = () => Promise.reject(new TetherError('TETHER_ERR_STORE_WRITE', 'a full disk'))
  await adds('a server whose disk is full', 'errory', 'errory', () =>
    refusal('TETHER_ERR_STORE_WRITE', formatQr(one)),
  )
  logins.pair = pair

  // what a person decides is not known to the server
  const all = Object.keys(moods)
  t.strictSame([...seen.phones].sort(), [...all].sort())
  t.strictSame([...seen.server].sort(), all.filter((mood) => mood !== 'denied').sort())
})
