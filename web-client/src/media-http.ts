/** Media over HTTP as the client needs it, on top of any fetch: the page's own, Node's, or one of a virtual world. */
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'

/** How far it is; the total is null while nobody has said it. */
export type Progress = (bytes: number, total: number | null) => void

export interface TransferOptions {
  /** Aborts; the transfer then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  readonly progress?: Progress
}

export interface MediaHttp {
  /** POST. Rejects with TETHER_ERR_PHONE_AWAY when the server gives no answer. */
  upload(
    path: string,
    body: Uint8Array,
    options?: TransferOptions,
  ): Promise<{ status: number; json: unknown }>
  /** GET, of a part with `range`. Rejects the same way, and with TETHER_ERR_TOO_LARGE beyond MEDIA_BYTES. */
  download(
    path: string,
    options?: TransferOptions & { readonly range?: { readonly first: number; readonly last: number } },
  ): Promise<{ status: number; bytes: Uint8Array }>
}

/** Who can tell how much of an upload has gone out tells `uploaded`; the platform's own fetch cannot. */
export type Fetch = (
  path: string,
  init?: RequestInit & { readonly uploaded?: (bytes: number) => void },
) => Promise<Response>

/** Of an upload at least the two ends are told. */
export function mediaHttp(fetch: Fetch): MediaHttp {
  return {
    async upload(path, body, { signal, progress } = {}) {
      progress?.(0, body.length)
      const headers = { 'content-type': 'application/octet-stream' }
      const uploaded =
        progress && ((bytes: number): void => progress(Math.min(bytes, body.length), body.length))
      const init = {
        ...{ method: 'POST', body: new Uint8Array(body), headers },
        ...(signal && { signal }),
        ...(uploaded && { uploaded }),
      }
      const response = await answered(() => fetch(path, init), signal)
      const json: unknown = await response.json().catch(() => null)
      if (response.ok) progress?.(body.length, body.length)
      return { status: response.status, json }
    },

    async download(path, { signal, progress, range } = {}) {
      const headers = range ? { range: `bytes=${range.first}-${range.last}` } : {}
      const response = await answered(() => fetch(path, { headers, ...(signal && { signal }) }), signal)
      const bytes = await answered(() => bytesOf(response, progress), signal)
      return { status: response.status, bytes }
    },
  }
}

async function bytesOf(response: Response, progress?: Progress): Promise<Uint8Array> {
  const length = response.headers.get('content-length')
  const total = length === null ? null : Number(length)
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = response.body?.getReader()
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    bytes += read.value.length
    if (bytes > limit('MEDIA_BYTES')) throw new TetherError('TETHER_ERR_TOO_LARGE', 'an answer of the server')
    chunks.push(read.value)
    if (response.ok) progress?.(bytes, total)
  }
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** What the network does is one error; what the caller wanted is its own. */
async function answered<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    signal?.throwIfAborted()
    return await ask()
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof TetherError) throw cause
    throw new TetherError('TETHER_ERR_PHONE_AWAY', 'the server cannot be reached', { cause })
  }
}
