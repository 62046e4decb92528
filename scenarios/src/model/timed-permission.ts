/**
 * A permission that ends, while somebody sets the clocks of phone and server (research S8). True time passes, the
 * browser asks, the phone has news for it; when the time that was granted has truly passed, the phone serves nothing
 * more, whatever the clocks show. It ends earlier only when the phone's own clock says so.
 */
import fc from 'fast-check'
import { ALICE, createWorld, WrongClock, type World } from 'harness'
import type { Phone } from 'phone-sim/phone'
import { RawBrowser } from '../raw-browser.ts'
import { query } from '../raw-story.ts'
import type { StepLimits } from './model-run.ts'

const WEEK_MS = 7 * 86_400_000
/** An answer takes milliseconds; a browser that has to log in again, half a second. */
const ANSWER_MS = 1_000
const SERVING = new Set(['frame.in', 'frame.out', 'told', 'ack.out'])

type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'set'; readonly clock: 'phone' | 'server'; readonly aheadMs: number }
  | { readonly do: 'ask' | 'news' }

interface Plan {
  readonly grantedMs: number
  readonly phoneAheadMs: number
  readonly serverAheadMs: number
  readonly steps: readonly Step[]
}

/** How often what happened, over all runs: a property that never saw an end would prove nothing. */
export interface PermissionRecord {
  answered: number
  silent: number
  endedByClock: number
  endedInTime: number
}

export function newPermissionRecord(): PermissionRecord {
  return { answered: 0, silent: 0, endedByClock: 0, endedInTime: 0 }
}

const ahead = fc.oneof(
  fc.integer({ min: -WEEK_MS, max: WEEK_MS }),
  fc.integer({ min: -WEEK_MS, max: 0 }),
  fc.integer({ min: -600_000, max: 600_000 }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 120_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set' as const), clock: fc.constant('phone' as const), aheadMs: ahead }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), clock: fc.constant('server' as const), aheadMs: ahead }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('ask' as const, 'news' as const) }) },
) // prettier-ignore

export function timedPermission(record: PermissionRecord): (limits: StepLimits) => fc.IAsyncProperty<[Plan]> {
  return ({ maxCommands }) =>
    fc.asyncProperty(
      fc.record({
        grantedMs: fc.integer({ min: 5_000, max: 300_000 }),
        phoneAheadMs: ahead,
        serverAheadMs: ahead,
        steps: fc.array(step, { maxLength: maxCommands, size: 'max' }),
      }),
      (plan) => run(plan, record),
    )
}

async function run(plan: Plan, record: PermissionRecord): Promise<void> {
  const clocks = new Map<string, WrongClock>()
  const aheadAtFirst: Record<string, number> = {
    [ALICE.number]: plan.phoneAheadMs,
    server: plan.serverAheadMs,
  }
  const world = await createWorld({
    ...{ phones: [ALICE], prekeys: 1, seed: 'timed permission' },
    clockOf: (party, clock) => {
      const wrong = new WrongClock(clock)
      wrong.aheadMs = aheadAtFirst[party]
      clocks.set(party, wrong)
      return wrong
    },
  })
  try {
    const permission = new Permission(world, clocks.get(ALICE.number)!, plan.grantedMs)
    await permission.begin()
    for (const each of plan.steps) {
      switch (each.do) {
        case 'pass':
          await world.pass(each.ms)
          break
        case 'set':
          clocks.get(each.clock === 'phone' ? ALICE.number : 'server')!.aheadMs = each.aheadMs
          if (each.clock === 'server') permission.serverIsTrue = false
          break
        case 'ask':
          await permission.ask(record)
          break
        case 'news':
          await world.finish(permission.phone.sendText(ALICE.number, 'a note'))
      }
    }
    await permission.end(record)
  } finally {
    await world.stop()
  }
}

/** A browser that is allowed for a time, and what the phone does for it. */
class Permission {
  readonly phone: Phone
  /** The server's clock was not set, so silence is the phone's. */
  serverIsTrue = true
  readonly #world: World
  readonly #clock: WrongClock
  readonly #grantedMs: number
  #browser: RawBrowser | null = null
  /** By true time, and what the phone's clock shows when it believes it to be over. */
  #over = Infinity
  #expiresAt = Infinity
  #gone: { readonly at: number; readonly byClock: boolean; readonly reason: string } | null = null
  #connections = 0

  constructor(world: World, clock: WrongClock, grantedMs: number) {
    this.#world = world
    this.#clock = clock
    this.#grantedMs = grantedMs
    this.phone = world.phone(ALICE.number)
    this.phone.subscribe((event) => {
      if (event.type === 'companion' && this.#over === Infinity) {
        this.#over = world.clock.now() + grantedMs
        this.#expiresAt = event.companion.expiresAt!
      }
      if (event.type !== 'companionGone') return
      const byClock = this.#clock.now() >= this.#expiresAt
      this.#gone = { at: world.clock.now(), byClock, reason: event.reason }
    })
  }

  async begin(): Promise<void> {
    this.#browser = await this.#connect()
    await this.#browser.pair(this.phone, undefined, { grant: true, expiresInMs: this.#grantedMs })
  }

  async ask(record: PermissionRecord): Promise<void> {
    const began = this.#world.clock.now()
    let browser = this.#browser!
    if (browser.closed) {
      browser = await this.#connect()
      this.#browser = browser
      browser.init()
      browser.login()
      await this.#world.pass(ANSWER_MS)
    }
    let isOnline = this.phone.status().state === 'online'
    const tag = browser.sayNode(query('emoji'))
    await this.#world.pass(ANSWER_MS)
    isOnline &&= this.phone.status().state === 'online' && browser.closed === null
    const isAnswered = browser.answers(tag).length > 0
    if (isAnswered) record.answered++
    else record.silent++
    const isAllowed =
      began + 2 * ANSWER_MS < this.#over && this.#gone === null && this.#clock.now() < this.#expiresAt
    if (isAllowed && isOnline && this.serverIsTrue && !isAnswered)
      throw new Error('a browser that is allowed got no answer')
  }

  /** Waits until it is over by any clock, and judges. */
  async end(record: PermissionRecord): Promise<void> {
    await this.#world.pass(Math.max(0, this.#over - this.#world.clock.now()))
    await this.ask(record)
    const over = this.#over
    const late = this.#world.trace.events.filter(({ kind, at }) => SERVING.has(kind) && at >= over)
    if (late.some(({ party }) => party.startsWith('phone')))
      throw new Error(`served after its time: ${JSON.stringify(late)}`)
    const gone = this.#gone
    if (gone?.reason !== 'expired') throw new Error(`it has not ended as it should: ${JSON.stringify(gone)}`)
    if (gone.at < over && !gone.byClock) throw new Error(`ended ${over - gone.at} ms early by no clock`)
    if (gone.at > over + 1) throw new Error(`ended ${gone.at - over} ms late`)
    record[gone.at < over ? 'endedByClock' : 'endedInTime']++
  }

  #connect(): Promise<RawBrowser> {
    return RawBrowser.connect(this.#world, `b${++this.#connections}`, this.#browser?.credentials ?? null)
  }
}
