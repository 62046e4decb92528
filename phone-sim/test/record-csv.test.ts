import t from 'tap'
import { recordCsv } from '../src/record-csv.ts'

t.test('it is a table that spreadsheets read and do not run', (t) => {
  const rows = [
    { position: 1, at: 0, kind: 'companion.linked', fields: { name: 'Firefox, "mine"', chats: null } },
    { position: 2, at: 1_600_000_000_000, kind: '=HYPERLINK("x")', fields: {} },
  ]
  t.equal(
    recordCsv(rows),
    [
      'position,at,kind,fields',
      '1,1970-01-01T00:00:00.000Z,companion.linked,"name=Firefox, ""mine""; chats=null"',
      `2,2020-09-13T12:26:40.000Z,"'=HYPERLINK(""x"")",`,
      '',
    ].join('\r\n'),
  )
  t.end()
})
