/** The part of the phones' HTTP side that is for the demo. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Clock } from 'proto/clock'
import { describe } from './route-schema.ts'

const ResetBody = Type.Object({ ms: Type.Integer({ description: 'how long it took' }) })

/** `reset` puts the cast back to where it started; one at a time. */
export function addDemoRoutes(app: FastifyInstance, clock: Clock, reset: () => Promise<void>): void {
  let running: Promise<void> | null = null
  app.post(
    '/demo/reset',
    describe('puts Alice and Bob back to where they started', { answer: ResetBody }),
    async () => {
      const from = clock.now()
      running ??= reset().finally(() => (running = null))
      await running
      return { ms: clock.now() - from }
    },
  )
}
