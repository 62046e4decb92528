/**
 * `npm run screenshots`: a picture of each main state of the page, the phones' page and the demo, in both themes and
 * two sizes, in `screenshots/`.
 * Words behind it pick states by parts of their names.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoSteps, phoneScreens } from './phone-states.ts'
import { openStage } from './stage.ts'
import { beforePairing, linked, phoneTrouble, serverTrouble, sheets } from './states.ts'
import { walk } from './walk.ts'

const FOLDER = fileURLToPath(new URL('../../../../screenshots', import.meta.url))
const SETTLED_MS = 350 // motions of the page are shorter
const words = process.argv.slice(2)
const walks = [
  ...[beforePairing, linked, sheets, phoneTrouble, serverTrouble].map(
    (states) => ({ of: 'browser', states }) as const,
  ),
  { of: 'phones', states: phoneScreens },
  { of: 'demo', states: demoSteps },
] as const

for (const { of, states } of walks) {
  mkdirSync(join(FOLDER, of), { recursive: true })
  if (words.length > 0 && !states.some(({ name }) => words.some((word) => `${of}/${name}`.includes(word))))
    continue
  const folder = mkdtempSync(join(tmpdir(), 'tether-screenshots-'))
  const stage = await openStage(folder)
  try {
    await walk(stage, states, async (page, { name }, view) => {
      if (words.length > 0 && !words.some((word) => `${of}/${name}`.includes(word))) return
      await page.waitForTimeout(SETTLED_MS)
      await page.screenshot({ path: join(FOLDER, of, `${name}-${view.name}.png`) })
      console.log(`${of}/${name}-${view.name}`)
    })
    for (const trouble of stage.troubles) console.error(trouble)
  } finally {
    await stage.end()
    rmSync(folder, { recursive: true })
  }
}
