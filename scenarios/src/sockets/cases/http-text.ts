/** HTTP requests as text, right or wrong. */

/** A request of these lines, with the empty line behind them. */
export function http(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

const JSON_LINES = ['POST /v1/register HTTP/1.1', 'Host: localhost', 'Content-Type: application/json']

/** Asks for a code, with further lines and whatever body. */
export function register(body: string, ...lines: readonly string[]): string {
  return http(...JSON_LINES, ...lines) + body
}

export const HEALTH = http('GET /healthz HTTP/1.1', 'Host: localhost')

/** Each byte by itself. */
export function singly(bytes: string | Uint8Array): Uint8Array[] {
  return Array.from(Buffer.from(bytes), (byte) => Uint8Array.of(byte))
}
