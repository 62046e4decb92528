/**
 * `fetch`, except that an upload whose sender wants to know how far it is goes by XMLHttpRequest: fetch does not tell.
 */
import type { Fetch } from '../media-http.ts'

export const uploadFetch: Fetch = (path, init = {}) => {
  const { uploaded, ...plain } = init
  return uploaded === undefined ? fetch(path, plain) : upload(path, plain, uploaded)
}

function upload(
  path: string,
  { method = 'POST', headers, body, signal }: RequestInit,
  uploaded: (bytes: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = (): void => request.abort()
    request.upload.onprogress = ({ loaded }) => uploaded(loaded)
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
    request.onerror = () => reject(new TypeError('the server cannot be reached'))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    signal?.addEventListener('abort', stop)
    request.open(method, path)
    new Headers(headers).forEach((value, name) => request.setRequestHeader(name, value))
    request.send(body instanceof Uint8Array ? new Uint8Array(body) : null)
  })
}
