import t from 'tap'
import { ALICE } from './phone-world.ts'
import { startRoutes } from './route-world.ts'

t.test('it shows keys without their bytes, and the newest records', async (t) => {
  const { ask, linked, alice } = await startRoutes(t)
  const browser = await linked()
  t.strictSame((await ask('GET', `${ALICE}/keys`)).body, JSON.parse(JSON.stringify(alice.keys())))
  await alice.unpair(browser.login)
  t.match((await ask('GET', `${ALICE}/record`)).body, [
    { kind: 'companion.linked' },
    { kind: 'companion.ended' },
  ])
  t.match((await ask('GET', `${ALICE}/record?limit=1`)).body, [{ kind: 'companion.ended' }])
})

t.test('it gives the whole record to keep, as JSON and as a table', async (t) => {
  const { ask, linked } = await startRoutes(t)
  const browser = await linked()
  const json = await ask('GET', `${ALICE}/record.json`)
  t.equal(json.headers['content-disposition'], `attachment; filename="record-${ALICE}.json"`)
  t.match(json.body, [{ kind: 'companion.linked', fields: { login: browser.login } }])
  const csv = await ask('GET', `${ALICE}/record.csv`)
  t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
  t.equal(csv.headers['content-disposition'], `attachment; filename="record-${ALICE}.csv"`)
  t.match(csv.text, /^position,at,kind,fields\r\n1,.*companion\.linked/)
})
