/** Connections that end halfway, and what is said before its turn. */
import { closing, rawFrame, text } from '../raw-frame.ts'
import { INIT } from '../raw-pair.ts'
import { handshake } from '../raw-socket.ts'
import {
  FIN,
  HEARD,
  READ,
  RESET,
  type CaseClass,
  type Counts,
  type SocketCase,
  type Start,
  type Step,
} from '../socket-case.ts'
import { HEALTH, http, register } from './http-text.ts'
import { halves } from './requests.ts'

const BODY: Counts = { 'errors TETHER_ERR_BODY': 1 }
const WS = handshake('/ws')
const KEEP_ALIVE = text('?,,')
const OPEN: readonly Start[] = ['browser', 'paired', 'link', 'attached']

/** The far end goes, and nothing comes back. */
const gone = (does: string, from: Start, ...writes: Step[]): SocketCase => ({ does, from, writes, back: {} })

export const endings: CaseClass = {
  title: 'Halves of connections',
  policy: 'whoever ends its half is answered what it has asked, and then the other half ends too; half a request is 400',
  cases: [
    ...halves,
    { does: 'upgrades, and ends its half', from: 'tcp', writes: [WS, FIN], back: { answers: [101] } },
    { does: 'is let in, and ends its half', from: 'tcp', writes: [WS, HEARD, FIN], back: { answers: [101] } },
    ...OPEN.flatMap((from) => [
      gone(`ends its half, ${from}`, from, FIN),
      gone(`ends its half amid the header of a frame, ${from}`, from, rawFrame({ opcode: 2, payload: 'x'.repeat(300) }).subarray(0, 3), FIN),
      gone(`ends its half amid a frame, ${from}`, from, rawFrame({ opcode: 2, payload: 'tag,x' }).subarray(0, 9), FIN),
      gone(`ends its half amid a message, ${from}`, from, rawFrame({ opcode: 2, payload: 'tag,', fin: false }), FIN),
      gone(`breaks the connection, ${from}`, from, RESET),
      { does: `closes and ends its half, ${from}`, from, writes: [closing(1000), FIN], back: { close: 1000 } } satisfies SocketCase,
    ]),
    { does: 'asks, and ends its half of a WebSocket', from: 'browser', writes: [KEEP_ALIVE, FIN], back: { hears: [/^text !\d+$/] } },
    gone('breaks the connection amid a request', 'tcp', HEALTH.slice(0, 20), READ, RESET),
    gone('breaks the connection amid an upgrade', 'tcp', WS.slice(0, -2), READ, RESET),
  ],
} // prettier-ignore

const opened = (
  does: string,
  answers: readonly number[],
  hears: readonly RegExp[],
  ...writes: Step[]
): SocketCase => ({
  does,
  from: 'tcp',
  writes,
  back: { answers, hears, goesOn: true },
})
const joined = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)))
const ASK = JSON.stringify({ number: '15557770000' })

export const pipelines: CaseClass = {
  title: 'Said before its turn',
  policy: 'what stands behind an upgrade is frames; what stands before it is answered first; nothing is lost, and nothing is taken for the other',
  cases: [
    opened('asks to be let in and speaks in one write', [101], [/^text !\d+$/], joined(WS, KEEP_ALIVE)),
    opened('asks to be let in and says init in one write', [101], [/^text 1\.--0,\{"status":200/], joined(WS, text(INIT)), READ),
    opened('cuts its first frame behind the upgrade', [101], [/^text !\d+$/], joined(WS, KEEP_ALIVE.subarray(0, 3)), HEARD, KEEP_ALIVE.subarray(3)),
    { does: 'asks to be let in, speaks and closes in one write', from: 'tcp', writes: [joined(WS, KEEP_ALIVE, closing(1000))], back: { answers: [101], hears: [/^text !\d+$/], close: 1000 } },
    { does: 'asks for a page behind the upgrade', from: 'tcp', writes: [joined(WS, HEALTH)], back: { answers: [101], close: 1002 }, counts: BODY },
    { does: 'upgrades twice in one write', from: 'tcp', writes: [joined(WS, WS)], back: { answers: [101], close: 1002 }, counts: BODY },
    opened('asks for a page and to be let in, in one write', [200, 101], [/^text !\d+$/], joined(HEALTH, WS, KEEP_ALIVE)),
    opened('asks for three pages and to be let in, in one write', [200, 200, 200, 101], [], joined(HEALTH.repeat(3), WS)),
    opened('asks with a body and to be let in, in one write', [202, 101], [], joined(register(ASK, `Content-Length: ${ASK.length}`), WS)),
    { does: 'is refused, and asks on in the same write', from: 'tcp', writes: [joined(handshake('/ws', { Origin: null }), HEALTH)], back: { answers: [403] }, counts: { 'errors TETHER_ERR_ORIGIN': 1 } },
    { does: 'asks for a page that is not here and to be let in', from: 'tcp', writes: [joined(http('GET /nowhere HTTP/1.1', 'Host: localhost'), WS)], back: { answers: [404, 101], goesOn: true }, counts: { 'errors TETHER_ERR_NOT_FOUND': 1 } },
    { does: 'asks for a page, and says nonsense behind it', from: 'tcp', writes: [joined(HEALTH, 'nonsense\r\n\r\n')], back: { answers: [200, 400] }, counts: BODY },
    { does: 'ends the connection by its request, and upgrades behind it', from: 'tcp', writes: [joined(http('GET /healthz HTTP/1.1', 'Host: localhost', 'Connection: close'), WS)], back: { answers: [200] } },
  ],
} // prettier-ignore
