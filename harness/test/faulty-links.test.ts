import t from 'tap'
import type { Frame, Hop } from 'proto/link'
import { faultyLinks, type FaultyLinks } from '../src/faulty-links.ts'
import type { FaultWhere } from '../src/fault-rule.ts'
import { memoryLinks } from '../src/memory-link.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

const hop: Hop = { kind: 'browser-server', near: 'server', far: 'browser:1' }
const out: FaultWhere = { way: 'out' }
const into: FaultWhere = { way: 'in' }

/** A server end behind faults, and what each end hears. */
function pair(clock: VirtualClock, links: FaultyLinks) {
  const { caller, called } = memoryLinks(clock, 0)
  const server = links.join(hop, called)
  const atBrowser: Frame[] = []
  const atServer: Frame[] = []
  const closes: string[] = []
  const keep = (into: Frame[]) => (frame: Frame) =>
    void into.push(typeof frame === 'string' ? frame : frame.slice())
  caller.open({ frame: keep(atBrowser), close: (code) => closes.push(`browser ${code}`) })
  server.open({ frame: keep(atServer), close: (code) => closes.push(`server ${code}`) })
  return { browser: caller, server, atBrowser, atServer, closes }
}

t.test('it passes everything on when there is no rule', async (t) => {
  const clock = new VirtualClock()
  const { browser, server, atBrowser, atServer, closes } = pair(clock, faultyLinks(clock))
  server.send('a,1')
  browser.send(Uint8Array.of(1))
  browser.close(1000, '')
  await clock.settle()
  t.strictSame(atBrowser, ['a,1'])
  t.strictSame(atServer, [Uint8Array.of(1)])
  t.strictSame(closes, ['server 1000', 'browser 1000'])
})

t.test('it drops, duplicates and alters by tag, kind, direction and ordinal', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { browser, server, atBrowser, atServer } = pair(clock, links)
  const dropped = links.add({ way: 'out', tag: 's', ordinal: 2 }, { do: 'drop' })
  links.add({ way: 'out', frame: 'binary' }, { do: 'duplicate' })
  links.add({ way: 'in', where: (frame) => frame === 'x' }, { do: 'alter', to: () => 'y' })
  for (const frame of ['s1,', 's2,', 't3,', 's4,', Uint8Array.of(9)]) server.send(frame)
  browser.send('x')
  await clock.settle()
  t.strictSame(atBrowser, ['s1,', 't3,', 's4,', Uint8Array.of(9), Uint8Array.of(9)])
  t.strictSame(atServer, ['y'])
  t.strictSame([dropped.seen, dropped.worked], [3, 1])
})

t.test('it finds the tag of a binary frame', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { server, atBrowser } = pair(clock, links)
  links.add({ way: 'out', tag: '3EB0' }, { do: 'drop' })
  server.send(new TextEncoder().encode('3EB01,xx'))
  server.send(new TextEncoder().encode('4EB01,xx'))
  await clock.settle()
  t.equal(atBrowser.length, 1)
})

t.test('it holds a frame and all behind it, the close included, until released', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { server, atBrowser, closes } = pair(clock, links)
  const rule = links.add({ ...out, ordinal: 1 }, { do: 'hold' })
  server.send('a')
  server.send('b')
  server.close(1000, '')
  await clock.runFor(1000)
  t.strictSame(atBrowser, [])
  t.equal(server.queuedBytes, 2)
  rule.release()
  await clock.settle()
  t.strictSame(atBrowser, ['a', 'b'])
  t.equal(server.queuedBytes, 0)
  t.equal(closes.length, 2)
})

t.test('it lets held frames go when the rule is removed', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { browser, atServer } = pair(clock, links)
  links.add(into, { do: 'hold' })
  browser.send('a')
  browser.send('b')
  await clock.settle()
  t.strictSame(atServer, [])
  links.clear()
  t.strictSame(atServer, ['a', 'b'])
})

t.test('it delays a frame and what is behind it', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { server, atBrowser } = pair(clock, links)
  links.add({ ...out, tag: 'slow' }, { do: 'delay', ms: 100 })
  server.send('slow,1')
  server.send('fast,2')
  await clock.runFor(99)
  t.strictSame(atBrowser, [])
  await clock.runFor(1)
  t.strictSame(atBrowser, ['slow,1', 'fast,2'])
})

t.test('it reorders: a frame arrives behind the next ones, or before the close', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { server, atBrowser, closes } = pair(clock, links)
  links.add({ ...out, tag: 'late' }, { do: 'reorder', behind: 2 })
  for (const frame of ['late,1', 'a', 'b', 'c', 'late,2', 'd']) server.send(frame)
  server.close(1000, '')
  await clock.settle()
  t.strictSame(atBrowser, ['a', 'b', 'late,1', 'c', 'd', 'late,2'])
  t.equal(closes.length, 2)
})

t.test('it works only at the end that the rule names', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const { browser, atServer } = pair(clock, links)
  links.add({ way: 'in', at: 'phone:1' }, { do: 'drop' })
  links.add({ way: 'in', hop: 'phone-server' }, { do: 'drop' })
  links.add({ way: 'in', far: 'browser:2' }, { do: 'drop' })
  browser.send('a')
  await clock.settle()
  t.strictSame(atServer, ['a'])
})

t.test('it carries mail in order behind a held one, each to its own receiver', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const mail: Hop = { kind: 'phone-mail', near: 'phone:1', far: 'phone:2' }
  const arrived: string[] = []
  const rule = links.add({ way: 'out', hop: 'phone-mail', ordinal: 1 }, { do: 'hold' })
  links.carry(mail, 'a', (frame) => arrived.push(`first ${String(frame)}`))
  links.carry(mail, 'b', (frame) => arrived.push(`second ${String(frame)}`))
  t.strictSame(arrived, [])
  rule.release()
  t.strictSame(arrived, ['first a', 'second b'])
})

t.test('it tells observers what was sent and, after the faults, what arrived', async (t) => {
  const clock = new VirtualClock()
  const links = faultyLinks(clock)
  const seen: string[] = []
  const stop = links.observe(({ way, frame, link }) =>
    seen.push(`${link} ${way} ${String(frame ?? '')}`.trim()),
  )
  const { browser, server } = pair(clock, links)
  links.add(into, { do: 'drop' })
  server.send('a')
  browser.send('b')
  await clock.settle()
  stop()
  server.send('c')
  t.strictSame(seen, ['1 open', '1 out a'])
})
