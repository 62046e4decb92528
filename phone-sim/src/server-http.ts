/** The server's HTTP side as a phone calls it: registration. Any status is an answer; only silence is an error. */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'

export interface ServerAnswer {
  readonly status: number
  /** Parsed JSON; null when the body is not JSON. */
  readonly body: unknown
}

export type CallServer = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<ServerAnswer>

/** Calls the server at `url`. Rejects with TETHER_ERR_PHONE_AWAY when there is no answer. */
export function serverHttp(url: string): CallServer {
  return async (method, path, body) => {
    try {
      const response = await fetch(url + path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        redirect: 'error',
        signal: AbortSignal.timeout(limit('HTTP_REQUEST_MS')),
      })
      return { status: response.status, body: parseJson(await response.text()) }
    } catch (cause) {
      throw new TetherError('TETHER_ERR_PHONE_AWAY', 'the server cannot be reached', { cause })
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
