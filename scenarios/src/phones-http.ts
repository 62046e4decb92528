/** The HTTP side of the phones program, as a story about processes uses it. */
import { TetherError } from 'proto/errors'

export interface PhonesHttp {
  ask<T>(method: string, path: string, body?: object): Promise<T>
  /** Writes on a phone; the id of the message. */
  write(from: string, to: string, text: string): Promise<string>
  /** The newest messages of a chat, all that one request gives. */
  messages(number: string, other: string): Promise<readonly PhoneMessage[]>
}

export interface PhoneMessage {
  readonly id: string
  readonly fromMe: boolean
  readonly text: string
  readonly status: string
}

const MOST = 9_999

export const jidOf = (number: string): string => `${number}@s.whatsapp.net`

/** Rejects with TETHER_ERR_INTERNAL and the answer when it is none of 2xx. */
export function phonesHttp(url: string): PhonesHttp {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const said = (await answer.json()) as T
    if (!answer.ok) throw new TetherError('TETHER_ERR_INTERNAL', `${path}: ${JSON.stringify(said)}`)
    return said
  }
  return {
    ask,
    async write(from, to, text) {
      return (await ask<{ id: string }>('POST', `/phones/${from}/messages`, { to, text })).id
    },
    messages: (number, other) => ask('GET', `/phones/${number}/chats/${jidOf(other)}/messages?limit=${MOST}`),
  }
}
