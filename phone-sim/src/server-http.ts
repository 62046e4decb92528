/** The server's HTTP side as a phone calls it: registration and media. Any status is an answer; only silence is an error. */
import { codeOf, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { ServerRequest } from './account.ts'

const BYTES = 'application/octet-stream'

/**
 * Calls the server at `url`. Rejects with TETHER_ERR_PHONE_AWAY when there is no answer, and with TETHER_ERR_TOO_LARGE
 * when it is longer than anything the server should send.
 */
export function serverHttp(url: string): ServerRequest {
  return async (method, path, body) => {
    try {
      const response = await fetch(url + path, {
        method,
        ...contentOf(body),
        redirect: 'error',
        signal: AbortSignal.timeout(limit(path.startsWith('/mms/') ? 'MEDIA_REQUEST_MS' : 'HTTP_REQUEST_MS')),
      })
      const bytes = await bytesOf(response)
      const isBytes = response.headers.get('content-type') === BYTES
      return { status: response.status, body: isBytes ? bytes : parseJson(new TextDecoder().decode(bytes)) }
    } catch (cause) {
      if (codeOf(cause) === 'TETHER_ERR_TOO_LARGE') throw cause
      throw new TetherError('TETHER_ERR_PHONE_AWAY', 'the server cannot be reached', { cause })
    }
  }
}

function contentOf(body: unknown): Pick<RequestInit, 'body' | 'headers'> {
  if (body === undefined) return {}
  if (body instanceof Uint8Array) return { body: Buffer.from(body), headers: { 'content-type': BYTES } }
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > limit('MEDIA_BYTES')) throw new TetherError('TETHER_ERR_TOO_LARGE', 'an answer of the server')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
