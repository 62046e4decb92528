/** The app over phones that are still to be made, as programs meet it: Host and Origin, status and body. */
import type { FastifyInstance } from 'fastify'
import { seededEntropy } from 'proto/entropy'
import type { Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { Phones } from '../src/phones.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock, turns } from './test-clock.ts'

export const HOST = 'localhost:8081'

export interface Here {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly phones: Phones
  readonly relay: RelayDouble
  ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }>
}

/** The app over real phones whose server is the double. */
export async function startApp(t: Test): Promise<Here> {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const phones = new Phones({
    folder: null,
    passphrase: 'test',
    clock,
    entropy: seededEntropy('app test'),
    connect: relay.connect,
    server: relay.http,
  })
  const app = await buildApp({ phones, clock, allowedHosts: ['phones.example'] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  return {
    app,
    clock,
    phones,
    relay,
    async ask(method, url, body) {
      const response = await app.inject({ method, url, headers: { host: HOST }, ...(body && { body }) })
      return { status: response.statusCode, body: response.json<unknown>() }
    },
  }
}

/** Asks until the answer is as wanted; input flows in between. */
export async function eventually<T>(
  ask: () => Promise<{ body: unknown }>,
  isSo: (body: T) => boolean,
): Promise<T> {
  for (let turn = 0; turn < 1_000; turn++) {
    const body = (await ask()).body as T
    if (isSo(body)) return body
    await turns(1)
  }
  throw new Error('did not come about')
}
