/**
 * What must hold for every row of the message tables, whatever values its schemas allow: they pass the checkers, the
 * row is found again from the message alone, and the message survives the wire. One rule for each schema.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Arbitrary } from 'fast-check'
import {
  browserMessages,
  matchNode,
  matchPush,
  matchRequest,
  type BrowserMessageName,
} from 'proto/browser-messages'
import { browserPushes } from 'proto/browser-pushes'
import { browserRequests } from 'proto/browser-requests'
import { browserActions, browserQueries } from 'proto/browser-nodes'
import { formatTextFrame, parseFrameJson, parseTextFrame } from 'proto/frame'
import { parseLinkMessage } from 'proto/link-message'
import { checkerFor } from 'proto/schema-checker'
import type { MessageRow } from 'proto/message-row'
import type { Node } from 'proto/node'
import { decodeNode } from 'proto/node-decoder'
import { encodeNode } from 'proto/node-encoder'
import { linkMessages, type LinkMessageName } from 'proto/phone-link'
import type { TSchema } from 'typebox'
import { spelled } from './node-spelling.ts'
import { arbitraryOf } from './schema-arbitrary.ts'
import { must } from './target.ts'

export interface TableRule {
  /** Table row, and which of its schemas. */
  readonly name: string
  readonly values: Arbitrary<unknown>
  /** Throws Broken. */
  readonly check: (value: unknown) => void
}

const TAG = '1600000000.--0'

export function tableRules(): readonly TableRule[] {
  return [...browserRules(), ...linkRules()]
}

function browserRules(): TableRule[] {
  return Object.entries<MessageRow>(browserMessages).flatMap(([name, row]) => {
    const place = 'node' in row ? 'node' : 'json'
    const find = finderOf(name as BrowserMessageName)
    const body: TableRule = {
      name: `${name} body`,
      values: arbitraryOf(row.body, place),
      check(value) {
        survives(value, row.body)
        must(find === null || find(value) === name, `is taken for ${find?.(value) ?? 'no message at all'}`)
      },
    }
    if (row.answer === undefined) return [body]
    const { answer } = row
    return [
      body,
      {
        name: `${name} answer`,
        values: arbitraryOf(answer, place),
        check: (value) => survives(value, answer),
      },
    ]
  })
}

/** The way from a message on the wire back to its row; null where nobody looks for it. */
function finderOf(name: BrowserMessageName): ((value: unknown) => string | null) | null {
  if (name in browserRequests) return (value) => matchRequest(value)?.name ?? null
  if (name in browserPushes) return matchPush
  if (name in browserQueries || name in browserActions) return (value) => matchNode(value as Node)
  return null
}

function linkRules(): TableRule[] {
  return Object.entries(linkMessages).flatMap(([name, row]) => {
    const body: TableRule = {
      name: `link ${name} body`,
      values: arbitraryOf(row.body, 'json').map((value) => ({ ...(value as object), type: name })),
      check(value) {
        const sender = row.from === 'server' ? 'server' : 'phone'
        const read = parseLinkMessage(JSON.stringify(value), sender)
        must(read.type === (name as LinkMessageName), 'another message')
        must(isDeepStrictEqual(read, asJson(value)), 'another body')
      },
    }
    if (!('reply' in row)) return [body]
    const { reply } = row
    return [
      body,
      {
        name: `link ${name} reply`,
        values: arbitraryOf(reply, 'json'),
        check: (value) => survives(value, reply),
      },
    ]
  })
}

/** Fits its schema, and still does when the other side has read it. */
function survives(value: unknown, schema: TSchema): void {
  const fits = checkerFor(schema)
  must(fits(value), 'does not fit its own schema')
  if (isNode(value)) {
    for (const style of ['plain', 'packed'] as const) {
      const read = decodeNode(encodeNode(value, { style }))
      must(fits(read), `${style}: does not fit when it was read`)
      must(isDeepStrictEqual(spelled(read), spelled(value)), `${style}: another node`)
    }
    return
  }
  const frame = parseTextFrame(formatTextFrame(TAG, value))
  must(frame.kind === 'json' && frame.tag === TAG, 'another frame')
  if (frame.kind !== 'json') return
  const read = parseFrameJson(frame.json)
  must(fits(read), 'does not fit when it was read')
  must(isDeepStrictEqual(read, asJson(value)), 'another value')
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'tag' in value && 'attrs' in value && 'content' in value
  )
}

/** JSON has no negative zero, and knows no undefined members. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}
