/**
 * A program around Baileys 3.5.3 as somebody would write it who knows nothing of this project: it goes to the address
 * that is built in, by a proxy agent for what `https_proxy` says. Run as a process of its own; it tells its parent what
 * it sees, one message each, and does what the parent says.
 */
import { HttpsProxyAgent } from 'https-proxy-agent'
import type { WAMessage } from '@adiwajshing/baileys'
import { library, textOf } from './baileys3.ts'

/** What it tells. */
export interface Told {
  readonly event: 'qr' | 'open' | 'synced' | 'text' | 'sent' | 'document' | 'failed'
  readonly [member: string]: unknown
}

/** What it is told to do. */
export type Order =
  | { readonly do: 'send'; readonly jid: string; readonly text: string }
  | { readonly do: 'document'; readonly jid: string; readonly base64: string }
  | { readonly do: 'stop' }

const { WAConnection, MessageType } = library
const agent = new HttpsProxyAgent(process.env['https_proxy']!)
const connection = new WAConnection()
connection.logger.level = 'silent'
connection.autoReconnect = 0
Object.assign(connection.connectOptions, { logQR: false, maxRetries: 1, agent, fetchAgent: agent })

const tell = (told: Told): void => void process.send!(told)
const failed = (error: unknown): void => tell({ event: 'failed', error: String(error) })

connection.on('qr', (qr: string) => tell({ event: 'qr', qr }))
connection.on('initial-data-received', () => {
  const chats = connection.chats
    .all()
    .map(({ jid, messages }) => ({ jid, texts: messages.all().map(textOf) }))
  tell({ event: 'synced', chats })
})
connection.on('chat-update', ({ jid, messages }) => {
  for (const message of messages?.all() ?? [])
    if (!message.key.fromMe) tell({ event: 'text', jid, text: textOf(message) })
})
process.on('uncaughtException', failed)
process.on('unhandledRejection', failed)
process.on('message', (order: Order) => void obey(order).catch(failed))

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'send': {
      const sent = await connection.sendMessage(order.jid, order.text, MessageType.text, {
        detectLinks: false,
      })
      return tell({ event: 'sent', id: sent.key.id })
    }
    case 'document':
      return sendDocument(order.jid, Buffer.from(order.base64, 'base64'))
    case 'stop':
      connection.close()
      process.disconnect()
  }
}

/** Uploads, sends, and downloads again what the message says. */
async function sendDocument(jid: string, file: Buffer): Promise<void> {
  const sent: WAMessage = await connection.sendMessage(jid, file, MessageType.document, {
    mimetype: 'application/pdf',
    filename: 'seeds.pdf',
  })
  const back = await connection.downloadMediaMessage(sent)
  const { url } = sent.message!.documentMessage!
  tell({ event: 'document', id: sent.key.id, url, base64: back.toString('base64') })
}

connection.connect().then(({ user }) => tell({ event: 'open', jid: user.jid }), failed)
