/**
 * How large a decoded value is, and whether it is made of ordinary parts only. Walks without recursion, so that
 * nesting of the value cannot hurt the one who looks.
 */
import { Broken } from './target.ts'

/** What decoders may hand out; an object with any other parent got it from its input. */
const ordinary: ReadonlySet<object | null> = new Set([
  null,
  Object.prototype,
  Array.prototype,
  Uint8Array.prototype,
  Buffer.prototype,
  ArrayBuffer.prototype,
])

/** Texts by characters, bytes by bytes, everything else as one; names of members are not counted. Throws Broken for a part of unknown parentage. */
export function sizeOf(value: unknown): number {
  let size = 0
  const left: unknown[] = [value]
  while (left.length > 0) {
    const part = left.pop()
    if (typeof part === 'string') size += part.length
    else if (typeof part !== 'object' || part === null) size += 1
    else {
      assertOrdinary(part)
      if (part instanceof Uint8Array || part instanceof ArrayBuffer) size += part.byteLength
      else if (Array.isArray(part)) {
        size += 1
        for (const item of part as unknown[]) left.push(item)
      } else {
        size += 1
        for (const member of Object.values(part) as unknown[]) left.push(member)
      }
    }
  }
  return size
}

function assertOrdinary(part: object): void {
  const prototype = Object.getPrototypeOf(part) as object | null
  // protobuf messages have a parent with the defaults of their type, which is no ordinary object's
  if (ordinary.has(prototype) || '$typeName' in part) return
  throw new Broken('a decoded object has a parent of its own choice')
}
