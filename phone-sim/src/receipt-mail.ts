/** One receipt as it travels: plain JSON in mail of kind `receipt` that the server may read (spec 11.3, 11.4). */
import { utf8, utf8Text } from 'proto/bytes'
import { TetherError } from 'proto/errors'
import { STATUS_JID } from 'proto/jid'
import { limit } from 'proto/limits'
import { findGroupJid } from './addresses.ts'
import type { Level } from './levels.ts'

export interface Receipt {
  /** Ids of messages, at most RECEIPT_IDS. */
  readonly ids: readonly string[]
  readonly level: Level
  /** Seconds since 1970 on the clock of the phone that sends it. */
  readonly t: number
  /** The group, or the stories, that the messages were written to; absent where that was the reader alone. */
  readonly chat?: string | undefined
}

/** Body of a receipt mail. Throws TETHER_ERR_BODY. */
export function parseReceipt(body: Uint8Array): Receipt {
  let value: Partial<Receipt> | null
  try {
    value = JSON.parse(utf8Text(body)) as Partial<Receipt> | null
  } catch (cause) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt', { cause })
  }
  const { ids, level, t, chat } = value ?? {}
  const idsFit =
    Array.isArray(ids) && ids.length <= limit('RECEIPT_IDS') && ids.every((id) => typeof id === 'string')
  if (
    !idsFit ||
    (level !== 'delivered' && level !== 'read' && level !== 'played') ||
    !Number.isSafeInteger(t) ||
    (chat !== undefined && chat !== STATUS_JID && findGroupJid(chat) === null)
  ) {
    throw new TetherError('TETHER_ERR_BODY', 'receipt')
  }
  return { ids, level, t: t!, ...(chat !== undefined && { chat }) }
}

export function formatReceipt({ ids, level, t, chat }: Receipt): Uint8Array {
  return utf8(JSON.stringify({ ids, level, t, chat }))
}
