/**
 * All messages between a browser on one side and the server or the phone on the other, in one table, and the way
 * from a message on the wire to its row. Validation is in message-checkers.ts; link messages are in phone-link.ts.
 */
import type { Static } from 'typebox'
import { browserActions, browserQueries, phoneNodes } from './browser-nodes.ts'
import { browserPushes } from './browser-pushes.ts'
import { browserRequests, keepAlives } from './browser-requests.ts'
import type { NodeRow } from './message-row.ts'
import type { Node } from './node.ts'

export const browserMessages = {
  ...keepAlives,
  ...browserRequests,
  ...browserPushes,
  ...browserQueries,
  ...browserActions,
  ...phoneNodes,
} as const

export type BrowserMessageName = keyof typeof browserMessages
export type BrowserBody<N extends BrowserMessageName> = Static<(typeof browserMessages)[N]['body']>
export type RequestName = keyof typeof browserRequests
export type NodeMessageName = keyof typeof browserQueries | keyof typeof browserActions

export type RequestMatch = {
  [N in RequestName]: { readonly name: N; readonly row: (typeof browserRequests)[N] }
}[RequestName]

/** Words lead to branches; a branch may hold a match and may lead on. */
interface Branch<M> {
  match: M | null
  readonly next: Map<string, Branch<M>>
}

function plant<M>(tree: Branch<M>, words: readonly string[], match: M): void {
  let branch = tree
  for (const word of words) {
    let next = branch.next.get(word)
    if (next === undefined) branch.next.set(word, (next = { match: null, next: new Map() }))
    branch = next
  }
  branch.match = match
}

/** The match at the longest prefix of `words` that has one. */
function follow<M>(tree: Branch<M>, words: readonly unknown[]): M | null {
  let found = tree.match
  let branch: Branch<M> | undefined = tree
  for (const word of words) {
    branch = typeof word === 'string' ? branch.next.get(word) : undefined
    if (branch === undefined) break
    found = branch.match ?? found
  }
  return found
}

const requests: Branch<RequestMatch> = { match: null, next: new Map() }
for (const name of Object.keys(browserRequests) as RequestName[]) {
  plant(requests, browserRequests[name].begins, { name, row: browserRequests[name] } as RequestMatch)
}

/** The row of a browser's JSON request by the words it begins with; null when no row fits. Does not validate the rest. */
export function matchRequest(body: unknown): RequestMatch | null {
  return Array.isArray(body) ? follow(requests, body) : null
}

export type PushName = keyof typeof browserPushes
const commands: Readonly<Record<string, PushName>> = {
  challenge: 'challengeAsked',
  disconnect: 'disconnect',
  update: 'reload',
  picture: 'pictureChanged',
}
const pushesByName = new Map<string, PushName>(
  (Object.keys(browserPushes) as PushName[]).map((name) => [browserPushes[name].begins[0], name]),
)

/** The name of a JSON push by its first word, the type of a Cmd, and the wid that only a whole Conn has; else null. */
export function matchPush(body: unknown): PushName | null {
  if (!Array.isArray(body)) return null
  const [word, facts] = body as readonly unknown[]
  const members =
    typeof facts === 'object' && facts !== null ? (facts as Readonly<Record<string, unknown>>) : {}
  if (word === 'Conn') return 'wid' in members ? 'conn' : 'connChange'
  if (word !== 'Cmd') return typeof word === 'string' ? (pushesByName.get(word) ?? null) : null
  const { type } = members
  return typeof type === 'string' && Object.hasOwn(commands, type) ? commands[type] : null
}

const nodes: Branch<NodeMessageName> = { match: null, next: new Map() }
for (const table of [browserQueries, browserActions]) {
  for (const [name, { node }] of Object.entries<NodeRow>(table)) {
    // Group changes differ in an attribute of the child only; see below.
    if (node.child !== 'group')
      plant(nodes, nodeWords(node.tag, node.type, node.child), name as NodeMessageName)
  }
}
const groupChanges: Readonly<Record<string, NodeMessageName>> = {
  create: 'groupCreate',
  add: 'groupMembers',
  remove: 'groupMembers',
  promote: 'groupMembers',
  demote: 'groupMembers',
  leave: 'groupLeave',
  subject: 'groupSubject',
  description: 'groupDescription',
  prop: 'groupSetting',
}

/** The name of a node a browser sends, by tag, type and first child; null when no row fits. Does not validate the rest. */
export function matchNode(node: Node): NodeMessageName | null {
  const first = Array.isArray(node.content) ? node.content[0] : undefined
  const type = node.attrs.type
  if (type === 'set' && first?.tag === 'group') {
    const kind = first.attrs.type
    return Object.hasOwn(groupChanges, kind) ? groupChanges[kind] : null
  }
  return follow(nodes, nodeWords(node.tag, type, type === 'set' ? first?.tag : undefined))
}

function nodeWords(tag: string, type = '', child?: string): readonly string[] {
  return child === undefined ? [tag, type] : [tag, type, child]
}

export type PhoneNodeName = keyof typeof phoneNodes
const told = Object.entries<NodeRow>(phoneNodes) as [PhoneNodeName, NodeRow][]

/** The name of a node that a phone sends unasked: of the rows that fit, the one that says most; null when none fits. */
export function matchPhoneNode({ tag, attrs, content }: Node): PhoneNodeName | null {
  const child = Array.isArray(content) ? content[0]?.tag : undefined
  const fitting = told.filter(
    ([, { node }]) =>
      node.tag === tag &&
      (node.type === undefined || node.type === attrs.type) &&
      (node.add === undefined || node.add === attrs.add) &&
      (node.child === undefined || node.child === child),
  )
  const said = ([, { node }]: [PhoneNodeName, NodeRow]) => Object.keys(node).length
  return fitting.sort((a, b) => said(b) - said(a))[0]?.[0] ?? null
}
