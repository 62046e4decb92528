import t from 'tap'
import type { Evidence } from 'harness/evidence'
import type { EvidenceFile } from 'harness/evidence-file'
import { clientOf } from '../../src/coverage/clients.ts'
import { findMisfits, findProofs, type Named } from '../../src/coverage/proofs.ts'

const BAILEYS = 'Baileys Chrome 3.0'
const OURS = 'Tether Browser 0.1.0'
const good = { fits: true, status: 200 }
const file = (test: string, ...evidence: Evidence[]): EvidenceFile => ({ test, evidence })
const one = (client: string, row: Evidence['row'], answer?: Evidence['answer'], fits = true): Evidence =>
  answer ? { client, row, fits, answer } : { client, row, fits }
const proofOf = (files: EvidenceFile[], row: Evidence['row'], named: Named = new Map()) =>
  findProofs(files, named).get(row)?.get('ours')
const namedFor = (row: Evidence['row'], test: string): Named => new Map([[row, new Map([['ours', test]])]])

t.test('it tells clients apart by what they call themselves', (t) => {
  t.equal(clientOf(BAILEYS), 'baileys3')
  t.equal(clientOf('Baileys Chrome 4.0.0'), 'baileys4')
  t.equal(clientOf(OURS), 'ours')
  t.equal(clientOf('Linux Chrome 0.1.0'), 'ours')
  for (const other of ['Raw Raw 1.0', 'Old Old', '']) t.equal(clientOf(other), 'wire', other)
  t.end()
})

t.test('it takes a message and its answer for a proof only when both have their shape', (t) => {
  t.strictSame(proofOf([file('a', one(OURS, 'exist', good))], 'exist'), { test: 'a', refused: null })
  t.strictSame(proofOf([file('a', one(OURS, 'queryEmoji', { fits: true, status: null }))], 'queryEmoji'), {
    test: 'a',
    refused: null,
  })
  t.strictSame(proofOf([file('a', one(OURS, 'conn'))], 'conn'), { test: 'a', refused: null })
  t.strictSame(proofOf([file('a', one(OURS, 'logout'))], 'logout'), { test: 'a', refused: null })
  t.strictSame(proofOf([file('a', one(OURS, 'exist', { fits: true, status: 404 }))], 'exist'), {
    test: 'a',
    refused: 404,
  })
  t.equal(proofOf([file('a', one(OURS, 'exist'))], 'exist'), undefined, 'no answer')
  t.equal(proofOf([file('a', one(OURS, 'exist', { fits: false, status: 200 }))], 'exist'), undefined)
  t.equal(proofOf([file('a', one(OURS, 'exist', good, false))], 'exist'), undefined)
  t.equal(proofOf([file('a', one(OURS, 'conn', undefined, false))], 'conn'), undefined)
  t.equal(proofOf([file('a', one('Raw Raw 1.0', 'conn'))], 'conn'), undefined, 'of another client')
  t.equal(proofOf([file('clients/test/a.test.ts', one(OURS, 'conn'))], 'conn'), undefined, 'in another suite')
  t.end()
})

t.test(
  'it prefers a good answer, the test that is named, one about the client, the first in path order',
  (t) => {
    const refused = file('a.test.ts', one(OURS, 'exist', { fits: true, status: 404 }))
    const early = file('b.test.ts', one(OURS, 'exist', good))
    const about = file('c/our-client-asks.test.ts', one(OURS, 'exist', good))
    const other = file('c/our-client-both.test.ts', one(OURS, 'exist', good))
    const last = file('d.test.ts', one(OURS, 'exist', good))
    const testOf = (files: EvidenceFile[], named?: string) =>
      proofOf(files, 'exist', named === undefined ? new Map() : namedFor('exist', named))?.test
    const orders = [(files: EvidenceFile[]) => files, (files: EvidenceFile[]) => files.reverse()]
    for (const order of orders) {
      t.equal(testOf(order([refused, early])), early.test)
      t.equal(testOf(order([refused, early]), refused.test), early.test)
      t.equal(testOf(order([early, last])), early.test)
      t.equal(testOf(order([early, about, other])), about.test)
      t.equal(testOf(order([early, about, last]), last.test), last.test)
      t.equal(testOf(order([early, about]), 'gone.test.ts'), about.test)
    }
    t.end()
  },
)

t.test('it reports every message of ours, and of real clients, that has not its shape', (t) => {
  const files = [
    file('a', one('Raw Raw 1.0', 'exist', good, false), one('Raw Raw 1.0', 'conn', undefined, false)),
    file('b', one(BAILEYS, 'exist', { fits: false, status: null }), one(BAILEYS, 'setRead', good, false)),
  ]
  t.strictSame(findMisfits(files), [
    'conn of ours has not its shape: a',
    'setRead of Baileys Chrome 3.0 has not its shape: b',
    'the answer to exist has not its shape: b',
  ])
  t.end()
})
