import t from 'tap'
import { browserName } from '../../src/page/browser-name.ts'

for (const { agent, want } of [
  {
    agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36',
    want: 'Linux Chrome',
  },
  {
    agent: 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0',
    want: 'Windows Edge',
  },
  {
    agent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) AppleWebKit/605.1 Version/17.1 Safari/605.1',
    want: 'macOS Safari',
  },
  {
    agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1 Safari/604.1',
    want: 'iOS Safari',
  },
  { agent: 'Mozilla/5.0 (Android 14; Mobile) Gecko/120.0 Firefox/120.0', want: 'Android Firefox' },
  { agent: '', want: 'Computer Browser' },
]) {
  t.test(`calls it ${want}`, async (t) => {
    t.equal(browserName(agent).slice(0, 2).join(' '), want)
  })
}
