/**
 * Bodies that are nearly right: a body that fits a row, changed so that it fits none. What a server or phone must
 * refuse with a status, under the tag it came with (spec 15, 17.6).
 */
import fc, { type Arbitrary } from 'fast-check'
import { browserMessages, type RequestName, type NodeMessageName } from 'proto/browser-messages'
import { browserActions, browserQueries } from 'proto/browser-nodes'
import { browserRequests } from 'proto/browser-requests'
import { utf8, utf8Text } from 'proto/bytes'
import { checkerOf } from 'proto/message-checkers'
import type { Node } from 'proto/node'
import { mutateJson } from './json-mutator.ts'
import { mutateNode } from './node-mutator.ts'
import { Random } from './random.ts'
import { arbitraryOf } from './schema-arbitrary.ts'

export const requestNames = Object.keys(browserRequests) as RequestName[]
export const nodeNames = Object.keys({ ...browserQueries, ...browserActions }) as NodeMessageName[]

/** Bodies that fit the row. */
export function fitRequest(name: RequestName): Arbitrary<unknown> {
  return arbitraryOf(browserMessages[name].body, 'json')
}

export function fitNode(name: NodeMessageName): Arbitrary<Node> {
  return arbitraryOf(browserMessages[name].body, 'node') as Arbitrary<Node>
}

/** JSON near a row of requests, which fits no row of them. */
export function unfitRequest(name: RequestName): Arbitrary<unknown> {
  return fc
    .tuple(fitRequest(name), fc.integer())
    .map(([body, seed]) => changedJson(body, new Random(`${seed}`)))
    .filter((body) => !requestNames.some((other) => checkerOf(other)(body)))
}

/** A node near a row of queries or changes, which fits no row of them. */
export function unfitNode(name: NodeMessageName): Arbitrary<Node> {
  return fc
    .tuple(fitNode(name), fc.integer())
    .map(([node, seed]) => mutateNode(node, new Random(`${seed}`)))
    .filter((node) => !nodeNames.some((other) => checkerOf(other)(node)))
}

function changedJson(body: unknown, random: Random): unknown {
  const changed = mutateJson(utf8(JSON.stringify(body)), random)
  return changed === null ? null : (JSON.parse(utf8Text(changed)) as unknown)
}
