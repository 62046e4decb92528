/**
 * `npm run fuzz -- ...`: the fuzzer by hand.
 *   run [target...]            fuzzes all targets, or those; TETHER_FUZZ_INPUTS (in all), TETHER_FUZZ_SEED
 *   replay <target> '<input>'  runs one input and shows what comes of it
 *   tidy [target...]           fuzzes, then keeps the smallest corpus that reaches the same code
 *   list                       the targets
 */
import { inspect } from 'node:util'
import { systemEntropy } from 'proto/system'
import { runCampaign } from './campaign.ts'
import { readCorpus, smallestCover, writeCorpus } from './corpus.ts'
import { fuzzSeed } from './fuzz-seed.ts'
import { parseInput } from './input-text.ts'
import { Judge } from './judge.ts'
import { campaignLine, findingText, seedLine } from './report.ts'
import { shareOf, targetOf, targets } from './targets.ts'

const DEFAULT_INPUTS = 1_000_000

const commands: Readonly<Record<string, (words: readonly string[]) => void>> = {
  run: (names) => void fuzz(names),
  replay: ([name, input]) => {
    console.log(inspect(new Judge(targetOf(name)).judge(parseInput(input)), { depth: 20 }))
  },
  tidy: (names) => {
    for (const { target, kept } of fuzz(names)) writeCorpus(target, smallestCover(targetOf(target), kept))
  },
  list: () => {
    for (const { name, about } of targets) console.log(`${name.padEnd(24)} ${about}`)
  },
}

function fuzz(names: readonly string[]) {
  const seed = fuzzSeed(process.env, systemEntropy)
  console.log(seedLine(seed, `npm run fuzz -- ${process.argv.slice(2).join(' ')}`))
  const inputs = Number(process.env.TETHER_FUZZ_INPUTS ?? DEFAULT_INPUTS)
  const chosen = names.length === 0 ? targets : names.map(targetOf)
  return chosen.map((target) => {
    const campaign = runCampaign(target, {
      seed,
      inputs: shareOf(target, inputs),
      corpus: readCorpus(target.name),
    })
    console.log(campaignLine(campaign))
    for (const finding of campaign.findings) {
      console.log(findingText(finding))
      process.exitCode = 1
    }
    return campaign
  })
}

const [command = 'run', ...words] = process.argv.slice(2)
const chosen = Object.hasOwn(commands, command) ? commands[command] : undefined
if (chosen) chosen(words)
else {
  console.log(`unknown command; one of ${Object.keys(commands).join(', ')}`)
  process.exitCode = 1
}
