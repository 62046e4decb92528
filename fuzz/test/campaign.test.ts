import t from 'tap'
import { Broken } from '../src/target.ts'
import { runCampaign } from '../src/campaign.ts'
import { campaignLine, findingText, seedLine } from '../src/report.ts'
import { maze, toy } from './toy-targets.ts'

t.test(
  'it finds its way by coverage where chance alone does not, and gives the smallest input',
  async (t) => {
    const target = toy({ run: maze })
    const guided = runCampaign(target, { seed: 'maze', inputs: 20_000 })
    const blind = runCampaign(target, { seed: 'maze', inputs: 20_000, guided: false })
    t.strictSame(blind.findings, [])
    t.equal(guided.findings.length, 1)
    const [{ input, problem, stack }] = guided.findings
    t.strictSame(
      [...input].map((byte) => byte & 0x0f),
      [4, 5, 7, 8],
    )
    t.match(problem, /RangeError: the mistake/)
    t.match(stack, /maze/)
    t.match(
      findingText(guided.findings[0]),
      /toy: threw RangeError: the mistake\n {2}npm run fuzz -- replay toy '/,
    )
    t.match(campaignLine(guided), /^toy .* inputs .*\/s .* 1 FOUND$/)
    t.ok(guided.kept.length >= 4, 'each step was kept')
  },
)

t.test('it makes the same inputs for the same seed', async (t) => {
  const inputsOf = (seed: string) => {
    const seen: string[] = []
    const run = (input: Uint8Array) => void seen.push(Buffer.from(input).toString('hex'))
    runCampaign(toy({ run }), { seed, inputs: 300 })
    return seen
  }
  t.strictSame(inputsOf('a'), inputsOf('a'))
  t.notSame(inputsOf('a'), inputsOf('b'))
})

t.test(
  'it makes exactly as many inputs as it is told, besides seeds and corpus, and counts outcomes',
  async (t) => {
    let runs = 0
    const campaign = runCampaign(toy({ run: () => (runs++, null) }), {
      seed: 'count',
      inputs: 1_000,
      corpus: [Buffer.from('kept')],
      guided: false,
    })
    t.equal(campaign.executions, 1_002)
    t.equal(runs, 2 * 1_002, 'each runs twice')
    t.strictSame([...campaign.outcomes], [['value', 1_002]])
  },
)

t.test('it shows each problem once, and stops when nearly everything breaks', async (t) => {
  let runs = 0
  const run = (input: Uint8Array) => {
    runs++
    throw new Broken(`rule ${'abcdefgh'[(input[0] ?? 0) % 8]}`)
  }
  const { findings, executions } = runCampaign(toy({ run }), { seed: 'all', inputs: 100_000 })
  t.ok(findings.length >= 5 && findings.length <= 8, `${findings.length} findings`)
  t.equal(new Set(findings.map(({ problem }) => problem)).size, findings.length)
  t.ok(executions < 1_000)
  t.ok(runs > 0)
})

t.test('it notices which input of a batch left a trace in what all objects share', async (t) => {
  const run = (input: Uint8Array) => {
    if (input.includes(0x21))
      Object.defineProperty(Map.prototype, 'polluted', { value: 1, configurable: true })
    return null
  }
  const target = toy({ run, seeds: () => [Buffer.from('a'), Buffer.from('b!'), Buffer.from('c')] })
  const { findings } = runCampaign(target, { seed: 'trace', inputs: 0 })
  t.equal(findings.length, 1)
  t.match(findings[0].problem, /Map\.prototype was changed/)
  t.equal(Buffer.from(findings[0].input).toString(), '!')
})

t.test('it finds what takes too long for long inputs only, and ends there', async (t) => {
  // looks from each blank on for a digit that is not there
  const run = (input: Uint8Array) => / [^0-9]*[0-9]/.test(Buffer.from(input).toString('latin1'))
  const target = toy({ run, maxBytes: 4_096, slowMs: 5, seeds: () => [Buffer.from('a b c')] })
  const { findings, executions } = runCampaign(target, { seed: 'slow', inputs: 5_000 })
  t.match(findings, [{ problem: 'took longer than 5 ms' }])
  t.ok(executions < 5_000)
})

t.test('it says how to repeat a run', async (t) => {
  t.equal(
    seedLine('abc', 'npm run test:long'),
    'seed abc; repeat with: TETHER_FUZZ_SEED=abc npm run test:long',
  )
})
