/**
 * Every decoder for a moment, with a fixed seed, from the corpus that guided runs have found. The long suite has a
 * million inputs and is guided itself.
 */
import t from 'tap'
import { runCampaign } from '../src/campaign.ts'
import { readCorpus, readRegressions } from '../src/corpus.ts'
import { Judge } from '../src/judge.ts'
import { findingText } from '../src/report.ts'
import { shareOf, targetOf, targets } from '../src/targets.ts'

const INPUTS = 20_000

for (const target of targets) {
  t.test(`${target.name}: ${target.about}`, async (t) => {
    const inputs = shareOf(target, INPUTS)
    const corpus = readCorpus(target.name)
    const { findings, executions, outcomes } = runCampaign(target, {
      seed: 'quick',
      inputs,
      corpus,
      guided: false,
    })
    t.strictSame(findings.map(findingText), [])
    t.ok(executions >= inputs)
    t.ok(outcomes.has('value'), 'some inputs are good')
  })
}

t.test('inputs that once broke a rule keep it', async (t) => {
  for (const { target, input, was } of readRegressions()) {
    const judge = new Judge(targetOf(target))
    t.doesNotThrow(() => judge.repeat(input, judge.judge(input)), `${target}: ${was}`)
  }
})

t.test('names are unique, and there is a corpus for each', async (t) => {
  t.equal(new Set(targets.map(({ name }) => name)).size, targets.length)
  for (const { name } of targets) t.ok(readCorpus(name).length > 0, name)
  t.throws(() => targetOf('nobody'), { code: 'TETHER_ERR_NOT_FOUND' })
})
