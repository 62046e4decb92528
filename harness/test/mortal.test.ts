import t, { type Test } from 'tap'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryLinks } from '../src/memory-link.ts'
import { Killed, Mortal } from '../src/mortal.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

function scene(t: Test) {
  const folder = t.testdir({ life: { file: 'as it was' } })
  const [files, image] = [join(folder, 'life'), join(folder, 'image')]
  let deaths = 0
  const mortal = new Mortal(files, image, () => deaths++)
  return { mortal, files, image, deaths: () => deaths, clock: new VirtualClock() }
}

t.test('it dies at the pass of the point that was planned, with its files as they are then', async (t) => {
  const { mortal, files, image, deaths } = scene(t)
  mortal.at('mail.committed')
  mortal.plan('mail.committed', 2)
  mortal.at('mail.received')
  mortal.at('mail.committed')
  t.notOk(existsSync(image))
  t.throws(() => mortal.at('mail.committed'), Killed)
  writeFileSync(join(files, 'file'), 'what it would have done')
  t.equal(readFileSync(join(image, 'file'), 'utf8'), 'as it was')
  t.throws(() => mortal.at('mail.pushed'), Killed, 'it is dead for good')
  t.equal(deaths(), 1)
})

t.test('its timers end with it', async (t) => {
  const { mortal, clock } = scene(t)
  const fired: string[] = []
  const own = mortal.clock(clock)
  own.after(1, () => fired.push('before'))
  own.after(5, () => fired.push('after'))
  await clock.runFor(2)
  mortal.kill()
  await clock.runFor(10)
  t.strictSame(fired, ['before'])
})

t.test('it says and hears nothing more; the far end sees the connection break', async (t) => {
  const { mortal, clock } = scene(t)
  const links = memoryLinks(clock)
  const heard: string[] = []
  const here = mortal.link(links.caller, () => links.sever())
  here.open({
    frame: (frame) => heard.push(`here: ${String(frame)}`),
    close: () => heard.push('here: closed'),
  })
  links.called.open({
    frame: (frame) => heard.push(`there: ${String(frame)}`),
    close: (code) => heard.push(`there: ${code}`),
  })
  here.send('one')
  await clock.runFor(2)
  mortal.kill()
  here.send('two')
  links.called.send('three')
  await clock.runFor(10)
  t.strictSame(heard, ['there: one', 'there: 1006'])
})
