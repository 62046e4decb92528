/**
 * What a run proves about the message tables: which client said which message and what it got, what it was sent, and
 * whether all of it had the shape of its row. JSON is read at the server's end of the browsers' connections, where
 * everybody can read it; of sealed nodes the phones' traces tell, and the server knows nothing.
 */
import type { BrowserMessageName } from 'proto/browser-messages'
import { KEEP_ALIVE, parseFrameJson, parseTextFrame } from 'proto/frame'
import { judgeAnswer, judgePush, judgeRequest } from 'proto/message-verdict'
import type { FaultyLinks, Passage } from './faulty-links.ts'
import type { TraceEvent, TraceRecorder } from './trace-recorder.ts'

export interface Evidence {
  /** The names that the client gave in `init`, joined by spaces. */
  readonly client: string
  readonly row: BrowserMessageName
  /** Whether the message had the shape of the row. */
  readonly fits: boolean
  /** What came under its tag: absent when nothing did; the first answer counts. */
  readonly answer?: { readonly fits: boolean; readonly status: number | null }
}

export interface EvidenceRecorder {
  /** All that was seen so far, each kind once, in the order of the first time. */
  read(): readonly Evidence[]
}

/** A request, until it is answered. */
interface Open {
  readonly client: string
  readonly row: BrowserMessageName
  readonly fits: boolean
  answer?: NonNullable<Evidence['answer']>
}

/** Open requests and what is known of them, by tag. */
type OpenByTag = Map<string, Open[]>

/** Collects evidence from now on. */
export function recordEvidence(links: FaultyLinks, trace: TraceRecorder): EvidenceRecorder {
  const spoken: Open[] = []
  const connections = new Map<number, { client: string; readonly open: OpenByTag }>()

  links.observe((passage) => {
    if (passage.hop.kind !== 'browser-server' || passage.hop.near !== 'server') return
    if (passage.way === 'open') connections.set(passage.link, { client: '', open: new Map() })
    const connection = connections.get(passage.link)
    if (connection && typeof passage.frame === 'string') hear(connection, passage.way, passage.frame)
  })

  function hear(
    connection: { client: string; readonly open: OpenByTag },
    way: Passage['way'],
    text: string,
  ): void {
    if (way === 'in') {
      const said = readFrame(text)
      if (!said) return
      if (isInit(said.body)) connection.client ||= said.body[3].map(String).slice(0, 3).join(' ')
      const { row, fits } =
        text === KEEP_ALIVE ? { row: 'keepAlive' as const, fits: true } : judgeRequest(said.body)
      if (row === null) return
      const open: Open = { client: connection.client, row, fits }
      spoken.push(open)
      const others = connection.open.get(said.tag)
      if (others) others.push(open)
      else connection.open.set(said.tag, [open])
    } else if (way === 'out') {
      const said = readFrame(text)
      if (!said) return
      const open = connection.open.get(said.tag)?.shift()
      if (open) open.answer = shapeOf(judgeAnswer(open.row, said.body))
      else if (/^s\d+$/.test(said.tag)) {
        const { row, fits } = judgePush(said.body)
        if (row !== null) spoken.push({ client: connection.client, row, fits })
      }
    }
  }

  return {
    read() {
      const all = [...spoken, ...sealedEvidence(trace.events)]
      const seen = new Map(
        all.map((one) => [JSON.stringify([one.client, one.row, one.fits, one.answer]), one]),
      )
      return [...seen.values()]
    },
  }
}

/** Tag and body of a text frame; keep-alive and its answer have the tag `?`. Null for what has no body, or none that can be read. */
function readFrame(text: string): { readonly tag: string; readonly body: unknown } | null {
  try {
    const frame = parseTextFrame(text)
    if (frame.kind === 'keepAlive' || frame.kind === 'keepAliveAnswer') return { tag: '?', body: text }
    return frame.kind === 'json' ? { tag: frame.tag, body: parseFrameJson(frame.json) } : null
  } catch {
    return null
  }
}

function isInit(body: unknown): body is [unknown, unknown, unknown, unknown[]] {
  return Array.isArray(body) && body[0] === 'admin' && body[1] === 'init' && Array.isArray(body[3])
}

function shapeOf({
  fits,
  status,
}: {
  fits: boolean
  status: number | null
}): NonNullable<Evidence['answer']> {
  return { fits, status }
}

/** Follows the traces of the phones; which client is behind a connection the server's trace tells. */
function sealedEvidence(events: readonly TraceEvent[]): Open[] {
  const spoken: Open[] = []
  const clients = new Map<unknown, string>()
  const open = new Map<string, Open[]>()
  const answers = new Map<string, NonNullable<Evidence['answer']>>()
  for (const { party, kind, fields } of events) {
    const { connection, messageTag, row, fits } = fields
    if (party === 'server' && kind === 'client') clients.set(connection, String(fields.name))
    if (!party.startsWith('phone:')) continue
    const key = `${party} ${connection} ${messageTag}`
    const one = (): Open => ({
      client: clients.get(connection) ?? '',
      row: row as BrowserMessageName,
      fits: fits === true,
    })
    if (kind === 'told' && row) spoken.push(one())
    else if (kind === 'frame.in' && row) {
      const request = one()
      spoken.push(request)
      open.set(key, [...(open.get(key) ?? []), request])
    } else if (kind === 'answer')
      answers.set(key, { fits: fits === true, status: fields.status as number | null })
    else if (kind === 'frame.out') {
      // only what really left is an answer
      const answer = answers.get(key)
      const request = answer && open.get(key)?.shift()
      if (request) request.answer = answer
      answers.delete(key)
    }
  }
  return spoken
}
