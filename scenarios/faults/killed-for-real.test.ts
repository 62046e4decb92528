/** Real processes end themselves with SIGKILL at named instants, and leave what the table says and the harness shows. */
import t from 'tap'
import { type CrashPoint, mailCrashes } from 'proto/crash-points'
import { DoomedStory } from '../src/doomed-story.ts'

/** Of each party the instants before and after its commit, and the sender's when it has marked what was acknowledged. */
const POINTS = [
  'outbox.writing',
  'outbox.committed',
  'ack.marked',
  'mail.received',
  'mail.committed',
  'delivery.opened',
  'delivery.committed',
] as const satisfies readonly CrashPoint[]

t.test('what a killed process leaves is what the table says, and everything goes on', async (t) => {
  const story = new DoomedStory(t.testdir())
  t.teardown(() => story.end())
  await story.begin()
  const written = ['the first']
  story.write('sender', 'the first')
  await story.shownBy('recipient', 'the first')
  for (const point of POINTS) {
    const row = mailCrashes[point][0]
    const name = `${point}, the ${row.dies} dies`
    const { signal, left } = await story.die(row.dies, { point, pass: row.pass ?? 1 }, name)
    t.equal(signal, 'SIGKILL', name)
    t.strictSame(left, DoomedStory.expected(row), `what it leaves: ${name}`)
    await story.restart(row.dies)
    if (row.shown === 1) written.push(name)
    written.push(`after ${name}`)
    story.write('sender', `after ${name}`)
    t.strictSame(await story.shownBy('recipient', `after ${name}`), written, `once and in order: ${name}`)
  }
  story.write('recipient', 'an answer')
  t.strictSame(await story.shownBy('sender', 'an answer'), ['an answer'], 'the other way still works')
  t.ok(((await story.auditRows()) ?? 0) > 0, 'the record of the relay is there and whole')
})
