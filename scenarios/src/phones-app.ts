/** The HTTP side of the phones program over the phones of a world in virtual time, without a socket. */
import type { World } from 'harness'
import { buildApp } from 'phone-sim/app'
import { TetherError } from 'proto/errors'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface PhonesApp {
  /** Time goes on until the answer is there, as a phone may have to ask the server. `payload`: sent as JSON, as it is. */
  ask(
    method: Method,
    url: string,
    payload?: string,
  ): Promise<{ readonly statusCode: number; readonly body: string }>
}

/** `t`: when it is over, the app is closed. */
export async function phonesAppOf(
  t: { teardown(task: () => Promise<void>): void },
  { phones, meters, clock, pass }: Pick<World, 'phones' | 'meters' | 'clock' | 'pass'>,
): Promise<PhonesApp> {
  const app = await buildApp({
    phones: {
      meters,
      list: () => [...phones],
      find: (number) => phones.find((phone) => phone.number === number) ?? null,
      create: () => Promise.reject(new TetherError('TETHER_ERR_STATE', 'the world makes its phones')),
      subscribe: () => () => undefined,
    },
    clock,
    allowedHosts: [],
  })
  t.teardown(() => app.close())
  return {
    async ask(method, url, payload) {
      const headers = { host: 'localhost', ...(payload && { 'content-type': 'application/json' }) }
      let isThere = false
      const asked = app
        .inject({ method, url, headers, ...(payload && { payload }) })
        .finally(() => (isThere = true))
      while (!isThere) await pass(1)
      return asked
    },
  }
}
