/** A process that deposits mail and prints each acknowledged counter until it is killed. */
import { writeSync } from 'node:fs'
import { seededEntropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import { openStores } from '../src/store-sqlite.ts'
import { recipients } from './mail-recipients.ts'
import { alice, attach, mailTo } from './stores-contract.ts'

const AT_ONCE = 8
const stores = await openStores(process.argv[2] ?? '', {
  clock: realClock,
  entropy: seededEntropy('depositor'),
})
const { owner, lastSent } = await attach(stores, alice)
for (let n = lastSent; ; n += AT_ONCE) {
  const sends = Array.from({ length: AT_ONCE }, async (_, i) => {
    const result = await stores.mail.deposit(
      owner,
      mailTo(recipients[(n + i) % recipients.length], n + i + 1),
    )
    if (result.kind !== 'stored') throw new Error(`${n + i + 1}: ${result.kind}`)
    print(`${n + i + 1}\n`)
  })
  await Promise.all(sends)
  await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Writes now; a full pipe is waited for. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}
