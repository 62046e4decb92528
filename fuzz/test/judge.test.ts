import t from 'tap'
import { TetherError } from 'proto/errors'
import { Judge } from '../src/judge.ts'
import { toy } from './toy-targets.ts'

const input = Buffer.from('input')
const judged = (run: (input: Uint8Array) => unknown) => {
  const judge = new Judge(toy({ run }))
  const outcome = judge.judge(input)
  judge.repeat(input, outcome)
  judge.checkPrototypes()
  return outcome
}

t.test('it takes a value, and a code of the row', async (t) => {
  t.strictSame(
    judged(() => ({ a: 1 })),
    { code: null, value: { a: 1 }, size: 2 },
  )
  const refused = judged(() => {
    throw new TetherError('TETHER_ERR_BODY')
  })
  t.strictSame(refused, { code: 'TETHER_ERR_BODY', value: undefined, size: 0 })
})

// prettier-ignore
const broken: readonly (readonly [string, (input: Uint8Array) => unknown, RegExp])[] = [
  ['an error that is not ours', () => { throw new TypeError('undefined is not a function') }, /TypeError: undefined is not/],
  ['a code of another row', () => { throw new TetherError('TETHER_ERR_QR') }, /TETHER_ERR_QR, which is not in its row/],
  ['writing into the input', (bytes) => { bytes[0] = 0 }, /wrote into its input/],
  ['far more output than input', () => 'x'.repeat(5_000), /too much output/],
  ['a shared prototype', () => { Object.assign(Object.prototype, { polluted: true }) }, /Object\.prototype was changed/],
  ['a hidden change of one', () => { Object.defineProperty(Array.prototype, 'polluted', { value: 1, configurable: true }) }, /Array\.prototype was changed/],
  ['a parent from the input', () => Object.setPrototypeOf({}, { polluted: true }) as unknown, /parent of its own choice/],
  ['another value each time', counter(), /another value the second time/],
  ['a code the second time only', sometimes(), /first a value, then TETHER_ERR_BODY/],
  ['a long time', () => { const start = process.cpuUsage(); for (let us = 0; us < 30_000;) { const { user, system } = process.cpuUsage(start); us = user + system } }, /longer than 10 ms/],
]

for (const [what, run, problem] of broken) {
  t.test(`it is no friend of ${what}`, async (t) => {
    t.throws(() => judged(run), { name: 'Broken', message: problem })
    t.equal(({} as { polluted?: unknown }).polluted, undefined)
  })
}

t.test('one slow run among fast ones is no finding', async (t) => {
  let runs = 0
  const run = () => {
    const end = performance.now() + (runs++ === 0 ? 15 : 0)
    while (performance.now() < end);
    return 1
  }
  t.equal(judged(run).value, 1)
})

function counter() {
  let count = 0
  return () => ++count
}

function sometimes() {
  let isSecond = false
  return () => {
    if (isSecond) throw new TetherError('TETHER_ERR_BODY')
    isSecond = true
  }
}
