import t from 'tap'
import { bannerOf, type BannerFacts } from '../../../src/page/banners/banner-words.ts'
import { type ClientState, clientStates } from '../../../src/states.ts'

const fine: BannerFacts = {
  state: 'open',
  why: null,
  online: true,
  outdated: false,
  batteryPercent: 80,
  plugged: false,
  asleep: false,
  synced: null,
  retrySeconds: null,
}
const titleOf = (facts: Partial<BannerFacts>): string | null => bannerOf({ ...fine, ...facts })?.title ?? null

t.test('it says nothing when all is well', async (t) => {
  t.equal(titleOf({}), null)
  t.equal(titleOf({ batteryPercent: null }), null)
})

t.test('it tells apart what is out of reach', async (t) => {
  const titles = [
    titleOf({ state: 'offline', online: false }),
    titleOf({ state: 'offline' }),
    titleOf({ state: 'phoneUnreachable' }),
    titleOf({ state: 'phoneUnreachable', asleep: true }),
    titleOf({ state: 'connecting' }),
    titleOf({ state: 'replaced' }),
    titleOf({ state: 'paused' }),
    titleOf({ state: 'refused' }),
    titleOf({ state: 'refused', why: { status: 426, code: null, detail: 'init' } }),
    titleOf({ batteryPercent: 9 }),
    titleOf({ outdated: true }),
  ]
  t.equal(new Set(titles).size, titles.length, 'each has its own words')
  t.notOk(titles.includes(null))
})

t.test('a full or plugged phone is no trouble, and what is worse comes first', async (t) => {
  t.equal(titleOf({ batteryPercent: 9, plugged: true }), null)
  t.equal(titleOf({ batteryPercent: 16 }), null)
  t.match(titleOf({ batteryPercent: 15 }), /15 %/)
  t.match(titleOf({ batteryPercent: 3, state: 'phoneUnreachable' }), /cannot be reached/)
})

t.test('it counts down to the next attempt, and then says that it is made', async (t) => {
  t.match(bannerOf({ ...fine, state: 'offline', retrySeconds: 7 })?.text, /in 7 s/)
  t.match(bannerOf({ ...fine, state: 'offline', retrySeconds: 0 })?.text, /Trying again/)
})

t.test('only states of an open page are silent', async (t) => {
  const silent = (Object.keys(clientStates) as ClientState[]).filter((state) => titleOf({ state }) === null)
  t.same(silent.sort(), ['expired', 'loggedOut', 'open', 'waitingForScan'])
})
