/** `npm run pressure -- 60 readers`: every attack, or those named, with many attackers for so many seconds; one line each. */
import { bounds, breaches, line } from './bounds.ts'
import { press, startAssailed } from './pressure.ts'

const DEFAULT_S = 60
const [seconds = String(DEFAULT_S), ...names] = process.argv.slice(2)
let isBroken = false
for (const bound of bounds) {
  if (names.length > 0 && !names.includes(bound.attack)) continue
  const assailed = await startAssailed()
  const pressure = await press(assailed, bound.attack, { count: bound.many, ms: Number(seconds) * 1_000 })
  process.stdout.write(`${line(bound, bound.many, pressure)}\n`)
  for (const breach of breaches(bound, pressure)) {
    isBroken = true
    process.stdout.write(`  ${breach}\n`)
  }
  await assailed.close()
}
process.exit(isBroken ? 1 : 0)
