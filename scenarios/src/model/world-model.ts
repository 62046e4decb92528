/**
 * Steps of two people with phones and browsers in a world in which everything breaks: links, phones, pages, the server.
 * When all is whole again, nothing is lost, nothing is there twice, each pair has its order, and the audit log has a
 * row for each thing that was done.
 */
import fc from 'fast-check'
import { clientStory } from '../client-story.ts'
import { browsersOf } from '../browser.ts'
import type { StepLimits } from './model-run.ts'
import { checkWorld, look } from './world-checks.ts'
import {
  pairPlace,
  steps,
  type Page,
  type PlaceName,
  type Real,
  type Step,
  type WorldState,
} from './world-steps.ts'
import { watchWorld } from './world-watch.ts'

const SETTLE_MS = 240_000

type Command = fc.AsyncCommand<WorldState, Real>

/** How much there was to go wrong. */
export interface WorldRecord {
  worlds: number
  texts: number
  pairings: number
  steps: Record<string, number>
}

export function newRecord(): WorldRecord {
  return { worlds: 0, texts: 0, pairings: 0, steps: {} }
}

export function worldModel(
  record: WorldRecord,
): (limits: StepLimits) => fc.IAsyncProperty<[number, Iterable<Command>]> {
  const commands = steps.flatMap(({ weight, arbitrary }) =>
    Array.from({ length: weight }, () => arbitrary.map((each) => commandOf(each, record))),
  )
  return (limits) =>
    fc.asyncProperty(fc.nat(1_000_000), fc.commands(commands, limits), async (seed, drawn) => {
      record.worlds += 1
      const real = await openWorld(seed)
      const state: WorldState = { sent: [], pairings: 0, ended: new Set() }
      try {
        for (const name of ['alice 1', 'bob 1'] as const) {
          await pairPlace(state, real, name)
          await real.world.until(() => real.pages.get(name)!.client.state === 'open')
        }
        await fc.asyncModelRun(() => ({ model: state, real }), drawn)
        await heal(real)
        await checkWorld(state, real)
        record.texts += state.sent.length
        record.pairings += state.pairings
      } finally {
        await real.close()
      }
    })
}

function commandOf({ label, run }: Step, { steps: taken }: WorldRecord): Command {
  return {
    check: () => true,
    async run(state, real) {
      await run(state, real)
      const name = label.slice(0, label.indexOf('('))
      taken[name] = (taken[name] ?? 0) + 1
      look(real)
    },
    toString: () => label,
  }
}

async function openWorld(seed: number): Promise<Real> {
  const ends: (() => Promise<void>)[] = []
  const stage = { teardown: (task: () => Promise<void>) => void ends.push(task) }
  const { world } = await clientStory(stage, { clock: 'virtual', seed: `model ${seed}`, killable: true })
  const browsers = browsersOf(world)
  const watch = watchWorld(world)
  const real: Real = {
    ...{ world, browsers, watch, pages: new Map<PlaceName, Page>(), writing: [] },
    async close() {
      watch.stop()
      browsers.stop()
      for (const end of ends) await end()
    },
  }
  return real
}

/** Everything works again, and has the time that it needs. */
async function heal({ world, pages, writing }: Real): Promise<void> {
  for (const phone of world.phones) phone.setDevice({ app: 'running', network: 'wifi' })
  await world.finish(Promise.all(writing))
  await world.pass(SETTLE_MS)
  // of two browsers of one phone one is open at a time: each has its turn to send what it still has
  for (const { client } of pages.values()) {
    client.useHere()
    await world.pass(SETTLE_MS / 2)
  }
}
