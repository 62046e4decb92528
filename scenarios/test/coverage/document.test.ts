import t from 'tap'
import type { BrowserMessageName } from 'proto/browser-messages'
import { type ClientId, clientIds } from '../../src/coverage/clients.ts'
import { coveragePage, namedTests, readPage, writtenProofs } from '../../src/coverage/document.ts'
import { type Proof, rowNames } from '../../src/coverage/proofs.ts'
import { judgeCells } from '../../src/coverage/verdict.ts'

const SCENARIO = 'scenarios/test/our-client-asks.test.ts'
const given = {
  known: [{ client: 'baileys4', rows: ['exist'], is: 'not used', reason: 'it knows already' }],
  refusedRows: { addProduct: 'no catalogues' },
} as const
const proof = (client: ClientId, refused: number | null) => new Map([[client, { test: SCENARIO, refused }]])
const proofs: [BrowserMessageName, ReadonlyMap<ClientId, Proof>][] = [
  ['exist', proof('ours', null)],
  ['addProduct', proof('wire', 404)],
  ['mediaConn', proof('wire', 404)],
]
const cells = judgeCells(new Map(proofs), given)
const page = coveragePage(cells, new Map(), ['test', 'clients'])

t.test('it prints every row once, in a section of the specification', (t) => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  t.strictSame([...rows].sort(), [...rowNames].sort())
  const sections = [...page.matchAll(/^## (\d+)\. (\w.*)$/gm)].map(([, number]) => Number(number))
  t.strictSame(
    sections,
    [...sections].sort((a, b) => a - b),
  )
  t.notMatch(page, /undefined|^## \d+\.$/m)
  t.end()
})

t.test('it reads its own page back, and the tests it names', (t) => {
  const written = readPage(page)
  t.strictSame([...written.keys()].sort(), [...rowNames].sort())
  t.strictSame([...written.get('exist')!.keys()], clientIds)
  t.equal(written.get('exist')!.get('ours'), `pass: [our-client-asks](../${SCENARIO})`)
  t.equal(written.get('exist')!.get('baileys4'), 'not used: it knows already')
  t.equal(written.get('exist')!.get('wire'), 'by clients')
  t.equal(
    written.get('addProduct')!.get('wire'),
    `refused, as it should be (404; no catalogues): [our-client-asks](../${SCENARIO})`,
  )
  t.equal(namedTests(written).get('exist')!.get('ours'), SCENARIO)
  t.equal(namedTests(written).get('exist')!.get('baileys4'), undefined)
  t.end()
})

t.test('it leaves the columns of other suites as they are written', (t) => {
  const written = readPage(page.replace('not used: it knows already', 'pass: [x](../clients/test/x.test.ts)'))
  const again = readPage(coveragePage(cells, written, ['test']))
  t.equal(again.get('exist')!.get('baileys4'), 'pass: [x](../clients/test/x.test.ts)')
  t.equal(again.get('exist')!.get('ours'), `pass: [our-client-asks](../${SCENARIO})`)
  t.end()
})

t.test('it takes the word of the page for clients whose suite is not run now', (t) => {
  const written = readPage(page.replace('not used: it knows already', 'pass: [x](../clients/test/x.test.ts)'))
  const carried = writtenProofs(written, ['test'])
  t.strictSame([...carried.get('exist')!], [['baileys4', { test: 'clients/test/x.test.ts', refused: null }]])
  const judged = judgeCells(new Map(), { known: [], refusedRows: {} }, carried)
  t.equal(judged.get('exist')!.get('wire')!.is, 'elsewhere')
  t.equal(judged.get('mediaConn')!.get('wire')!.is, 'open')
  t.strictSame([...writtenProofs(written, ['test', 'clients']).get('exist')!], [])
  t.end()
})

t.test('it counts the cells of each kind', (t) => {
  const counts = [...page.matchAll(/^\| (On the wire|Baileys .*?|Our client) \| (.*) \|$/gm)].map(
    ([, , numbers]) => numbers.split(' | ').map(Number),
  )
  t.equal(counts.length, clientIds.length)
  for (const numbers of counts)
    t.equal(
      numbers.reduce((sum, count) => sum + count),
      rowNames.length,
    )
  t.end()
})
