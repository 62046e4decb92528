import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findChromium, findInstalled, launchChromium } from '../src/chromium.ts'

t.test('it takes the browser that TETHER_CHROMIUM names', async (t) => {
  const found = await findChromium({ TETHER_CHROMIUM: '/opt/mine', PATH: '/usr/bin' })
  t.strictSame(found, { executablePath: '/opt/mine', env: {} })
})

t.test('it finds an installed browser in the folders of PATH, and no file that cannot run', (t) => {
  const folder = t.testdir({ a: { chromium: 'not executable' }, b: {} })
  const there = join(folder, 'b', 'chromium')
  writeFileSync(there, '')
  chmodSync(there, 0o755)
  const path = ['', join(folder, 'a'), join(folder, 'b')].join(':')
  t.equal(findInstalled(path), there)
  t.equal(findInstalled(join(folder, 'a')), null)
  t.end()
})

t.test('it starts a browser that runs a page', async (t) => {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.setContent('<title>tether</title><p id="sum"></p><script>sum.textContent = 40 + 2</script>')
  t.equal(await page.title(), 'tether')
  t.equal(await page.textContent('#sum'), '42')
  t.ok((await page.screenshot()).length > 1000)
})
