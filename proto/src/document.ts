/**
 * The tables of this package as Markdown: what docs/ says about messages, states, errors, limits and metrics is printed
 * from the data the programs run on. Pure: text out, no files. write-docs.ts writes it, a test compares.
 */
import type { TSchema } from 'typebox'
import { browserActions, browserQueries, phoneNodes } from './browser-nodes.ts'
import { browserPushes } from './browser-pushes.ts'
import { browserRequests, keepAlives } from './browser-requests.ts'
import { dashboard } from './dashboard.ts'
import { errors } from './errors.ts'
import { limitProofs, proofTexts } from './limit-proofs.ts'
import { type LimitName, limits } from './limits.ts'
import type { Measures } from './measures.ts'
import type { MessageRow } from './message-row.ts'
import { linkMessages } from './phone-link.ts'
import { formatSchema } from './schema-text.ts'
import { phonesMeasures } from './phones-measures.ts'
import { serverMeasures } from './server-measures.ts'
import { type StateTable, stateTables } from './states.ts'

/** Text of each document by file name. */
export function documents(): ReadonlyMap<string, string> {
  return new Map([
    ['messages.md', page('Messages', messagesIntro, messageSections())],
    [
      'states.md',
      page(
        'States',
        statesIntro,
        Object.entries(stateTables).map(([name, table]) => stateSection(name, table)),
      ),
    ],
    ['errors.md', page('Errors', errorsIntro, [errorTable()])],
    ['limits.md', page('Limits', limitsIntro, [limitTable()])],
    ['metrics.md', page('Metrics', metricsIntro, measureSections())],
    ['grafana.json', dashboard()],
  ])
}

const origin =
  'Printed from the tables in `proto/src` by `npm run docs`; a test fails when this page is stale.'
const messagesIntro = `${origin}

Each row says who sends the message, who has to answer or read it, and who *can* read it: **everyone** includes the
server, **endpoints** means the browser and the phone only. The basis is *documented* (seen on the wire or in the code
of clients), *inferred* (concluded from one side) or *ours*. § is the section of the wire specification.

Shapes: \`?\` may be absent, \`[a, …]\` is a list, \`→\` the answer under the same tag. Input from clients is read
tolerantly, so longer arrays and further members or attributes pass. Nodes are written as \`tag {attributes} content\`.

The [flows](flows/README.md) show the messages one after another, as a run sends them; the
[coverage](legacy-coverage.md) names the test that proves each row, for each client.`
const statesIntro = `${origin}

An arrow that is not drawn is illegal. The loss of a peer is an input like any other.`
const errorsIntro = `${origin}

Every failure has a code. Fault *remote*: the input broke a rule. Fault *local*: this program or its installation did.
The last columns are the HTTP status and the WebSocket close code, where the other side sees one.`
const limitsIntro = `${origin}

Every limit, why it has this value, and what happens beyond it. A refusal is counted under the name of its row.

_Met exactly by_ names the test that fails when the product is wrong by one at this limit, in either direction; _counted_
says whether the same test fails when the relay forgets to count, or why there is nothing to count
(\`npm run faults:long -- limits-are-met\` tries it). _open_: still to be written.`
const metricsIntro = `${origin}

What server and phones show at their \`/metrics\` (Prometheus). A label never says who. What is worth an alarm:
[operations](operations.md). The dashboard [grafana.json](grafana.json) draws them.`

