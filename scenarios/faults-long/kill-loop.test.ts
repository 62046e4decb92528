/** Processes are killed at random while people and browsers write: nothing lost, nothing twice, order kept. New seed each time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemEntropy } from 'proto/system'
import { killLoop } from '../src/kill-loop.ts'

const MESSAGES = Number(process.env.TETHER_KILLS ?? 100_000)
const seed = process.env.TETHER_SEED ?? Buffer.from(systemEntropy.bytes(6)).toString('hex')
console.error(`again: TETHER_SEED='${seed}' npm run kills -- ${MESSAGES}`)

t.test('server, phones and browsers are killed again and again while everybody writes', async (t) => {
  const { TETHER_KILLS_DIR: elsewhere } = process.env
  const folder = elsewhere ? mkdtempSync(join(elsewhere, 'kills-')) : t.testdir()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const result = await killLoop({ seed, folder, messages: MESSAGES })
  const { acked, kills, seconds, ...found } = result
  t.strictSame(found, { lost: [], doubled: [], disordered: [], broken: [] })
  t.ok(acked >= MESSAGES, `${acked} acknowledged in ${seconds.toFixed(0)} s`)
  t.ok(kills.server + kills.phones + kills.browser > 0, JSON.stringify(kills))
})
