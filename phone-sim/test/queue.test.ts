import t from 'tap'
import { Queue } from '../src/queue.ts'
import { turns } from './test-clock.ts'

t.test('it runs one task at a time, in order', async (t) => {
  const queue = new Queue()
  const seen: string[] = []
  const slow = queue.run(async () => {
    seen.push('slow begins')
    await turns(3)
    seen.push('slow ends')
    return 1
  })
  const quick = queue.run(() => (seen.push('quick'), 2))
  t.strictSame(await Promise.all([slow, quick]), [1, 2])
  t.strictSame(seen, ['slow begins', 'slow ends', 'quick'])
})

t.test('it goes on after a task that fails', async (t) => {
  const queue = new Queue()
  const failing = queue.run(() => Promise.reject(new Error('no')))
  const next = queue.run(() => 'next')
  await t.rejects(failing, { message: 'no' })
  t.equal(await next, 'next')
  await queue.idle()
})
