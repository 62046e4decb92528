/** What the JSON pushes of the server change in the chats: receipts and presence. Spec 6, 11.3. */
import { personJid } from './address.ts'
import type { Chats, Typing } from './chats.ts'
import { objectOf, textOf } from './conn.ts'
import { statusOfAck } from './message.ts'
import { findRow } from './row.ts'

type Json = Readonly<Record<string, unknown>>

/** Takes one push; names without a row are for other clients. `arrived` is told the ids that the server has. */
export function takePush(
  name: string,
  body: readonly unknown[],
  chats: Chats,
  arrived: (id: string) => void,
): void {
  findRow(pushes, name)?.(objectOf(body[1]), chats, arrived)
}

const pushes: Readonly<Record<string, (json: Json, chats: Chats, arrived: (id: string) => void) => void>> = {
  Msg(json, chats, arrived) {
    const status = statusOfAck(json.ack)
    const to = textOf(json.to)
    if (status === null || to === null) return
    const ids: readonly unknown[] = Array.isArray(json.id) ? json.id : [json.id]
    for (const id of ids) {
      if (typeof id !== 'string') continue
      chats.raiseStatus(to, id, status)
      arrived(id)
    }
  },
  MsgInfo(json, chats) {
    const status = statusOfAck(json.ack)
    const [to, reader] = [textOf(json.to), textOf(json.participant)]
    if (status === null || to === null || reader === null) return
    const ids: readonly unknown[] = Array.isArray(json.id) ? json.id : [json.id]
    for (const id of ids) if (typeof id === 'string') chats.reach(to, id, personJid(reader), status)
  },
  Presence(json, chats) {
    const id = textOf(json.id)
    if (id !== null) chats.change(personJid(id), { typing: findRow(typing, textOf(json.type) ?? '') ?? null })
  },
}

const typing: Readonly<Record<string, Typing>> = { composing: 'composing', recording: 'recording' }
