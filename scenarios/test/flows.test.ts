/** The flows of section 18, as documents: what docs/flows says is what a seeded run does now. */
import t from 'tap'
import { readFileSync } from 'node:fs'
import { ANCHORS } from '../src/flows/document.ts'
import { flows } from '../src/flows/flows.ts'
import { playFlow } from '../src/flows/stage.ts'
import { stepsOf, type FrameStep } from '../src/flows/steps.ts'
import { firstDifference, flowPages, staleFlowPages } from '../src/flows/write.ts'

const pages = flowPages()
const stepsOfFlow = async (spec: string) => stepsOf(await playFlow(flows.find((flow) => flow.spec === spec)!))
const isFrame = (step: { kind: string }): step is FrameStep => step.kind === 'frame'

t.test('it finds docs/flows up to date with a run (else: npm run docs)', async (t) => {
  t.strictSame(staleFlowPages(await pages), [])
  t.equal((await pages).size, 12)
})

t.test('it says which page and which line differ', async (t) => {
  const changed = new Map(await pages)
  const name = '10-log-out.md'
  changed.set(name, changed.get(name)!.replace('"disconnect"]', '"farewell"]'))
  t.match(staleFlowPages(changed), [/10-log-out.md is stale, line \d+:\n.*"disconnect"\]\n.*"farewell"\]/])
  changed.delete(name)
  t.strictSame(staleFlowPages(changed), [`docs/flows/${name} is of no flow`])
  changed.set('12-new.md', '')
  t.match(staleFlowPages(changed), ['docs/flows/12-new.md is missing', String])
  t.equal(firstDifference('a\nb', 'a\nb'), null)
  t.equal(firstDifference('a', 'a\nb'), 'line 2:\n  written: (end)\n  now:     b')
})

t.test('it makes the same pages from the same seeds', async (t) => {
  t.strictSame(await flowPages(), await pages)
})

t.test('it names a row of the tables for every frame, and the tables have a heading for it', async (t) => {
  const tables = readFileSync(new URL('../../../docs/messages.md', import.meta.url), 'utf8')
  const headings = [...tables.matchAll(/^## (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^a-z ]/g, '')
      .replaceAll(' ', '-'),
  )
  t.strictSame(
    ANCHORS.filter((anchor) => !headings.includes(anchor)),
    [],
  )
  for (const flow of flows) {
    const nameless = (await stepsOfFlow(flow.spec)).filter(
      (step) => isFrame(step) && step.row === null && step.what !== 'relay',
    )
    t.strictSame(nameless, [], flow.title)
  }
})

t.test('it shows the text sealed at both browsers, and nothing of it on the way', async (t) => {
  const steps = (await stepsOfFlow('18.5')).filter(isFrame)
  const holding = steps.filter(({ lines }) => lines.join().includes('See example.org'))
  t.strictSame(
    holding.map(({ row, what, from, to }) => `${from} → ${to}: ${row}, ${what}`),
    [
      "Alice's browser → server: queryPreview, sealed",
      "Alice's browser → server: relay, sealed",
      "server → Bob's browser: relayed, sealed",
    ],
  )
  const relayed = steps.filter(({ what }) => what === 'relay')
  t.ok(relayed.length >= 6)
  for (const { number, sameAs } of relayed)
    t.type(sameAs, 'number', `step ${number} carries the bytes of another`)
  t.ok(
    steps.some(({ from, row }) => from === "Bob's phone" && row === 'mail'),
    'the receipt of the other phone',
  )
})

t.test('it shows the pauses of spec 5.6 and 7.4', async (t) => {
  const at = (steps: readonly FrameStep[], row: string, isAnswer = false) =>
    steps.find((step) => step.row === row && step.isAnswer === isAnswer)!.atMs
  const sync = (await stepsOfFlow('18.2')).filter(isFrame)
  t.equal(at(sync, 'contactList') - at(sync, 'conn'), 500)
  const resume = (await stepsOfFlow('18.3')).filter(isFrame)
  t.equal(at(resume, 'conn') - at(resume, 'init', true), 50)
  const challenged = (await stepsOfFlow('18.4')).filter(isFrame)
  t.equal(at(challenged, 'challengeAsked') - at(challenged, 'init', true), 50)
  t.equal(at(challenged, 'conn') - at(challenged, 'challenge', true), 50)
})
