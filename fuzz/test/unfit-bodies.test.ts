import fc from 'fast-check'
import t from 'tap'
import { matchNode, matchRequest } from 'proto/browser-messages'
import { checkerOf } from 'proto/message-checkers'
import { fitNode, fitRequest, nodeNames, requestNames, unfitNode, unfitRequest } from '../src/unfit-bodies.ts'

const draw = { numRuns: 5, seed: 3 }

t.test('it draws bodies that fit each row, and near ones that fit none', async (t) => {
  let near = 0
  let drawn = 0
  for (const name of requestNames) {
    t.ok(fc.sample(fitRequest(name), draw).every(checkerOf(name)), name)
    const unfit = fc.sample(unfitRequest(name), draw)
    t.notOk(
      unfit.some((body) => requestNames.some((other) => checkerOf(other)(body))),
      name,
    )
    near += unfit.filter((body) => matchRequest(body) !== null).length
    drawn += unfit.length
  }
  for (const name of nodeNames) {
    t.ok(fc.sample(fitNode(name), draw).every(checkerOf(name)), name)
    const unfit = fc.sample(unfitNode(name), draw)
    t.notOk(
      unfit.some((node) => nodeNames.some((other) => checkerOf(other)(node))),
      name,
    )
    near += unfit.filter((node) => matchNode(node) !== null).length
    drawn += unfit.length
  }
  t.ok(near > drawn / 4, `${near} of ${drawn} are still taken for a message`)
})
