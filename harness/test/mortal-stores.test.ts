import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { openStores } from 'server/store-sqlite'
import { mortalStores } from '../src/mortal-stores.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

t.test(
  'the dead hear nothing of what they asked for, though it happens, and ask for nothing more',
  async (t) => {
    const clock = new VirtualClock()
    const stores = await openStores(':memory:', { clock, entropy: seededEntropy('mortal') })
    const { stores: lent, die } = mortalStores(stores)
    const bucket = { key: 'X', capacity: 5, refillMs: 1_000_000 }
    t.match(await clock.finish(lent.limits.take(bucket, 1)), { left: 4 })
    t.equal(lent.audit.idHash('x'), stores.audit.idHash('x'))
    let heard = 0
    const count = (): number => heard++
    lent.limits.take(bucket, 1).then(count, count)
    die()
    lent.limits.take(bucket, 1).then(count, count)
    lent.meta.relaySeed().then(count, count)
    await clock.runFor(10)
    t.equal(heard, 0)
    t.match(await clock.finish(stores.limits.take(bucket, 1)), { left: 2 }, 'one more was taken, not two')
    const closed = stores.close()
    await clock.runFor(1)
    await closed
  },
)

t.test('while they live they hear of failures too', async (t) => {
  const clock = new VirtualClock()
  const stores = await openStores(':memory:', { clock, entropy: seededEntropy('mortal') })
  const { stores: lent } = mortalStores(stores)
  const owner = { number: '15550001111', epoch: 1 }
  await t.rejects(clock.finish(lent.mail.take(owner, 1)), { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' })
})
