/**
 * Steps on the stores and on their model side by side: operations alone, many in one commit, time, restarts, and death
 * at the two instants that matter. After each step the answers and the audit rows are the model's; after each death,
 * and at the end, everything that is stored.
 */
import fc from 'fast-check'
import { deepStrictEqual as same } from 'node:assert'
import { codeOf } from 'proto/errors'
import type { StepLimits } from './model-run.ts'
import { StoresDriver, type DriverName } from './stores-driver.ts'
import { find, shown } from './stores-login-state.ts'
import { identityKey, NUMBERS, type Call, type Operation } from './stores-calls.ts'
import { credentials, wrongAnswers } from './stores-login-operations.ts'
import { beginning, looks, writes } from './stores-operations.ts'
import { emptyState, type StoresState } from './stores-state.ts'

const NOON = 1_600_000_000_000
const SECOND_MS = 1000
const DAY_MS = 86_400_000

interface Step {
  readonly name: string
  readonly args: unknown
  run(model: StoresState, driver: StoresDriver): Promise<void>
}
type Command = fc.AsyncCommand<StoresState, StoresDriver>

const many: fc.Arbitrary<readonly Operation[]> = fc.array(writes, { minLength: 2, maxLength: 6 })

const steps: Readonly<Record<'alone' | 'together' | 'wait' | 'restart' | 'crash', fc.Arbitrary<Step>>> = {
  alone: fc.oneof({ weight: 6, arbitrary: writes }, { weight: 1, arbitrary: looks }).map((operation) => ({
    name: operation.name,
    args: operation.args,
    run: (model, driver) => runAlone(operation, model, driver),
  })),
  together: fc
    .oneof({ weight: 4, arbitrary: many }, { weight: 1, arbitrary: wrongAnswers })
    .map((operations) => ({
      name: 'together',
      args: operations.map(({ name, args }) => [name, args]),
      async run(model, driver) {
        const asked: Promise<unknown>[] = []
        const expected: unknown[] = []
        const calls = follow(operations, model, expected)
        for (const call of calls) asked.push(outcome(() => call.ask(driver.stores)))
        same(await Promise.all(asked), expected)
      },
    })),
  wait: fc
    .constantFrom(1, 999, SECOND_MS, 60_000, 360_000, 600_000, DAY_MS, 29 * DAY_MS, 30 * DAY_MS)
    .map((ms) => ({
      name: 'wait',
      args: ms,
      async run(model) {
        model.now += ms
      },
    })),
  restart: fc.constant({
    name: 'restart',
    args: null,
    async run(model, driver) {
      await driver.restart()
      await goOn(model, driver)
    },
  }),
  crash: fc
    .record({ operations: fc.array(writes, { maxLength: 6 }), isCommitted: fc.boolean() })
    .map(({ operations, isCommitted }) => ({
      name: 'crash',
      args: { isCommitted, inFlight: operations.map(({ name, args }) => [name, args]) },
      async run(model, driver) {
        const after = structuredClone(model)
        const calls = follow(operations, after, [])
        await driver.crash((stores) => calls.map((call) => call.ask(stores)), isCommitted)
        if (isCommitted) Object.assign(model, after)
        await goOn(model, driver)
      },
    })),
}

/** A run of the model: the steps that fast-check draws, on a fresh store. */
export function storesModel(
  name: DriverName,
): (limits: StepLimits) => fc.IAsyncProperty<[Iterable<Command>]> {
  const deaths = name === 'file' ? 3 : 1 // in memory each is a new beginning, and a beginning tells little
  const weights = { alone: 24, together: 5, wait: 4, restart: 1, crash: deaths }
  const commands = Object.entries(weights).flatMap(([kind, weight]) =>
    Array.from({ length: weight }, () => steps[kind as keyof typeof steps].map(commandOf)),
  )
  return (limits) =>
    fc.asyncProperty(fc.commands(commands, limits), async (drawn) => {
      let driver: StoresDriver | undefined
      let model: StoresState | undefined
      await fc.asyncModelRun(async () => {
        driver = await StoresDriver.open(name)
        model = emptyState(NOON)
        await begin(model, driver)
        return { model, real: driver }
      }, drawn)
      await compareAll(model!, driver!)
      same(await driver!.finish(), [], 'counters equal their rows')
    })
}

