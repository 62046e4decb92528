/**
 * `npm run kills -- 1000000`: the kill loop with so many messages, by hand; the last lines say what came of it. SIGTERM
 * ends the writing, and what was written until then is judged.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killLoop } from './kill-loop.ts'

const DEFAULT_MESSAGES = 10_000
const SHOWN = 10

const messages = Number(process.argv[2] ?? DEFAULT_MESSAGES)
const seed = process.env['TETHER_SEED'] ?? `kills ${Date.now()}`
const folder = mkdtempSync(join(process.env['TETHER_KILLS_DIR'] ?? tmpdir(), 'kills-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const enough = new AbortController()
process.once('SIGTERM', () => enough.abort())
say(`again: TETHER_SEED='${seed}' npm run kills -- ${messages}`)
const { acked, kills, lost, doubled, disordered, broken, seconds } = await killLoop({
  ...{ seed, folder, messages },
  tell: say,
  enough: enough.signal,
})
rmSync(folder, { recursive: true })
say(`${acked} acknowledged in ${seconds.toFixed(0)} s, ${(acked / seconds).toFixed(0)} a second`)
say(`killed: server ${kills.server}, phones ${kills.phones}, browser ${kills.browser}`)
for (const [what, found] of Object.entries({ lost, doubled, disordered, broken }))
  say(`${what}: ${found.length}${found.length > 0 ? ` (${found.slice(0, SHOWN).join('; ')})` : ''}`)
process.exit(lost.length + doubled.length + disordered.length + broken.length === 0 ? 0 : 1)
