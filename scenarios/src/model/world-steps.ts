/** What people do in a world, and what happens to it: each as a step that fast-check may draw. */
import fc from 'fast-check'
import { ALICE, BOB, type World } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { codeOf } from 'proto/errors'
import type { Client } from 'web-client'
import { ALICE_JID, BOB_JID } from '../backstory.ts'
import { browserPlace, type Browsers, type BrowserPlace } from '../browser.ts'
import type { Watch } from './world-watch.ts'

const PLACES = ['alice 1', 'alice 2', 'bob 1'] as const
export type PlaceName = (typeof PLACES)[number]
export const NUMBERS = [ALICE.number, BOB.number] as const

export interface Page {
  readonly place: BrowserPlace
  client: Client
  /** Which pairing of this place it is, in all places; null when it is linked to nothing. */
  pairing: number | null
  login: string | null
}

interface Sent {
  readonly text: string
  readonly by: string
  /** Of the browser that it was written in; null on a phone. */
  readonly pairing: number | null
  isRefused: boolean
}

/** What was done, and so what there must be. */
export interface WorldState {
  sent: Sent[]
  /** How often a phone was asked to link and did; pairings whose end was asked for. */
  pairings: number
  ended: Set<number>
}

export interface Real {
  readonly world: World
  readonly browsers: Browsers
  readonly pages: Map<PlaceName, Page>
  readonly watch: Watch
  readonly writing: Promise<unknown>[]
  close(): Promise<void>
}

export interface Step {
  readonly label: string
  run(state: WorldState, real: Real): Promise<void>
}

const number = fc.constantFrom(...NUMBERS)
const place = fc.constantFrom(...PLACES)

export function phoneOf({ world }: Real, who: string): Phone {
  return world.phone(who)
}
export function ownerOf(name: PlaceName): string {
  return name.startsWith('alice') ? ALICE.number : BOB.number
}
export function otherJid(who: string): string {
  return who === ALICE.number ? BOB_JID : ALICE_JID
}
function nextText(state: WorldState): string {
  return `text ${state.sent.length + 1}`
}

function step<A>(
  name: string,
  args: fc.Arbitrary<A>,
  run: (state: WorldState, real: Real, args: A) => unknown,
): fc.Arbitrary<Step> {
  return args.map((drawn) => ({
    label: `${name}(${JSON.stringify(drawn)})`,
    async run(state, real) {
      await run(state, real, drawn)
    },
  }))
}

function device(name: string, patch: Parameters<Phone['setDevice']>[0]): fc.Arbitrary<Step> {
  return step(name, number, (_state, real, who) => phoneOf(real, who).setDevice(patch))
}

export const steps: readonly { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  {
    weight: 6,
    arbitrary: step('phoneSends', number, (state, real, who) => {
      const text = nextText(state)
      const phone = phoneOf(real, who)
      if (phone.status().device.app === 'killed') phone.setDevice({ app: 'running' }) // one opens it to write
      const sent: Sent = { text, by: who, pairing: null, isRefused: false }
      state.sent.push(sent)
      real.writing.push(
        phone.sendText(otherJid(who), text).catch((error: unknown) => {
          if (codeOf(error) !== 'TETHER_ERR_STATE') throw error
          sent.isRefused = true // the app was killed before it had it, and said so
        }),
      )
    }),
  },
  {
    weight: 6,
    arbitrary: step('browserSends', place, (state, real, name) => {
      const page = real.pages.get(name)
      if (!page || page.pairing === null || page.client.me === null) return
      const text = nextText(state)
      page.client.send(otherJid(ownerOf(name)), text)
      state.sent.push({ text, by: name, pairing: page.pairing, isRefused: false })
    }),
  },
  {
    weight: 2,
    arbitrary: step('phoneReads', number, (_state, real, who) => {
      const phone = phoneOf(real, who)
      if (phone.status().device.app === 'running')
        real.writing.push(phone.markRead(otherJid(who)).catch(() => null))
    }),
  },
  { weight: 2, arbitrary: device('offline', { network: 'none' }) },
  { weight: 3, arbitrary: device('online', { network: 'wifi', app: 'running' }) },
  { weight: 2, arbitrary: device('doze', { app: 'dozing' }) },
  { weight: 2, arbitrary: device('killPhone', { app: 'killed' }) },
  { weight: 3, arbitrary: step('sever', fc.constant(0), (_state, { world }) => world.sever()) },
  { weight: 3, arbitrary: step('killServer', fc.constant(0), (_state, { world }) => world.killServer()) },
  {
    weight: 8,
    arbitrary: step(
      'pass',
      fc.constantFrom(0, 1, 2, 5, 30, 300, 3_000, 30_000, 300_000),
      (_state, { world }, ms) => world.pass(ms),
    ),
  },
  {
    weight: 2,
    arbitrary: step('useHere', place, (_state, real, name) => real.pages.get(name)?.client.useHere()),
  },
  {
    weight: 2,
    arbitrary: step('reload', place, async (_state, real, name) => {
      const page = real.pages.get(name)
      if (!page) return
      page.client.stop()
      await real.world.pass(5)
      page.client = real.browsers.open(page.place)
      void page.client.start()
    }),
  },
  { weight: 3, arbitrary: step('pair', place, pairPlace) },
  {
    weight: 2,
    arbitrary: step('revoke', place, async (state, real, name) => {
      const [phone, login] = linked(real, name)
      if (!login) return
      await real.world.finish(phone.unpair(login))
      endOf(state, real, name)
    }),
  },
  {
    weight: 1,
    arbitrary: step(
      'expire',
      fc.record({ name: place, ms: fc.constantFrom(10, 5_000) }),
      async (state, real, { name, ms }) => {
        const [phone, login] = linked(real, name)
        if (!login) return
        await real.world.finish(phone.changeCompanion(login, { expiresInMs: ms }))
        endOf(state, real, name)
      },
    ),
  },
]

/** The phone of a place, and its login there, if it has one. */
function linked(real: Real, name: PlaceName): [Phone, string | undefined] {
  const phone = phoneOf(real, ownerOf(name))
  if (phone.status().device.app === 'killed') return [phone, undefined] // nobody can ask it anything
  const { login = null } = real.pages.get(name) ?? {}
  return [phone, phone.companions().find(({ id }) => id === login)?.id]
}

function endOf(state: WorldState, real: Real, name: PlaceName): void {
  const pairing = real.pages.get(name)?.pairing ?? null
  if (pairing !== null) state.ended.add(pairing)
}

/** Links a place that is linked to nothing; when the phone is not there it comes to nothing. */
export async function pairPlace(state: WorldState, real: Real, name: PlaceName): Promise<void> {
  const { world, browsers, pages } = real
  const known = pages.get(name)
  if (known && (known.pairing === null || !state.ended.has(known.pairing))) return
  const phone = phoneOf(real, ownerOf(name))
  if (phone.status().state !== 'online') return
  known?.client.stop()
  const fresh = browserPlace(`${name}, pairing ${state.pairings + 1}`)
  const page: Page = { place: fresh, client: browsers.open(fresh), pairing: null, login: null }
  pages.set(name, page)
  await world.finish(page.client.start())
  await world.until(() => page.client.qr !== null)
  const companion = await world.finish(phone.scan(page.client.qr!.text, { grant: true }))
  state.pairings += 1
  page.pairing = state.pairings
  page.login = companion?.id ?? null
}