function commandOf({ name, args, run }: Step): Command {
  return {
    check: () => true,
    async run(model, driver) {
      const rows = model.audit.length
      await run(model, driver)
      await compareAudit(model, driver, Math.min(rows, model.audit.length))
    },
    toString: () => `${name}(${JSON.stringify(args)})`,
  }
}

async function begin(model: StoresState, driver: StoresDriver): Promise<void> {
  for (const operation of beginning) await runAlone(operation, model, driver)
}

async function runAlone(operation: Operation, model: StoresState, driver: StoresDriver): Promise<void> {
  const call = operation.call(model)
  if (!call) return
  let answer: unknown
  const actual = await outcome(async () => (answer = await call.ask(driver.stores)))
  same(actual, expectation(call, model, answer))
}

/** The calls, each made for the model as the ones before leave it; their expected outcomes are added. */
function follow(operations: readonly Operation[], model: StoresState, expected: unknown[]): readonly Call[] {
  const calls: Call[] = []
  for (const operation of operations) {
    const call = operation.isBlind ? operation.call(model) : null
    if (!call) continue
    calls.push({ ask: call.ask, expect: call.expect })
    expected.push(expectation(call, model, undefined))
  }
  return calls
}

function expectation(call: Call, model: StoresState, actual: unknown): unknown {
  try {
    return plain(call.expect(model, actual))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'TETHER_ERR_INTERNAL') throw error
    return { code }
  }
}

async function outcome(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return plain(await ask())
  } catch (error) {
    const code = codeOf(error)
    if (code === 'TETHER_ERR_INTERNAL') throw error
    return { code }
  }
}

/** After a death or a restart: nothing is lost in a file, everything in memory, where it all begins anew. */
async function goOn(model: StoresState, driver: StoresDriver): Promise<void> {
  if (driver.name === 'memory') {
    Object.assign(model, emptyState(model.now))
    await compareAll(model, driver)
    await begin(model, driver)
  }
  await compareAll(model, driver)
}

async function compareAll(model: StoresState, { stores }: StoresDriver): Promise<void> {
  for (const number of NUMBERS) {
    const account = model.accounts.get(number)
    const mails = account?.mails ?? []
    same(plain(await stores.mail.page(number, 0, 1_000_000)), plain(mails), `mail of ${number}`)
    const bytes = mails.reduce((sum, { body }) => sum + body.length, 0)
    same(await stores.mail.waiting(number), { mails: mails.length, bytes }, `counts of ${number}`)
    same(await stores.prekeys.stock(number), account?.stock.length ?? 0, `prekeys of ${number}`)
    const own = model.logins.filter((each) => each.number === number).map(shown)
    same(plain(await stores.logins.list(number)), plain(own), `logins of ${number}`)
    for (const login of model.logins)
      same(
        plain(await stores.logins.find(credentials(login))),
        plain(find(model, login)),
        'found by its tokens',
      )
    const stored = await stores.accounts.find(number)
    same(
      stored && [
        stored.epoch,
        stored.name,
        hex(stored.identityKey),
        stored.facts !== null,
        stored.registeredAt,
      ],
      account
        ? [
            account.epoch,
            account.name,
            hex(identityKey({ number, identity: account.identity })),
            account.hasFacts,
            account.registeredAt,
          ]
        : null,
      `account of ${number}`,
    )
  }
  await compareAudit(model, { stores }, 0)
  same((await stores.audit.verify()).broken, null)
}

/** Every effect has its row, and no row is without one. */
async function compareAudit(
  model: StoresState,
  { stores }: Pick<StoresDriver, 'stores'>,
  from: number,
): Promise<void> {
  const rows = await stores.audit.page(from, 1_000_000)
  const expected = model.audit.slice(from).map(({ at, kind, number, login, detail }) => ({
    ...{ at, kind, detail },
    number: number === undefined ? '' : stores.audit.idHash(number),
    login: login === undefined ? '' : stores.audit.idHash(login),
  }))
  same(
    rows.map(({ at, kind, number, login, detail }) => ({ at, kind, detail, number, login })),
    expected,
    'audit rows',
  )
}

/** Comparable: bytes as hex, no prototypes of rows. */
function plain(value: unknown): unknown {
  if (value === undefined) return null
  const text = JSON.stringify(value, (_, each: unknown) => (each instanceof Uint8Array ? hex(each) : each))
  return JSON.parse(text)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
