/**
 * Who may come in: checks of the Host and Origin headers, shared by both HTTP programs. Host guards against DNS
 * rebinding, which needs a name; Origin guards against pages of other sites (spec 1.1). No I/O.
 */
import { TetherError } from './errors.ts'

export interface OriginRule {
  /** Exact origins: scheme, host and, unless it is the default, port. */
  readonly allowed: readonly string[]
  /** Whether a request without the header is refused; programs that are no browsers send none. */
  readonly required: boolean
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/
const IPV6 = /^\[[0-9a-f:.]*:[0-9a-f:.]*\]$/i
const PORT = /:\d{1,5}$/
/** What may stand around a value in a header; \s would be more. */
const AROUND = /^[ \t]+|[ \t]+$/g

/**
 * Passes IP addresses, `localhost` and the allowed names, with or without port, in any case; throws TETHER_ERR_HOST
 * for any other name and for a missing header. Not for /ws: legacy clients always send `web.whatsapp.com` there.
 */
export function checkHost(header: string | undefined, allowedNames: readonly string[]): void {
  const name = (header ?? '').replace(PORT, '').toLowerCase()
  if (name === 'localhost' || IPV4.test(name) || IPV6.test(name)) return
  if (name !== '' && allowedNames.some((allowed) => allowed.toLowerCase() === name)) return
  throw new TetherError('TETHER_ERR_HOST')
}

/**
 * Passes when one of the values is exactly an allowed origin. There can be several: sigalor's WebSocket library adds
 * one of its own, and HTTP stacks join them with commas. Throws TETHER_ERR_ORIGIN.
 */
export function checkOrigin(header: string | undefined, { allowed, required }: OriginRule): void {
  if (header === undefined) {
    if (required) throw new TetherError('TETHER_ERR_ORIGIN')
    return
  }
  const values = header.split(',').map((value) => value.replace(AROUND, ''))
  if (!values.some((value) => value !== '' && value !== 'null' && allowed.includes(value))) {
    throw new TetherError('TETHER_ERR_ORIGIN')
  }
}
