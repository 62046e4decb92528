import { accessSync, constants } from 'node:fs'
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { unpackChromium } from '../src/packaged-chromium.ts'

t.test('it unpacks a browser that runs, also when asked twice at once', async (t) => {
  const [one, two] = await Promise.all([unpackChromium(), unpackChromium()])
  t.strictSame(one, two)
  accessSync(one.executablePath, constants.X_OK)
  const env = { ...process.env, ...one.env }
  const answer = execFileSync(one.executablePath, ['--version'], { env, encoding: 'utf8', timeout: 20_000 })
  t.match(answer, /^Chromium 147\./)
})
