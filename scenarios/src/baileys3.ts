/**
 * Baileys 3.5.3, unmodified, led to a local relay by an agent whose connection is a plain socket (clients.md 2): its
 * code, its prototype and its address stay as they are. Adds what a story needs: events in order, waiting, a torn socket.
 */
import { once } from 'node:events'
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import { connect, type Socket } from 'node:net'
import type * as Baileys from '@adiwajshing/baileys'
import type { WAConnection, WAMessage } from '@adiwajshing/baileys'

/** The library as it is published; it is no ES module. */
export const library = createRequire(import.meta.url)('@adiwajshing/baileys') as typeof Baileys

const { WAConnection: Connection, MessageType } = library

/** What it keeps between two runs; text members only. */
export type Baileys3Credentials = ReturnType<WAConnection['base64EncodedAuthInfo']>

export interface Baileys3Event {
  readonly name: string
  readonly value: unknown
}

export interface Baileys3 {
  readonly connection: WAConnection
  /** Everything it emitted that a program would listen to, oldest first. */
  readonly events: readonly Baileys3Event[]
  /** Opens the connection; `scan` gets the text of every QR code it shows. */
  connect(scan?: (qr: string) => void): Promise<unknown>
  /** Resolves with the value of the next `name` event, or of one after `from` events that came already. */
  event(name: string, from?: number): Promise<unknown>
  /** Tears the TCP connection, without a word. */
  loseSocket(): void
  /** Texts of one chat as the program sees them, oldest first. */
  texts(jid: string): string[]
  /** Texts announced by chat-update and chats-update, in order, repetitions included. */
  announced(jid: string): string[]
  message(jid: string, id: string): WAMessage | null
  credentials(): Baileys3Credentials
  /** Ends the connection and frees its sockets; keeps the login. */
  stop(): void
}

const NOTED = [
  'open',
  'close',
  'qr',
  'ws-close',
  'connection-phone-change',
  'contacts-received',
  'chats-received',
  'initial-data-received',
  'chat-new',
  'chat-update',
  'chats-update',
  'contact-update',
  'blocklist-update',
  'group-update',
  'group-participants-update',
  'received-pong',
] as const

/** A plain socket where the client expects TLS: the local relay speaks plain WebSocket. */
class LocalAgent extends Agent {
  readonly opened: Socket[] = []
  readonly #port: number
  readonly #from: string

  constructor(port: number, from: string) {
    super({ keepAlive: false })
    this.#port = port
    this.#from = from
  }

  override createConnection(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: this.#from })
    this.opened.push(socket)
    return socket
  }
}

/**
 * A client for the relay at `serverUrl`, paired already where `saved` is given. Never reconnects by itself. `from` is
 * the address of loopback that it comes from.
 */
export function baileys3(serverUrl: string, saved?: Baileys3Credentials, from = '127.0.0.1'): Baileys3 {
  const port = Number(new URL(serverUrl).port)
  const agent = new LocalAgent(port, from)
  const fetchAgent = new LocalAgent(port, from) // uploads go to https, whatever listens there
  const connection = new Connection()
  const events: Baileys3Event[] = []
  connection.logger.level = 'silent'
  connection.autoReconnect = 0
  Object.assign(connection.connectOptions, {
    logQR: false,
    maxRetries: 1,
    connectCooldownMs: 200,
    agent,
    fetchAgent,
  })
  if (saved) connection.loadAuthInfo(saved)
  for (const name of NOTED) {
    connection.on(name as 'open', (value: unknown) => void events.push({ name, value }))
  }

  const messagesOf = (jid: string): WAMessage[] => connection.chats.get(jid)?.messages.all() ?? []

  return {
    connection,
    events,
    async connect(scan) {
      if (scan) connection.on('qr', scan)
      try {
        return await connection.connect()
      } finally {
        if (scan) connection.off('qr', scan)
      }
    },
    async event(name, from = events.length) {
      const known = events.slice(from).find((event) => event.name === name)
      if (known) return known.value
      const [value] = (await once(connection, name)) as [unknown]
      return value
    },
    loseSocket() {
      agent.opened.at(-1)?.destroy()
    },
    texts: (jid) => messagesOf(jid).map(textOf),
    announced: (jid) => events.flatMap(({ name, value }) => announcedIn(name, value, jid)).map(textOf),
    message: (jid, id) => messagesOf(jid).find((message) => message.key.id === id) ?? null,
    credentials: () => connection.base64EncodedAuthInfo(),
    stop() {
      if (connection.state !== 'close') connection.close()
      for (const socket of [...agent.opened, ...fetchAgent.opened]) socket.destroy()
    },
  }
}

/** Sends a text without looking for links in it; resolves after the answer of the relay. */
export function sendText(client: Baileys3, jid: string, text: string): Promise<WAMessage> {
  return client.connection.sendMessage(jid, text, MessageType.text, { detectLinks: false })
}

/** The text of a message, one that disappears included, or its content type in brackets. */
export function textOf(message: WAMessage): string {
  const content = message.message?.ephemeralMessage?.message ?? message.message
  return (
    content?.conversation || content?.extendedTextMessage?.text || `[${Object.keys(content ?? {}).join()}]`
  )
}

interface Update {
  readonly jid?: string
  readonly messages?: { all(): WAMessage[] }
}

function announcedIn(name: string, value: unknown, jid: string): WAMessage[] {
  if (name !== 'chat-update' && name !== 'chats-update' && name !== 'chat-new') return []
  const updates = (Array.isArray(value) ? value : [value]) as Update[]
  return updates.filter((update) => update.jid === jid).flatMap((update) => update.messages?.all() ?? [])
}