function page(title: string, intro: string, sections: readonly string[]): string {
  return `# ${title}\n\n${intro}\n\n${sections.join('\n\n')}\n`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (text: string) => `\`${text}\``
const fence = (language: string, lines: readonly string[]) => ['```' + language, ...lines, '```'].join('\n')

function messageSections(): readonly string[] {
  return [
    messageSection('From the browser, in clear', { ...keepAlives, ...browserRequests }),
    messageSection('To the browser, in clear', browserPushes),
    messageSection('Queries of the browser, sealed', browserQueries),
    messageSection('Changes by the browser, sealed', browserActions),
    messageSection('From the phone, sealed', phoneNodes),
    linkSection(),
  ]
}

function messageSection(title: string, rows: Readonly<Record<string, MessageRow>>): string {
  const overview = Object.entries(rows).map(([name, row]) => [
    code(name),
    `${row.from} → ${row.to}`,
    row.readableBy,
    row.basis,
    `§${row.spec}`,
    row.about,
  ])
  return [
    `## ${title}`,
    table(['Name', 'Way', 'Read by', 'Basis', '§', 'What for'], overview),
    '### Shapes',
    fence(
      'text',
      Object.entries(rows).flatMap(([name, { body, answer }]) => shapeLines(name, body, answer)),
    ),
  ].join('\n\n')
}

function linkSection(): string {
  type Row = {
    readonly from: string
    readonly about: string
    readonly body: TSchema
    readonly reply?: TSchema
  }
  const rows: [string, Row][] = Object.entries(linkMessages)
  return [
    '## Between phone and server',
    'The link is ours (basis *ours*); everything on it can be read by phone and server. What it relays for a browser is in binary frames, opaque to the server unless the browser sent it in clear.',
    table(
      ['Name', 'Sent by', 'What for'],
      rows.map(([name, { from, about }]) => [code(name), from, about]),
    ),
    '### Shapes of link messages',
    fence(
      'text',
      rows.flatMap(([name, { body, reply }]) => shapeLines(name, body, reply)),
    ),
  ].join('\n\n')
}

function shapeLines(name: string, body: TSchema, answer?: TSchema): readonly string[] {
  const lines = [name, `    ${formatSchema(body)}`]
  return answer === undefined ? lines : [...lines, `  → ${formatSchema(answer)}`]
}

function stateSection(
  name: string,
  { about, initial, states, inputs, arrows }: StateTable<string, string>,
): string {
  const drawn = Object.entries(arrows).flatMap(([from, targets]) => {
    // One line per pair of states keeps the diagram readable.
    const inputsTo = (target: string) => Object.keys(targets).filter((input) => targets[input] === target)
    return [...new Set(Object.values(targets).filter((to) => to !== undefined))].map(
      (to) => `  ${from} --> ${to}: ${inputsTo(to).join(', ')}`,
    )
  })
  const ends = Object.keys(states).filter((state) => Object.keys(arrows[state]).length === 0)
  return [
    `## ${about.charAt(0).toUpperCase()}${about.slice(1)}`,
    `Table ${code(name)}.`,
    fence('mermaid', [
      'stateDiagram-v2',
      `  [*] --> ${initial}`,
      ...drawn,
      ...ends.map((state) => `  ${state} --> [*]`),
    ]),
    table(
      ['State', 'Meaning'],
      Object.entries(states).map(([state, meaning]) => [code(state), meaning]),
    ),
    table(
      ['Input', 'Meaning'],
      Object.entries(inputs).map(([input, meaning]) => [code(input), meaning]),
    ),
  ].join('\n\n')
}

function errorTable(): string {
  type Row = {
    readonly fault: string
    readonly about: string
    readonly status?: number
    readonly close?: number
  }
  const rows: [string, Row][] = Object.entries(errors)
  return table(
    ['Code', 'Fault', 'Meaning', 'Status', 'Close'],
    rows.map(([name, { fault, about, status, close }]) => [
      code(name),
      fault,
      about,
      String(status ?? ''),
      String(close ?? ''),
    ]),
  )
}

function limitTable(): string {
  const shown = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
  return table(
    ['Name', 'Value', 'Unit', 'Why', 'Beyond', 'Met exactly by', 'Counted'],
    Object.entries(limits).map(([name, { value, unit, why, beyond }]) => [
      code(name),
      shown(value),
      unit,
      why,
      beyond,
      ...proofTexts(limitProofs[name as LimitName]),
    ]),
  )
}

function measureSections(): readonly string[] {
  return [
    '## The server',
    measureTable(serverMeasures),
    '## The phones',
    'One set of numbers for all phones of the program.',
    measureTable(phonesMeasures),
  ]
}

function measureTable(measures: Measures): string {
  return table(
    ['Name', 'Kind', 'What', 'Label'],
    Object.values(measures).map(({ name, kind, help, label, values, page }) => {
      const meanings = page
        ? `see [${page}](${page})`
        : Object.entries(values ?? {})
            .map(([value, meaning]) => `${code(value)} ${meaning}`)
            .join('<br>')
      return [code(name), kind, help, label === undefined ? '' : `${code(label)}: ${meanings}`]
    }),
  )
}
