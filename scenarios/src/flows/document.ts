/** The steps of a flow as a Markdown page: a sequence diagram, then every frame with what is in it and who reads it. */
import { browserActions, browserQueries, phoneNodes } from 'proto/browser-nodes'
import { browserPushes } from 'proto/browser-pushes'
import { browserRequests, keepAlives } from 'proto/browser-requests'
import type { MessageRow } from 'proto/message-row'
import { linkMessages } from 'proto/phone-link'
import { AT_ALICE, AT_BOB, FIRST_BROWSER, SECOND_BROWSER } from './moves.ts'
import type { Flow } from './stage.ts'
import type { FrameStep, Step } from './steps.ts'

/** From left to right in a diagram. */
const PLACES = [FIRST_BROWSER, SECOND_BROWSER, AT_ALICE, 'server', "Alice's phone", "Bob's phone", AT_BOB]

/** Shorter gaps are the way over the network. */
const PAUSE_MS = 20

interface Place {
  /** Heading in docs/messages.md. */
  readonly anchor: string
  readonly spec: string | null
}

const places = new Map<string, Place>()
for (const [anchor, rows] of [
  ['from-the-browser-in-clear', { ...keepAlives, ...browserRequests }],
  ['to-the-browser-in-clear', browserPushes],
  ['queries-of-the-browser-sealed', browserQueries],
  ['changes-by-the-browser-sealed', browserActions],
  ['from-the-phone-sealed', phoneNodes],
] as const) {
  for (const [name, { spec }] of Object.entries<MessageRow>(rows)) places.set(name, { anchor, spec })
}
/** Link messages have names of their own; some are also names of browser messages. */
const LINK: Place = { anchor: 'between-phone-and-server', spec: null }

export const ANCHORS: readonly string[] = [...new Set([...places.values(), LINK].map(({ anchor }) => anchor))]

export function flowPage({ spec, title, about }: Flow, steps: readonly Step[]): string {
  return [
    `# ${spec} ${title}`,
    about,
    '[All flows, and how to read them](README.md)',
    fence('mermaid', diagramLines(steps)),
    '## Step by step',
    ...stepParts(steps),
  ].join('\n\n')
}

export function indexPage(
  pages: readonly { readonly flow: Flow; readonly steps: readonly Step[] }[],
): string {
  const rows = pages.map(({ flow: { spec, file, title }, steps }) => {
    const frames = steps.filter((step): step is FrameStep => step.kind === 'frame')
    const sealed = frames.filter(({ what }) => what === 'sealed').length
    return `| ${spec} | [${title}](${file}.md) | ${frames.length} | ${sealed} |`
  })
  return [
    INTRO,
    ['| § | Flow | Frames | Sealed, at the browser |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    READING,
  ].join('\n\n')
}

const INTRO = `# The flows, message by message

What is said on every connection when a browser pairs, resumes, chats, loses its phone and goes. Section 18 of the wire
specification lists these flows; here they are as they happened in a run of the real parts in virtual time, with
browsers that speak on the wire as legacy clients do. Written by \`npm run docs\`; a test fails when a page is stale.`

const READING = `## How to read a page

- The diagram shows every frame of the page by its number; a dashed arrow answers a request.
- Times count from the beginning of the flow, at the end of the browser or the phone; each hop takes 1 ms. Pauses that
  the protocol asks for (§5.6, §7.4) are therefore exact.
- A frame is named after its row in [the message tables](../messages.md), with its section of the wire specification.
- Sealed frames are shown opened, with the keys of the browser. What the server has of them is said above each: it
  forwards them as they came, which is why a frame on the link of the phone is printed as the bytes of another step.
- \`‹ref›\` and the like stand for random values: the same name is the same value within a page.`

function stepParts(steps: readonly Step[]): string[] {
  const parts: string[] = []
  let before = 0
  for (const step of steps) {
    if (step.atMs - before >= PAUSE_MS) parts.push(`— ${duration(step.atMs - before)} —`)
    before = step.atMs
    if (step.kind === 'other')
      parts.push(step.party === null ? `_${step.text}_` : `**+${step.atMs} ms** ${step.text}`)
    else parts.push(headOf(step), fence('text', step.lines))
  }
  return parts
}

function headOf(step: FrameStep): string {
  const { number, atMs, from, to, tag, bytes, reader } = step
  const facts = [rowText(step), `${bytes} bytes`, reader]
  if (tag !== null) facts.unshift(`\`${tag}\``)
  return `**${number}.** +${atMs} ms **${from} → ${to}** ${facts.join(' · ')}`
}

function rowText({ row, isAnswer, what }: FrameStep): string {
  if (what === 'relay') return 'frame of a browser, relayed'
  if (row === null) return 'no row'
  const { anchor, spec } = placeOf(row, what)
  const link = `[\`${row}\`](../messages.md#${anchor})${spec === null ? '' : ` §${spec}`}`
  return isAnswer ? `answer to ${link}` : link
}

function placeOf(row: string, what: FrameStep['what']): Place {
  if (what === 'link' && Object.hasOwn(linkMessages, row)) return LINK
  return places.get(row)!
}

function diagramLines(steps: readonly Step[]): string[] {
  const there = new Set(
    steps.flatMap((step) => (step.kind === 'frame' ? [step.from, step.to] : (step.party ?? []))),
  )
  const parties = PLACES.filter((party) => there.has(party))
  const name = (party: string) => `P${parties.indexOf(party)}`
  const all = `Note over ${name(parties[0])},${name(parties.at(-1)!)}: `
  const lines = [
    'sequenceDiagram',
    '  autonumber',
    ...parties.map((party) => `  participant ${name(party)} as ${party}`),
  ]
  let before = 0
  for (const step of steps) {
    if (step.atMs - before >= PAUSE_MS) lines.push(`  ${all}${duration(step.atMs - before)}`)
    before = step.atMs
    if (step.kind === 'frame')
      lines.push(`  ${name(step.from)}${arrowOf(step)}${name(step.to)}: ${diagramText(step)}`)
    else
      lines.push(
        step.party === null
          ? `  ${all}${step.text.replaceAll(';', ',')}`
          : `  Note over ${name(step.party)}: ${step.text}`,
      )
  }
  return lines
}

function arrowOf({ isAnswer }: FrameStep): string {
  return isAnswer ? '-->>' : '->>'
}

function diagramText({ row, isAnswer, what, sameAs }: FrameStep): string {
  if (what === 'relay') return sameAs === null ? 'relayed frame' : `relayed, frame ${sameAs}`
  const text = isAnswer ? `answer to ${row}` : (row ?? 'no row')
  return what === 'sealed' ? `sealed: ${text}` : text
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`
}

function fence(language: string, lines: readonly string[]): string {
  return ['```' + language, ...lines, '```'].join('\n')
}
