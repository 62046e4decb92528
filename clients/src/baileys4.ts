/**
 * Baileys 4.4.0's legacy socket, unmodified: the address is one of its own options, and uploads go through an agent
 * whose connection is a plain socket (clients.md 3). Adds what a story needs: events in order, QR codes, a torn socket.
 */
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import { connect, type Socket } from 'node:net'
import type * as Baileys from '@adiwajshing/baileys'
import type {
  BaileysEventMap,
  LegacyAuthenticationCreds,
  LegacySocketConfig,
  WAMessage,
} from '@adiwajshing/baileys'
import { pino } from 'pino'

/** The package itself: its protobuf types, enums and tools. */
export const library = createRequire(import.meta.url)('@adiwajshing/baileys') as typeof Baileys

export type Baileys4Socket = ReturnType<typeof library.makeWALegacySocket>
export type Baileys4Events = BaileysEventMap<LegacyAuthenticationCreds>
/** Its timers that are options, in milliseconds; what is not given keeps the value that a program would have. */
export type Baileys4Timers = Partial<
  Pick<
    LegacySocketConfig,
    'phoneResponseTimeMs' | 'expectResponseTimeout' | 'keepAliveIntervalMs' | 'connectTimeoutMs'
  >
>
/** What a program keeps between two runs, as text. */
export type Baileys4Credentials = string

export interface Baileys4Options {
  readonly saved?: Baileys4Credentials | undefined
  /** Gets the text of every QR code it shows. */
  readonly scan?: ((qr: string) => void) | undefined
  readonly timers?: Baileys4Timers | undefined
}

export interface Baileys4 {
  readonly socket: Baileys4Socket
  /** Values of all events of one name, oldest first. */
  all<Name extends keyof Baileys4Events>(name: Name): Baileys4Events[Name][]
  /** Warnings and errors of its own log, as it words them, but for the one about every changed contact (spec 10.3). */
  readonly complaints: readonly string[]
  readonly state: 'connecting' | 'open' | 'close'
  /** Why it closed, for the first time: a status code of its `DisconnectReason`. Null before that. */
  readonly closedWith: number | null
  /** Whether it is open and the last batch of the initial sync has come (spec 18.2). */
  readonly isSynced: boolean
  /** What it said of the phone, in order, repetitions left out. */
  readonly phoneStates: readonly boolean[]
  /** Messages announced by messages.upsert for one chat, in order, repetitions included. */
  announced(jid: string): WAMessage[]
  /** Messages that the sync brought for one chat, oldest first. */
  history(jid: string): WAMessage[]
  /** What messages.update said of the status of one message, in order. */
  statusesOf(id: string): number[]
  credentials(): Baileys4Credentials
  /** Tears the TCP connection, without a word. */
  loseSocket(): void
  /** Ends the connection; keeps the login. */
  stop(): void
}

const CONTACT_CHANGED = 'recv unknown action'

const EVENTS = [
  'connection.update',
  'creds.update',
  'chats.set',
  'messages.set',
  'contacts.set',
  'chats.upsert',
  'chats.update',
  'chats.delete',
  'presence.update',
  'contacts.upsert',
  'contacts.update',
  'messages.delete',
  'messages.update',
  'messages.upsert',
  'messages.reaction',
  'message-receipt.update',
  'groups.upsert',
  'groups.update',
  'group-participants.update',
  'blocklist.set',
  'blocklist.update',
] as const satisfies readonly (keyof Baileys4Events)[]

/** A plain socket where the client expects TLS: uploads always name https (spec 16.2), the local server speaks http. */
class LocalAgent extends Agent {
  override createConnection(options: {
    readonly host?: string | null
    readonly port?: number | string | null
  }): Socket {
    return connect(Number(options.port), options.host ?? '127.0.0.1')
  }
}

/** Connects to the relay at `serverUrl` at once. Never connects again: a program makes a new one. */
export function baileys4(serverUrl: string, { saved, scan, timers }: Baileys4Options = {}): Baileys4 {
  const complaints: string[] = []
  const log = {
    write: (line: string) => {
      const { msg = line } = JSON.parse(line) as { msg?: string }
      if (msg !== CONTACT_CHANGED) complaints.push(msg)
    },
  }
  const socket = library.makeWALegacySocket({
    waWebSocketUrl: `${serverUrl.replace('http', 'ws')}/ws`,
    logger: pino({ level: 'warn' }, log),
    fetchAgent: new LocalAgent(),
    ...timers,
    ...(saved === undefined ? {} : { auth: parsed(saved) }),
  })
  const events: { readonly name: string; readonly value: unknown }[] = []
  let lastCame = false
  for (const name of EVENTS) socket.ev.on(name, (value: unknown) => void events.push({ name, value }))
  socket.ev.on('connection.update', ({ qr }) => {
    if (qr !== undefined) scan?.(qr)
  })
  socket.ws.on('CB:action,last:true', () => (lastCame = true))

  const all = <Name extends keyof Baileys4Events>(name: Name) =>
    events.filter((event) => event.name === name).map(({ value }) => value as Baileys4Events[Name])
  const ofChat = (jid: string) => (message: WAMessage) => message.key.remoteJid === jid

  return {
    socket,
    all,
    complaints,
    get state() {
      return socket.state.connection
    },
    get closedWith() {
      const update = all('connection.update').find(({ connection }) => connection === 'close')
      return update ? statusOf(update.lastDisconnect?.error) : null
    },
    get isSynced() {
      return lastCame && socket.state.connection === 'open'
    },
    get phoneStates() {
      const states = all('connection.update').flatMap(({ legacy }) => (legacy ? [legacy.phoneConnected] : []))
      return states.filter((state, index) => state !== states[index - 1])
    },
    announced: (jid) => all('messages.upsert').flatMap(({ messages }) => messages.filter(ofChat(jid))),
    // each batch and their order go from new to old
    history: (jid) =>
      all('messages.set')
        .flatMap(({ messages }) => messages.filter(ofChat(jid)))
        .reverse(),
    statusesOf: (id) =>
      all('messages.update')
        .flat()
        .flatMap(({ key, update }) => (key.id === id && update.status ? [update.status] : [])),
    credentials: () => JSON.stringify(socket.authInfo, library.BufferJSON.replacer),
    loseSocket: () => socket.ws.terminate(),
    stop: () => socket.end(undefined),
  }
}

/** The text of a message, or its content type in brackets. A text that is absent reads as an empty one. */
export function textOf({ message }: WAMessage): string {
  return (
    [message?.conversation, message?.extendedTextMessage?.text].find(Boolean) ??
    `[${Object.keys(message ?? {}).join()}]`
  )
}

/** The content of a message as bytes of its protobuf, for comparing. */
export function contentOf({ message }: WAMessage): Buffer {
  return Buffer.from(library.proto.Message.encode(library.proto.Message.fromObject(message ?? {})).finish())
}

/** The status code in an error that it reports or throws; 0 when there is none. */
export function statusOf(error: unknown): number {
  return (error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode ?? 0
}

/** The status code with which a call is refused; null when it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<number | null> {
  try {
    await call
    return null
  } catch (error) {
    return statusOf(error)
  }
}

function parsed(saved: Baileys4Credentials): LegacyAuthenticationCreds {
  return JSON.parse(saved, library.BufferJSON.reviver) as LegacyAuthenticationCreds
}
