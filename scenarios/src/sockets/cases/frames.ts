/** Frames of an open WebSocket (RFC 6455 5): masks, reserved bits, opcodes, fragments, lengths. */
import { limit } from 'proto/limits'
import { singly } from './http-text.ts'
import { CLIENT_ID, INIT } from '../raw-pair.ts'
import { binary, rawFrame, text } from '../raw-frame.ts'
import {
  HEARD,
  starts,
  type Back,
  type CaseClass,
  type Counts,
  type SocketCase,
  type Start,
  type Step,
} from '../socket-case.ts'

const BODY: Counts = { 'errors TETHER_ERR_BODY': 1 }
const ALIVE = /^text !\d+$/
const KEEP_ALIVE = '?,,'

const broken = (does: string, from: Start, ...writes: Step[]): SocketCase => ({
  does,
  from,
  writes,
  back: { close: 1002 },
  counts: BODY,
})
const fine = (
  does: string,
  from: Start,
  writes: readonly Step[],
  hears: Back['hears'] = [],
  counts: Counts = {},
): SocketCase => ({
  does,
  from,
  writes,
  back: { hears, goesOn: true },
  counts,
})
const tooLarge = (
  does: string,
  from: Start,
  name: 'BROWSER_EARLY_BYTES' | 'BROWSER_FRAME_BYTES' | 'PHONE_EARLY_BYTES' | 'PHONE_FRAME_BYTES',
  write: Uint8Array,
): SocketCase => ({
  does,
  from,
  writes: [write],
  back: { close: 1009 },
  counts: { 'errors TETHER_ERR_TOO_LARGE': 1, [`limits ${name}`]: 1 },
})

/** Everybody who can have a WebSocket. */
const OPEN = (Object.keys(starts) as Start[]).filter((start) => start !== 'tcp')
const everywhere = (does: string, make: (from: Start) => SocketCase): SocketCase[] =>
  OPEN.map((from) => ({ ...make(from), does: `${does}, ${from}` }))

export const masks: CaseClass = {
  title: 'Masks',
  policy: 'every frame of a client is masked, with any key',
  cases: [
    ...everywhere('does not mask a text', (from) => broken('', from, rawFrame({ opcode: 1, payload: KEEP_ALIVE, mask: null }))),
    broken('does not mask a binary message', 'paired', rawFrame({ opcode: 2, payload: 'tag,x', mask: null })),
    broken('does not mask a ping', 'browser', rawFrame({ opcode: 9, mask: null })),
    broken('does not mask a pong', 'attached', rawFrame({ opcode: 10, mask: null })),
    broken('does not mask its close', 'browser', rawFrame({ opcode: 8, mask: null })),
    broken('masks the first fragment only', 'browser', rawFrame({ opcode: 1, payload: '?,', fin: false }), rawFrame({ opcode: 0, payload: ',', mask: null })),
    fine('masks with zeros', 'browser', [rawFrame({ opcode: 1, payload: KEEP_ALIVE, mask: new Uint8Array(4) })], [ALIVE]),
    fine('masks each frame with another key', 'browser', [1, 2, 3].map((n) => rawFrame({ opcode: 1, payload: KEEP_ALIVE, mask: Uint8Array.of(n, 0, 255, n) })), [ALIVE, ALIVE, ALIVE]),
  ],
} // prettier-ignore

export const opcodes: CaseClass = {
  title: 'Opcodes and reserved bits',
  policy: 'only the six opcodes there are, and no reserved bit: close 1002',
  cases: [
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => broken(`sends opcode ${opcode}`, opcode % 2 ? 'browser' : 'attached', rawFrame({ opcode, payload: 'x' }))),
    ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => broken(`sets the reserved bits ${rsv.toString(2).padStart(3, '0')}`, rsv % 2 ? 'browser' : 'paired', rawFrame({ opcode: 1, payload: KEEP_ALIVE, rsv }))),
    broken('sets a reserved bit of a ping', 'link', rawFrame({ opcode: 9, rsv: 4 })),
    broken('sets a reserved bit of its close', 'browser', rawFrame({ opcode: 8, rsv: 1 })),
    broken('sets a reserved bit of a continuation', 'browser', rawFrame({ opcode: 1, payload: '?,', fin: false }), rawFrame({ opcode: 0, payload: ',', rsv: 4 })),
    broken('goes on in HTTP', 'browser', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    broken('goes on in TLS', 'attached', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3)),
  ],
} // prettier-ignore

const part = (payload: string | Uint8Array, opcode = 0): Buffer => rawFrame({ opcode, payload, fin: false })
const last = (payload: string | Uint8Array): Buffer => rawFrame({ opcode: 0, payload })
const parts = (count: number): Buffer[] => [
  part('?,', 1),
  ...Array.from({ length: count - 2 }, () => part('')),
  last(','),
]

