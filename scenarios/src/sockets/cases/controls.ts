/** Control frames, the end of a WebSocket, and texts that are none (RFC 6455 5.5, 7.4, 8.1). */
import { closing, rawFrame, text } from '../raw-frame.ts'
import { INIT } from '../raw-pair.ts'
import {
  HEARD,
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

const closed = (
  does: string,
  from: Start,
  code: number,
  writes: readonly Step[],
  counts: Counts = {},
  hears: Back['hears'] = [],
): SocketCase => ({
  does,
  from,
  writes,
  back: { close: code, hears },
  counts,
})
const broken = (does: string, from: Start, ...writes: Step[]): SocketCase =>
  closed(does, from, 1002, writes, BODY)
const fine = (does: string, from: Start, writes: readonly Step[], hears: Back['hears'] = []): SocketCase => ({
  does,
  from,
  writes,
  back: { hears, goesOn: true },
})

const control = (opcode: number, bytes: number): Buffer => rawFrame({ opcode, payload: 'x'.repeat(bytes) })

export const controls: CaseClass = {
  title: 'Control frames',
  policy: 'whole, at most 125 bytes, else close 1002; a ping is answered with what it said',
  cases: [
    fine('pings without a word', 'browser', [control(9, 0)], [/^pong $/]),
    fine('pings with 125 bytes', 'link', [control(9, 125)], [/^pong x{125}$/]),
    fine('pings from a phone', 'attached', [rawFrame({ opcode: 9, payload: 'phone' })], [/^pong phone$/]),
    fine('pings while it relays', 'paired', [rawFrame({ opcode: 9, payload: 'browser' })], [/^pong browser$/]),
    fine('sends a pong that nobody asked for', 'browser', [control(10, 7)]),
    fine('sends a pong of 125 bytes that nobody asked for', 'attached', [control(10, 125)]),
    fine('pings in bytes that are no text', 'browser', [rawFrame({ opcode: 9, payload: Uint8Array.of(0xff, 0xfe) })], [/^pong \xff\xfe$/]),
    broken('pings with 126 bytes', 'browser', control(9, 126)),
    broken('sends a pong of 126 bytes', 'attached', control(10, 126)),
    broken('closes with 126 bytes', 'browser', closing(1000, 'x'.repeat(124))),
    broken('pings with 64 KiB', 'paired', control(9, 65_536)),
    broken('pings in fragments', 'browser', rawFrame({ opcode: 9, payload: 'x', fin: false })),
    broken('sends a pong in fragments', 'link', rawFrame({ opcode: 10, payload: 'x', fin: false })),
    broken('closes in fragments', 'attached', rawFrame({ opcode: 8, payload: Uint8Array.of(3), fin: false })),
  ],
} // prettier-ignore

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const INVALID = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]

export const closes: CaseClass = {
  title: 'Close frames',
  policy: 'a code that may be sent is answered with itself, any other with 1002; nothing is heard after it',
  cases: [
    ...VALID.map((code, at) => closed(`closes with ${code}`, (['browser', 'paired', 'link', 'attached'] as const)[at % 4], code, [closing(code)])),
    ...INVALID.map((code, at) => broken(`closes with ${code}`, at % 2 ? 'attached' : 'browser', closing(code))),
    closed('closes without a code', 'browser', 1005, [rawFrame({ opcode: 8 })]),
    broken('closes with half a code', 'browser', rawFrame({ opcode: 8, payload: Uint8Array.of(3) })),
    closed('closes with a reason of 123 bytes', 'paired', 1000, [closing(1000, 'x'.repeat(123))]),
    closed('closes with a reason in any script', 'browser', 1000, [closing(1000, 'до свидания 👋')]),
    closed('closes with a reason that is no text', 'browser', 1007, [closing(1000, Uint8Array.of(0xff))], BODY),
    closed('closes with a reason that is cut off', 'attached', 1007, [closing(1000, Uint8Array.of(0xe2, 0x82))], BODY),
    closed('closes amid a message', 'browser', 1000, [rawFrame({ opcode: 1, payload: '?,', fin: false }), closing(1000)]),
    closed('speaks on after its close', 'browser', 1000, [Buffer.concat([closing(1000), text(KEEP_ALIVE), rawFrame({ opcode: 9 })])]),
    closed('speaks before its close', 'browser', 1000, [Buffer.concat([text(KEEP_ALIVE), closing(1000)])], {}, [ALIVE]),
    closed('closes twice', 'browser', 1000, [closing(1000), closing(1001)]),
    closed('breaks a rule after its close', 'browser', 1000, [Buffer.concat([closing(1000), rawFrame({ opcode: 3 })])]),
  ],
} // prettier-ignore

const bytes = (...each: number[]): Uint8Array => Uint8Array.from(each)
const NO_TEXT: Readonly<Record<string, Uint8Array>> = {
  'a byte that is never there': bytes(0xff),
  'a continuation alone': bytes(0x80),
  'a letter in two bytes that needs one': bytes(0xc1, 0xbf),
  'a slash in three bytes': bytes(0xe0, 0x80, 0xaf),
  'a NUL in two bytes': bytes(0xc0, 0x80),
  'the first half of a pair': bytes(0xed, 0xa0, 0x80),
  'both halves of a pair': bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
  'a character beyond the last': bytes(0xf4, 0x90, 0x80, 0x80),
  'a character of five bytes': bytes(0xf8, 0x88, 0x80, 0x80, 0x80),
  'a character that is cut off': bytes(0x61, 0xe2, 0x82),
}
const NAMED = Buffer.from(INIT.replace('"Raw","Raw"', '"Rävü","👋"'))
const SPLIT = NAMED.indexOf(Buffer.from('ä')) + 1
const REF = /^text 1\.--0,\{"status":200/

export const texts: CaseClass = {
  title: 'UTF-8',
  policy: 'a text is UTF-8 as a whole, however it is cut; else close 1007. Binary messages may hold anything',
  cases: [
    ...Object.entries(NO_TEXT).map(([what, payload], at) => closed(`sends ${what}`, (['browser', 'paired', 'link', 'attached'] as const)[at % 4], 1007, [rawFrame({ opcode: 1, payload })], BODY)),
    closed('sends a character that is cut off by a wrong fragment', 'browser', 1007, [rawFrame({ opcode: 1, payload: bytes(0xc3), fin: false }), rawFrame({ opcode: 0, payload: bytes(0x28) })], BODY),
    fine('cuts a character in two fragments', 'browser', [rawFrame({ opcode: 1, payload: NAMED.subarray(0, SPLIT), fin: false }), rawFrame({ opcode: 0, payload: NAMED.subarray(SPLIT) }), HEARD], [REF]),
    fine('names itself in any script', 'browser', [rawFrame({ opcode: 1, payload: NAMED }), HEARD], [REF]),
    { does: 'sends binary bytes that are no text', from: 'browser', writes: [rawFrame({ opcode: 2, payload: bytes(0xff, 0xfe, 0xc0) })], back: { goesOn: true }, counts: { 'drops notLoggedIn': 1 } },
    fine('relays bytes that are no text', 'paired', [rawFrame({ opcode: 2, payload: bytes(0x61, 0x2c, 0xff, 0xfe) })]),
  ],
} // prettier-ignore
