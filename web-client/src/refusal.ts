/** What an answer without success means: from a status of the server or the phone to the code of an error (spec 13 to 15). */
import { type ErrorCode, TetherError } from 'proto/errors'
import type { Answer } from './connection.ts'

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'TETHER_ERR_GROUP_MEMBER',
  403: 'TETHER_ERR_CONSENT_DENIED',
  404: 'TETHER_ERR_NOT_FOUND',
  413: 'TETHER_ERR_TOO_LARGE',
  429: 'TETHER_ERR_LIMIT',
  503: 'TETHER_ERR_PHONE_AWAY',
}

/** TETHER_ERR_BODY for a status that nobody expects here, or none. `others` are read before the common ones. */
export function refusal(
  status: number | null,
  others: Readonly<Record<number, ErrorCode>> = {},
): TetherError {
  const code = status === null ? undefined : (others[status] ?? codes[status])
  return new TetherError(code ?? 'TETHER_ERR_BODY', `answered with ${status}`)
}

/** The JSON of a good answer. Throws the code of a refusal, and TETHER_ERR_BODY for a node. */
export function goodJson(answer: Answer): Readonly<Record<string, unknown>> {
  if ('node' in answer) throw new TetherError('TETHER_ERR_BODY', 'a node where JSON was asked for')
  if (answer.status !== 200) throw refusal(answer.status)
  return answer.json
}
