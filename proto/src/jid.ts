/**
 * JIDs: addresses of people and groups, `user@server`. People have two spellings of the server, `c.us` in JSON and
 * `s.whatsapp.net` in nodes and protobuf; both mean the same (spec 20, trap 20).
 */
import { TetherError } from './errors.ts'

/** A JID in the canonical spelling, `s.whatsapp.net` for people. */
export type Jid = string & { readonly __brand: 'Jid' }

export interface JidParts {
  readonly user: string
  readonly server: Server
  /** Set for a linked device of a person. */
  readonly device?: number
}

const servers = ['s.whatsapp.net', 'g.us', 'broadcast'] as const
export type Server = (typeof servers)[number]

const SHAPE = /^([0-9A-Za-z.-]{1,64})(?::([0-9]{1,3}))?@([a-z.]+)$/

/** Where broadcast status updates go. */
export const STATUS_JID = 'status@broadcast' as Jid

/** Takes either spelling and gives the canonical one; throws TETHER_ERR_JID. */
export function parseJid(text: string): Jid {
  return formatParts(jidParts(text))
}

/** The parts of a JID in either spelling; throws TETHER_ERR_JID. */
export function jidParts(text: string): JidParts {
  const match = SHAPE.exec(text)
  if (match === null) throw new TetherError('TETHER_ERR_JID')
  const [, user, device, spelling] = match as unknown as [string, string, string | undefined, string]
  const server = servers.find((known) => known === (spelling === 'c.us' ? 's.whatsapp.net' : spelling))
  if (server === undefined) throw new TetherError('TETHER_ERR_JID')
  if (device === undefined) return { user, server }
  if (server !== 's.whatsapp.net' || Number(device) > 255) throw new TetherError('TETHER_ERR_JID')
  return { user, server, device: Number(device) }
}

export function isJid(text: string): boolean {
  try {
    jidParts(text)
    return true
  } catch {
    return false
  }
}

/** The JID of a person by number (digits with country code); throws TETHER_ERR_JID. */
export function jidOfNumber(number: string): Jid {
  if (!/^[0-9]{5,15}$/.test(number)) throw new TetherError('TETHER_ERR_JID')
  return `${number}@s.whatsapp.net` as Jid
}

/** The number of a person's JID; throws TETHER_ERR_JID for groups and others. */
export function numberOfJid(jid: string): string {
  const { user, server } = jidParts(jid)
  if (server !== 's.whatsapp.net' || !/^[0-9]{5,15}$/.test(user)) throw new TetherError('TETHER_ERR_JID')
  return user
}

/** The spelling that JSON messages use: `c.us` for people (spec 20). */
export function formatJsonJid(jid: Jid): string {
  return isUser(jid) ? `${jid.slice(0, -'s.whatsapp.net'.length)}c.us` : jid
}

/** Whether both texts name the same address, whatever their spelling; false for what is no JID. */
export function sameJid(a: string, b: string): boolean {
  return isJid(a) && isJid(b) && parseJid(a) === parseJid(b)
}

export function isUser(jid: string): boolean {
  return jid.endsWith('@s.whatsapp.net') || jid.endsWith('@c.us')
}

export function isGroup(jid: string): boolean {
  return jid.endsWith('@g.us')
}

export function isBroadcast(jid: string): boolean {
  return jid.endsWith('@broadcast')
}

function formatParts({ user, server, device }: JidParts): Jid {
  return `${user}${device === undefined ? '' : `:${device}`}@${server}` as Jid
}
