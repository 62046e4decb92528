/**
 * A relay whose stores answer when a scheduler of fast-check says so, and whose peers speak in any order among one
 * another: what is a race in the world is one drawn order here, which can be drawn again. Commits happen in the order
 * in which they were asked for, as they do in the store; only who hears of them when is drawn.
 */
import fc from 'fast-check'
import { credentials, newTokens } from '../src/login-tokens.ts'
import type { Stores } from '../src/stores.ts'
import { settled } from './manual-clock.ts'
import { createWorld, FACTS, INIT, type ScriptedLink, type TestPhone, type World } from './world.ts'

export interface Stage {
  readonly world: World
  /** Set while an order is played. */
  scheduler: fc.Scheduler | null
  /** Is told of each answer of a store when it is there, before anybody else hears of it. */
  onAnswer: (call: string, answer: unknown) => void
}

export async function createStage(env: Record<string, string> = {}): Promise<Stage> {
  const parts: Pick<Stage, 'scheduler' | 'onAnswer'> = { scheduler: null, onAnswer: () => {} }
  const world = await createWorld(env, undefined, (stores) => answeringLater(stores, parts))
  return Object.assign(parts, { world })
}

function answeringLater(stores: Stores, stage: Pick<Stage, 'scheduler' | 'onAnswer'>): Stores {
  const ports = Object.entries(stores as unknown as Record<string, object>)
  const wrapped = ports.map(([name, port]): [string, unknown] => {
    if (typeof port !== 'object') return [name, port]
    const late = new Proxy(port, {
      get(target, method) {
        const call: unknown = Reflect.get(target, method)
        if (typeof call !== 'function' || typeof method !== 'string' || method === 'idHash') return call
        return async (...args: unknown[]): Promise<unknown> => {
          const promise = call.apply(target, args) as Promise<unknown>
          const answer = await promise
          stage.onAnswer(`${name}.${method}`, answer)
          return stage.scheduler?.schedule(promise, `${name}.${method} is heard of`) ?? answer
        }
      },
    })
    return [name, late]
  })
  return Object.fromEntries(wrapped) as unknown as Stores
}

/** What one peer says, in its order. */
export type Script = readonly { readonly label: string; readonly say: () => unknown }[]

/** Plays one order of everything; `look` sees the world after each event. */
export async function play(
  stage: Stage,
  scheduler: fc.Scheduler,
  scripts: readonly Script[],
  look: () => void = () => {},
): Promise<void> {
  stage.scheduler = scheduler
  for (const script of scripts) {
    scheduler.scheduleSequence(
      script.map(({ label, say }) => ({
        label,
        builder: async () => void say(), // nobody waits for the effect before the next event
      })),
    )
  }
  for (await settled(); scheduler.count() > 0; await settled()) {
    await scheduler.waitNext(1)
    await settled()
    look()
  }
  stage.scheduler = null
  stage.onAnswer = () => {}
}

/** One race: made once, then played in many orders. */
export interface Race {
  readonly name: string
  prepare(): Promise<{ stage: Stage; run: (scheduler: fc.Scheduler, drawn: number) => Promise<void> }>
}

/** Plays `orders` orders of a race; an error names seed and path, and TETHER_MODEL takes both again. */
export async function assertRace(
  race: Race,
  { orders, seed }: { orders: number; seed?: number },
): Promise<void> {
  const { stage, run } = await race.prepare()
  const again = process.env['TETHER_MODEL']
  const chosen = again
    ? (JSON.parse(again) as { seed: number; path?: string })
    : { ...(seed !== undefined && { seed }) }
  try {
    await fc.assert(fc.asyncProperty(fc.scheduler(), fc.nat(7), run), { numRuns: orders, ...chosen })
  } finally {
    await stage.world.server.close()
  }
}

// the peers

/** A phone that has told its facts. */
export async function attachedPhone(world: World, number: string): Promise<TestPhone> {
  const phone = await (await world.phone(number)).attach()
  await phone.tell({ type: 'device', facts: FACTS })
  return phone
}

export interface GivenLogin {
  readonly login: string
  readonly clientId: string
  /** The text of `admin login` with its tokens. */
  readonly loginText: string
  readonly serverToken: string
}

let logins = 0

/** A login as pairing leaves it, without its browser. */
export async function givenLogin({ stores, clock, entropy }: World, number: string): Promise<GivenLogin> {
  const name = `login ${++logins}`
  const tokens = newTokens(entropy.fork(name))
  const clientId = Buffer.from(entropy.fork(name).bytes(16)).toString('base64')
  const account = await stores.accounts.find(number)
  const owner = { number, epoch: account!.epoch }
  const paired = await stores.logins.pair(owner, credentials(clientId, tokens), {
    at: clock.now(),
    network: null,
  })
  if (paired.kind !== 'paired') throw new Error(paired.kind)
  const said = ['admin', 'login', tokens.clientToken, tokens.serverToken, clientId, 'takeover']
  return {
    ...{ login: paired.login.login, clientId, serverToken: tokens.serverToken },
    loginText: `1.--1,${JSON.stringify(said)}`,
  }
}

export async function endLogin(
  { stores, clock }: World,
  number: string,
  { login }: GivenLogin,
): Promise<void> {
  await stores.logins.end({ login, number, by: 'phone', at: clock.now() })
}

/** A browser that has said init, with the pause after it over. */
export async function waitingBrowser(world: World, { clientId }: GivenLogin): Promise<ScriptedLink> {
  const browser = world.browser()
  await browser.say(INIT.replace(/"[^"]*",true\]$/, `"${clientId}",true]`))
  await world.clock.pass(50)
  browser.take()
  return browser
}

export function isOpen(browser: ScriptedLink): boolean {
  return (
    browser.closed === null &&
    browser.texts().some((text) => text.startsWith('s1,["Conn"') || text.startsWith('s2,["Conn"'))
  )
}

export function binaries(link: ScriptedLink): Uint8Array[] {
  return link.frames.filter((frame): frame is Uint8Array => typeof frame !== 'string')
}
