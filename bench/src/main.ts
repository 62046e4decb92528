/** `npm run bench`: every measurement against its peer, in one run, as one table. Names given pick some of them. */
import { cpus } from 'node:os'
import { benchLargePage } from './large-page.ts'
import { benchLargePhone } from './large-phone.ts'
import { benchLatency } from './latency.ts'
import { benchMailbox } from './mailbox.ts'
import { benchNodeCodec } from './node-codec.ts'
import { benchIdle, benchRelay } from './relay.ts'
import { benchSignal } from './signal.ts'
import { benchWorldStart } from './world-start.ts'

interface Row {
  readonly name: string
  readonly ours: number
  readonly theirs?: number
  readonly ratio?: number
  readonly aim?: string
  readonly unit: string
}

const benches: Readonly<Record<string, () => Promise<{ rows: readonly Row[] }>>> = {
  codec: benchNodeCodec,
  signal: benchSignal,
  relay: benchRelay,
  idle: benchIdle,
  mailbox: benchMailbox,
  latency: benchLatency,
  large: benchLargePhone,
  page: benchLargePage,
  world: async () => ({
    rows: (await benchWorldStart()).map(({ name, ours, unit }) => ({ name, ours, unit })),
  }),
}

/** What each row is measured against: the aims, by the beginning of its name. */
const aims: readonly {
  readonly name: RegExp
  readonly holds: (row: Row) => boolean
  readonly text: string
}[] = [
  { name: /^encode/, text: '≥ 3×', holds: ({ ratio }) => ratio! >= 3 },
  { name: /^decode/, text: '≥ 2×', holds: ({ ratio }) => ratio! >= 2 },
  { name: /ping-pong, libsignal-protocol-typescript/, text: '≥ 5×', holds: ({ ratio }) => ratio! >= 5 },
  { name: /^server CPU/, text: '≤ 1.25×', holds: ({ ratio }) => ratio! <= 1.25 },
  { name: /^idle memory/, text: '≤ 1.5×', holds: ({ ratio }) => ratio! <= 1.5 },
  { name: /^mail durable/, text: '≥ 0.7×', holds: ({ ratio }) => ratio! >= 0.7 },
  { name: /^mail stored and taken/, text: '≤ 1.2×', holds: ({ ratio }) => ratio! <= 1.2 },
  { name: /^server with a million mails/, text: '≤ 2,000 ms', holds: ({ ours }) => ours <= 2_000 },
  { name: /^server: in use, large phone over/, text: '≤ 2 MB', holds: ({ ours }) => ours <= 2 },
  { name: /^page: history scrolled, messages that are missing/, text: '0', holds: ({ ours }) => ours === 0 },
  { name: /^world .*warm/, text: '≤ 100 ms', holds: ({ ours }) => ours <= 100 },
]

const wanted = process.argv.slice(2)
for (const name of wanted)
  if (!(name in benches)) throw new Error(`no bench ${name}; there are ${Object.keys(benches).join(', ')}`)

console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`)
console.log(line('', 'ours', 'peer', 'ratio', 'aim', ''))
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const row of (await bench()).rows) {
    const aim = aims.find((each) => each.name.test(row.name))
    console.log(
      line(
        row.name,
        `${digits(row.ours)} ${row.unit}`,
        row.theirs === undefined ? '' : digits(row.theirs),
        row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
        aim?.text ?? '',
        aim === undefined ? '' : aim.holds(row) ? 'reached' : 'not reached',
      ),
    )
  }
}

function line(
  name: string,
  ours: string,
  theirs: string,
  ratio: string,
  aim: string,
  verdict: string,
): string {
  const cells = [name.padEnd(66), ours.padStart(20), theirs.padStart(12), ratio.padStart(9), aim.padStart(9)]
  return `${cells.join(' ')}  ${verdict}`.trimEnd()
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
