import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
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

t.test('it gives the browser the fonts that came with it, wherever it was unpacked', async (t) => {
  const { env } = await unpackChromium()
  const [, folder] = /<dir>(.*?)<\/dir>/.exec(readFileSync(env.FONTCONFIG_FILE, 'utf8'))!
  const fonts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  t.ok(
    fonts.some((file) => file.endsWith('.ttf')),
    fonts.join(),
  )
})
