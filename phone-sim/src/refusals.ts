/** How the phones' HTTP side says no: every failure becomes {code, message} with a status. */
import type { FastifyError } from 'fastify'
import { errors, TetherError, type ErrorCode } from 'proto/errors'

export interface Refusal {
  readonly status: number
  readonly body: { readonly code: ErrorCode; readonly message: string }
}

const INTERNAL = 500

/** The answer to any thrown value. What is not ours is told without its message, which could hold anything. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof TetherError) {
    const { status, fault } = error.row
    return refusal(status ?? (fault === 'remote' ? 400 : INTERNAL), error.code, error.message)
  }
  const { statusCode, validation, message } = error as Partial<FastifyError>
  if (validation) return refusal(400, 'TETHER_ERR_BODY', message)
  if (statusCode === 413) return refusal(413, 'TETHER_ERR_TOO_LARGE')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < INTERNAL) {
    return refusal(statusCode, 'TETHER_ERR_BODY', message)
  }
  return refusal(INTERNAL, 'TETHER_ERR_INTERNAL')
}

function refusal(status: number, code: ErrorCode, message: string = errors[code].about): Refusal {
  return { status, body: { code, message } }
}
