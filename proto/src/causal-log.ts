/**
 * A Trace that writes log lines by which a person follows one message through all programs. A line names a message only
 * by `m`, the short hash of its id; a line that ties two ids together (a message to its mail, or to the frame that
 * carries it) has the other's hash as `as`. Phones have the number in which this program met them, which is nobody's. Nothing
 * else of an event is written but what CARRIED lists.
 */
import { utf8 } from './bytes.ts'
import { sha256 } from '#crypto'
import type { Trace, TraceFields, TraceValue } from './trace.ts'

/** Numbers and words of our own tables: no names, numbers of people, tags or texts. */
const CARRIED = ['connection', 'bytes', 'seq', 'n', 'kind', 'result', 'form', 'reason'] as const
const HASH_BYTES = 8

/** The part of a logger that is used. */
export interface CausalLogger {
  debug(fields: object, text: string): void
}

/** Short hash of the id of a message or mail. Not salted: the programs of one system must agree, and ids are random. */
export function causalId(id: string): string {
  const hash = sha256(utf8(id)).subarray(0, HASH_BYTES)
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The same of a frame; its tag alone is not enough, since every browser and phone counts its own. */
export function causalIdOfFrame(connection: number, tag: string): string {
  return causalId(`${connection} ${tag}`)
}

const PHONE = 'phone:'

/** Writes what is about a message, a mail or a tagged frame to `log`; hands everything on to `next`. */
export function causalLog(log: CausalLogger, next?: Trace): Trace {
  return partyLog(log, next, new Map())
}

/** `phones`: those that were met, by their name, numbered from 1. */
function partyLog(
  log: CausalLogger,
  next: Trace | undefined,
  phones: Map<string, number>,
  phone?: number,
): Trace {
  return {
    emit(kind, fields) {
      next?.emit(kind, fields)
      const [m, as] = idsOf(fields)
      if (m === undefined) return
      const line: Record<string, TraceValue> = as === undefined ? { m } : { m, as }
      for (const name of CARRIED) {
        const value = fields[name]
        if (value !== undefined) line[name] = value
      }
      if (phone !== undefined) line['phone'] = phone
      log.debug(line, kind)
    },
    party(name) {
      if (name.startsWith(PHONE) && !phones.has(name)) phones.set(name, phones.size + 1)
      return partyLog(log, next?.party(name), phones, phones.get(name))
    },
  }
}

/** Hashes of the ids of an event, that of the message first. */
function idsOf({ message, mail, connection, messageTag }: TraceFields): string[] {
  const ids = new Set<string>()
  if (message !== undefined) ids.add(causalId(message))
  if (mail !== undefined) ids.add(causalId(mail))
  if (connection !== undefined && messageTag) ids.add(causalIdOfFrame(connection, messageTag))
  return [...ids]
}

/** Ids of the messages that a JSON push acknowledges; the server may read them (spec 11.3). */
export function acknowledgedIds(push: readonly unknown[]): string[] {
  const [name, body] = push
  if ((name !== 'Msg' && name !== 'MsgInfo') || typeof body !== 'object' || body === null) return []
  const { id } = body as { readonly id?: unknown }
  return (Array.isArray(id) ? id : [id]).filter((each) => typeof each === 'string')
}
