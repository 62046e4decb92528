import t from 'tap'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { longDay, type LongDay } from '../src/long-day.ts'

const program = fileURLToPath(new URL('../src/long-day.js', import.meta.url))

async function inAnotherProcess(
  seed: string,
  env: Record<string, string> = {},
): Promise<Omit<LongDay, 'text'>> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, seed], {
    env: { ...process.env, ...env },
  })
  return JSON.parse(stdout) as LongDay
}

const first = longDay('one')

t.test(
  'it makes the same bytes on every link from the same seed and script, twice in one process',
  async (t) => {
    const { transcript, trace, text, frames } = await first
    const again = await longDay('one')
    t.equal(firstDifference(text, again.text), null)
    t.equal(again.transcript, transcript)
    t.equal(again.trace, trace)
    t.ok(frames > 300, `${frames} passages`)
  },
)

t.test('it makes the same bytes in two worlds that live side by side', async (t) => {
  const { transcript } = await first
  const [one, two] = await Promise.all([longDay('one'), longDay('two')])
  t.equal(one.transcript, transcript)
  t.not(two.transcript, transcript)
})

t.test('it makes the same bytes in another process, in another time zone and language', async (t) => {
  const { transcript, trace, frames } = await first
  const other = await inAnotherProcess('one', { TZ: 'Asia/Kathmandu', LC_ALL: 'C', LANG: 'tr_TR.UTF-8' })
  t.strictSame(other, { transcript, trace, frames })
})

t.test('it makes other bytes from another seed', async (t) => {
  const { transcript, trace } = await first
  const other = await longDay('two')
  t.not(other.transcript, transcript)
  t.not(other.trace, trace)
  t.ok(firstDifference(other.text, (await first).text))
})

/** The first line in which two transcripts differ, as both have it. */
function firstDifference(a: string, b: string): string | null {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const at = left.findIndex((line, index) => line !== right[index])
  return at < 0 && left.length === right.length ? null : `line ${at + 1}:\n${left[at]}\n${right[at]}`
}
