/**
 * JSON, nodes and messages as lines that a person reads. Keys, tokens, ids and other random values get names, so that
 * a document says which values are the same and does not change when another seed or another draw of bytes gives
 * others in their place.
 */
import { utf8Text } from 'proto/bytes'
import type { Node } from 'proto/node'
import { decodeWebMessage, webMessageJson } from 'proto/web-message'

const WIDTH = 100
/** Long and of mixed characters: nothing a person wrote. */
const RANDOM = /^(?=.*[0-9+/=])(?:\d@)?[A-Za-z0-9+/_-]{16,}={0,2}$/
/** Digits are numbers and times; the ids of the past are written by hand (backstory.ts). */
const TELLING = /^[0-9-]+$|^A{8,}[0-9A-F]*$/

/** Members whose numbers are drawn. */
const DRAWN = new Set(['registrationId'])

/** Names for random values, in the order in which they are met. */
export class ValueNames {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** Gives `value` this name, unless it has one; a second value of that name gets a number. */
  name(value: string, name: string): void {
    if (this.#names.has(value)) return
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    this.#names.set(value, count === 1 ? name : `${name} ${count}`)
  }

  /** The value in quotes, or `‹its name›`; `member` names a random value that has no name yet. */
  show(value: string, member: string): string {
    if (!this.#names.has(value)) {
      if (!RANDOM.test(value) || TELLING.test(value)) return JSON.stringify(value)
      this.name(value, member)
    }
    return `‹${this.#names.get(value)!}›`
  }

  /** The same without quotes around what is readable: for attributes and tags. */
  bare(value: string, member: string): string {
    const shown = this.show(value, member)
    return shown.startsWith('"') ? value : shown
  }
}

type Json = unknown

/** A JSON value on one line where it fits, else broken at its members. */
export function jsonLines(value: Json, names: ValueNames, member = 'value'): string[] {
  if (typeof value === 'string') return [names.show(value, member)]
  if (DRAWN.has(member)) return [`‹${member}›`]
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)]
  const isList = Array.isArray(value)
  const items = isList
    ? value.map((item: Json) => jsonLines(item, names, member))
    : Object.entries(value).map(([key, item]) => led(`${JSON.stringify(key)}: `, jsonLines(item, names, key)))
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (items.every((lines) => lines.length === 1)) {
    const flat = open + items.map(([line]) => line).join(', ') + close
    if (flat.length <= WIDTH) return [flat]
  }
  // a push is a word and its facts: the word stays in front of them
  const facts = items.at(-1)
  const words = items.slice(0, -1)
  if (isList && facts && facts.length > 1 && words.every((lines) => lines.length === 1)) {
    const head = open + words.map(([line]) => `${line}, `).join('')
    return trailed(led(head, facts), close)
  }
  return [open, ...filled(items).map((line) => `  ${line}`), close]
}

/** Items one after another, as many on a line as fit. */
function filled(items: readonly (readonly string[])[]): string[] {
  const out: string[] = []
  let room = 0
  for (const [at, item] of items.entries()) {
    const lines = at < items.length - 1 ? trailed(item, ',') : item
    const [first] = lines as [string, ...string[]]
    if (lines.length === 1 && first.length + 1 <= room) {
      out.push(`${out.pop()} ${first}`)
      room -= first.length + 1
    } else {
      out.push(...lines)
      room = lines.length === 1 ? WIDTH - first.length : 0
    }
  }
  return out
}

function led(head: string, [first, ...rest]: readonly string[]): string[] {
  return [head + first, ...rest]
}

function trailed(lines: readonly string[], tail: string): string[] {
  return [...lines.slice(0, -1), `${lines.at(-1)}${tail}`]
}

/** `tag {name: value} content`, children below and indented; the content of a message as its fields. */
export function nodeLines({ tag, attrs, content }: Node, names: ValueNames): string[] {
  const shown = Object.entries(attrs).map(([name, value]) => `${name}: ${names.bare(value, name)}`)
  const head = shown.length === 0 ? tag : `${tag} {${shown.join(', ')}}`
  if (content === null) return [head]
  if (typeof content === 'string') return [`${head} ${names.show(content, tag)}`]
  if (Array.isArray(content)) {
    if (content.length === 0) return [`${head} []`]
    return [head, ...content.flatMap((child) => nodeLines(child, names)).map((line) => `  ${line}`)]
  }
  if (tag !== 'message') return [`${head} ${bytesText(content)}`]
  const message = jsonLines(webMessageJson(decodeWebMessage(content)), names)
  return [`${head} <${content.length} bytes>`, ...message.map((line) => `  ${line}`)]
}

function bytesText(bytes: Uint8Array): string {
  const size = `<${bytes.length} bytes>`
  try {
    const text = utf8Text(bytes)
    return /^[\P{C}\n]{1,200}$/u.test(text) ? `${size} ${JSON.stringify(text)}` : size
  } catch {
    return size
  }
}
