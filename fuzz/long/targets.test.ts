/** A million inputs and more for the decoders. The seed is new each time and printed; TETHER_FUZZ_SEED repeats a run. */
import t from 'tap'
import type { ErrorCode } from 'proto/errors'
import { systemEntropy } from 'proto/system'
import { runCampaign } from '../src/campaign.ts'
import { readCorpus } from '../src/corpus.ts'
import { fuzzSeed } from '../src/fuzz-seed.ts'
import { campaignLine, findingText, seedLine } from '../src/report.ts'
import { shareOf, targets } from '../src/targets.ts'

const INPUTS = 1_000_000
const seed = fuzzSeed(process.env, systemEntropy)
console.error(seedLine(seed, 'npm run test:long -- fuzz/long/targets'))
const met = new Set<ErrorCode | 'value'>()
let all = 0

for (const target of targets) {
  t.test(`${target.name}: ${target.about}`, async (t) => {
    const campaign = runCampaign(target, {
      seed,
      inputs: shareOf(target, INPUTS),
      corpus: readCorpus(target.name),
    })
    console.error(campaignLine(campaign))
    all += campaign.executions
    t.strictSame(campaign.findings.map(findingText), [])
    t.ok(campaign.outcomes.has('value'), 'some inputs are good')
    for (const code of campaign.outcomes.keys()) met.add(code)
  })
}

t.test('these were a million inputs, and they met every code that any row names', async (t) => {
  t.ok(all >= INPUTS, `${all} inputs`)
  for (const code of new Set(targets.flatMap(({ codes }) => codes))) t.ok(met.has(code), code)
})
