import t from 'tap'
import { realClock } from 'proto/system'
import { realPace, virtualPace } from '../src/pace.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

const clock = new VirtualClock()
const paces = {
  virtual: { pace: virtualPace(clock), time: clock },
  real: { pace: realPace(), time: realClock },
}

for (const [name, { pace, time }] of Object.entries(paces)) {
  t.test(`it lets time pass, waits for facts and for promises (${name} time)`, async (t) => {
    const before = time.now()
    await pace.pass(30)
    t.ok(time.now() - before >= 29)
    let fact = false
    time.after(10, () => (fact = true))
    await pace.until(() => fact)
    t.equal(await pace.finish(Promise.resolve(7)), 7)
    t.equal(await pace.during(() => Promise.resolve(8)), 8)
  })

  t.test(`it gives up with a code, and passes errors on (${name} time)`, async (t) => {
    await t.rejects(
      pace.until(() => false, { withinMs: 10 }),
      { code: 'TETHER_ERR_WAIT' },
    )
    await t.rejects(pace.finish(new Promise(() => undefined), { withinMs: 10 }), { code: 'TETHER_ERR_WAIT' })
    await t.rejects(pace.finish(Promise.reject(new Error('no'))), { message: 'no' })
  })
}
