/** Changes in a node that leave it a node: names, values, contents, children. The binary form is node-targets' matter. */
import type { Node, NodeContent } from 'proto/node'
import type { Random } from './random.ts'

const MOST_CHANGES = 3
const WORDS = [
  '',
  '-1',
  'true',
  '0',
  '1e9',
  '15550001111@c.us',
  '1-1@g.us',
  '\u0000',
  '\u{1f600}',
  'constructor',
  '__proto__',
]
const TAGS = ['query', 'action', 'message', 'user', 'chat', 'group', 'presence', 'read', 'x', 'constructor']
const LONG_TEXT = 5_000

type Change = (node: Node, random: Random) => void

const changes: readonly Change[] = [
  ({ attrs }, random) => {
    const names = Object.keys(attrs)
    if (names.length > 0) Reflect.deleteProperty(attrs, random.pick(names))
  },
  ({ attrs }, random) => {
    const names = Object.keys(attrs)
    if (names.length > 0) put(attrs, random.pick(names), word(random))
  },
  ({ attrs }, random) =>
    put(attrs, random.pick(['type', 'jid', 'index', 'owner', 'count', '__proto__', 'x']), word(random)),
  (node, random) => {
    node.tag = random.pick(TAGS)
  },
  (node, random) => {
    node.content = content(random)
  },
  (node) => {
    if (Array.isArray(node.content)) node.content = node.content.slice(1)
  },
  (node, random) => {
    const children = Array.isArray(node.content) ? node.content : []
    node.content = [...children, { tag: random.pick(TAGS), attrs: { type: word(random) }, content: null }]
  },
]

/** A changed copy. */
export function mutateNode(node: Node, random: Random): Node {
  const root = copyOf(node)
  for (let left = random.between(1, MOST_CHANGES); left > 0; left--) {
    random.pick(changes)(random.pick(nodesIn(root)), random)
  }
  return root
}

function word(random: Random): string {
  return random.oneIn(12) ? 'x'.repeat(LONG_TEXT) : random.pick(WORDS)
}

function content(random: Random): NodeContent {
  return random.pick<() => NodeContent>([
    () => null,
    () => [],
    () => random.bytes(random.below(40)),
    () => word(random) || null,
  ])()
}

function put(attrs: Node['attrs'], name: string, value: string): void {
  Object.defineProperty(attrs, name, { value, enumerable: true, configurable: true, writable: true })
}

function copyOf({ tag, attrs, content }: Node): Node {
  const copy: Node = { tag, attrs: {}, content: Array.isArray(content) ? content.map(copyOf) : content }
  for (const [name, value] of Object.entries(attrs)) put(copy.attrs, name, value)
  return copy
}

function nodesIn(root: Node): readonly Node[] {
  const found = [root]
  for (const { content } of found) if (Array.isArray(content)) found.push(...content)
  return found
}