export const fragments: CaseClass = {
  title: 'Fragments',
  policy: 'one message at a time, in at most SOCKET_FRAGMENTS pieces; control frames between them are heard',
  cases: [
    broken('goes on with nothing', 'browser', last('x')),
    broken('goes on with nothing, unfinished', 'attached', part('x')),
    { ...broken('goes on with what is finished', 'browser', ...parts(2), last('x')), back: { hears: [ALIVE], close: 1002 } },
    broken('begins a text within a text', 'browser', part('?,', 1), text(KEEP_ALIVE)),
    broken('begins a binary message within a text', 'paired', part('?,', 1), binary('tag,x')),
    broken('begins a text within a binary message', 'attached', part('x', 2), part('?', 1)),
    fine('sends a text in three fragments', 'browser', parts(3), [ALIVE]),
    fine('sends a text one byte to a fragment', 'browser', [part('?', 1), part(','), last(',')], [ALIVE]),
    fine('sends empty fragments around a text', 'browser', [part('', 1), part(KEEP_ALIVE), last('')], [ALIVE]),
    fine('pings between fragments', 'browser', [part('?,', 1), rawFrame({ opcode: 9, payload: 'between' }), last(',')], [/^pong between$/, ALIVE]),
    fine('sends SOCKET_FRAGMENTS fragments', 'browser', parts(limit('SOCKET_FRAGMENTS')), [ALIVE]),
    ...everywhere('sends a fragment more', (from) => ({ does: '', from, writes: parts(limit('SOCKET_FRAGMENTS') + 1), back: { close: 1008 }, counts: { 'errors TETHER_ERR_LIMIT': 1, 'limits SOCKET_FRAGMENTS': 1 } })),
    tooLarge('sends fragments that are too large together', 'browser', 'BROWSER_EARLY_BYTES', Buffer.concat([part('x'.repeat(limit('BROWSER_EARLY_BYTES')), 1), last('x')])),
  ],
} // prettier-ignore

/** Only a header: not one byte of what it announces. */
const announced = (opcode: number, length: number | bigint): Buffer =>
  rawFrame({ opcode, announced: length }).subarray(0, 10)
const init = (bytes: number): string =>
  `1.--0,${JSON.stringify(['admin', 'init', [2, 2142, 12], ['Raw', 'Raw', '1.0'], CLIENT_ID, true])}`.padEnd(
    bytes,
  )

export const lengths: CaseClass = {
  title: 'Lengths',
  policy: 'what is too large is refused by its header (close 1009), before a byte of it is kept; any spelling of a length is read',
  cases: [
    ...([['browser', 'BROWSER_EARLY_BYTES'], ['paired', 'BROWSER_FRAME_BYTES'], ['link', 'PHONE_EARLY_BYTES'], ['attached', 'PHONE_FRAME_BYTES']] as const).flatMap(([from, name]) => [
      tooLarge(`announces a byte more than ${name}`, from, name, announced(2, limit(name) + 1)),
      tooLarge(`announces 2 to the 53, ${from}`, from, name, announced(2, 2n ** 53n)),
      tooLarge(`sets the high bit of a length, ${from}`, from, name, announced(1, 2n ** 63n)),
      tooLarge(`announces as much as can be, ${from}`, from, name, announced(2, 2n ** 64n - 1n)),
    ]),
    fine('sends a request of BROWSER_EARLY_BYTES', 'browser', [text(init(limit('BROWSER_EARLY_BYTES'))), HEARD], [/^text 1\.--0,\{"status":200/]),
    fine('writes a short length with 16 bits', 'browser', [rawFrame({ opcode: 1, payload: KEEP_ALIVE, lengthBits: 16 })], [ALIVE]),
    fine('writes a short length with 64 bits', 'browser', [rawFrame({ opcode: 1, payload: KEEP_ALIVE, lengthBits: 64 })], [ALIVE]),
    fine('sends an empty text', 'browser', [text('')], [], { 'errors TETHER_ERR_FRAME_TAG': 1 }),
    fine('sends an empty binary message', 'browser', [binary('')], [], { 'drops notLoggedIn': 1 }),
    fine('sends its frames one byte at a time', 'browser', [...singly(text(INIT)), HEARD], [/^text 1\.--0,\{"status":200/]),
    fine('sends ten texts in one write', 'browser', [Buffer.concat(Array.from({ length: 10 }, () => text(KEEP_ALIVE)))], Array.from({ length: 10 }, () => ALIVE)),
  ],
} // prettier-ignore
