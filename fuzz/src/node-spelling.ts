/** When two nodes are the same although writing and reading has changed their spelling (spec 17.2 to 17.4). */
import type { Node } from 'proto/node'

/** A node with what the styles may change made alike: text contents as bytes, both spellings of persons, case of hex. */
export function spelled(node: Node): unknown {
  const { tag, attrs, content } = node
  const like = (part: string | Uint8Array) =>
    Buffer.from(part as Uint8Array)
      .toString('latin1')
      .replaceAll('c.us', 's.whatsapp.net')
      .toUpperCase()
  return {
    tag: like(tag),
    // names that are spelled alike are one, and the last of them counts (spec 17.5)
    attrs: new Map(Object.entries(attrs).map(([name, value]) => [like(name), like(value)])),
    content: Array.isArray(content) ? content.map(spelled) : content && like(content),
  }
}
