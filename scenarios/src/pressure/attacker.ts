/**
 * A process of attackers: `attacker.js NAME PORT COUNT`. They run elsewhere in reality, so here they leave the processors
 * to the relay and to those who measure it. Says when all of them are at it, and what they have done when asked.
 */
import { constants, setPriority } from 'node:os'
import { seededEntropy } from 'proto/entropy'
import { attacks, type AttackName } from './attacks.ts'

const [name, port, count] = process.argv.slice(2)
const done: Record<string, number> = {}
setPriority(constants.priority.PRIORITY_LOW)
process.on('disconnect', () => process.exit(0))
process.on('message', () => process.send!({ type: 'done', done }))
await attacks[name as AttackName]({
  port: Number(port),
  count: Number(count),
  entropy: seededEntropy(`attack ${name}`),
  done,
})
process.send!({ type: 'begun' })
