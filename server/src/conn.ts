/** The JSON that opens a browser: Conn (spec 5.4) and the pushes after it (5.5). Every member in every full Conn. */
import { limit } from 'proto/limits'
import type { DeviceFacts } from 'proto/phone-link'
import { isOlder } from './client-version.ts'
import type { ServerConfig } from './config.ts'
import type { Tokens } from './login-tokens.ts'

export interface ConnParts {
  readonly number: string
  readonly facts: DeviceFacts
  readonly tokens: Tokens
  readonly ref: string
  readonly connected: boolean
  /** Base64 of 144 bytes; at pairing only (spec 5.4: a resuming client would try to derive keys from it). */
  readonly secret?: string
}

export function connPush({ number, facts, tokens, ref, connected, secret }: ConnParts): readonly unknown[] {
  return [
    'Conn',
    {
      ref,
      wid: `${number}@c.us`,
      connected,
      isResponse: 'false',
      serverToken: tokens.serverToken,
      browserToken: tokens.browserToken,
      clientToken: tokens.clientToken,
      lc: facts.lc,
      lg: facts.lg,
      locales: facts.locales,
      is24h: facts.is24h,
      ...(secret === undefined ? {} : { secret }),
      protoVersion: facts.protoVersion,
      binVersion: facts.binVersion,
      battery: facts.battery,
      plugged: facts.plugged,
      platform: facts.platform,
      features: { URL: true, FLAGS: 'EAE=' },
      phone: facts.phone,
      pushname: facts.pushname,
      tos: facts.tos,
    },
  ]
}

/** What the phone's return or a change of its data pushes (spec 6, Conn partial). */
export function partialConnPush(facts: DeviceFacts): readonly unknown[] {
  return [
    'Conn',
    {
      protoVersion: facts.protoVersion,
      binVersion: facts.binVersion,
      phone: facts.phone,
      pushname: facts.pushname,
      battery: facts.battery,
      plugged: facts.plugged,
    },
  ]
}

/** Whether a client of this version is older than the setting allows. */
export function isClientOutdated(
  version: readonly number[],
  { oldestClient }: Pick<ServerConfig, 'oldestClient'>,
): boolean {
  return oldestClient !== null && isOlder(version, oldestClient)
}

export interface AfterConn {
  /** The current version of clients. */
  readonly current: string
  readonly isOutdated: boolean
  /** Numbers. */
  readonly blocked: readonly string[]
}

/** s2 to s4 after Conn, as the real service had them (spec 5.5.3); an outdated page is told to load itself again. */
export function pushesAfterConn({
  current,
  isOutdated,
  blocked,
}: AfterConn): readonly (readonly unknown[])[] {
  return [
    ['Blocklist', { id: 1, blocklist: blocked.map((number) => `${number}@c.us`) }],
    ['Stream', 'update', isOutdated, current],
    [
      'Props',
      {
        bucket: '',
        gifSearch: 'none',
        SPAM: false,
        SET_BLOCK: true,
        MESSAGE_INFO: true,
        maxFileSize: 16,
        media: 64,
        maxSubject: limit('GROUP_SUBJECT_CHARS'),
        maxParticipants: limit('GROUP_MEMBERS'),
        videoMaxEdge: 960,
        imageMaxKBytes: 1024,
        imageMaxEdge: 1600,
      },
    ],
    ...(isOutdated ? [['Cmd', { type: 'update' }]] : []),
  ]
}
