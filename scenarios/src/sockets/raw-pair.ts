/** A phone and its browser over raw sockets, with the words of the protocol: registered, attached, paired, relaying. */
import { formatBase64, parseBase64 } from 'proto/base64'
import type { Entropy } from 'proto/entropy'
import {
  attachTranscript,
  encodeRelayFrame,
  RELAY_BINARY,
  RELAY_HEADER_BYTES,
  type LinkMessage,
  type RelayHeader,
} from 'proto/phone-link'
import { generateIdentity, signWithIdentity } from 'phone-sim/signal-crypto'
import { binary, rawFrame, text } from './raw-frame.ts'
import { RawSocket } from './raw-socket.ts'

type Members = Readonly<Record<string, unknown>>
type Identity = ReturnType<typeof generateIdentity>

export interface RawPhone {
  readonly number: string
  readonly identity: Identity
  readonly socket: RawSocket
}

export interface RawPair extends RawPhone {
  readonly browser: RawSocket
  /** How the phone addresses its browser. */
  readonly header: RelayHeader
}

export const CLIENT_ID = 'BXS7sQ82847FTYM9bvACUw=='
export const INIT = `1.--0,${JSON.stringify(['admin', 'init', [2, 2142, 12], ['Raw', 'Raw', '1.0'], CLIENT_ID, true])}`

/** Registers a number and attaches its phone. */
export async function rawPhone(port: number, number: string, entropy: Entropy): Promise<RawPhone> {
  const identity = await registerRaw(port, number, entropy)
  return attachRaw(port, { number, identity }, entropy)
}

/** Registers a number; its phone is not attached. */
export async function registerRaw(port: number, number: string, entropy: Entropy): Promise<Identity> {
  const identity = generateIdentity(entropy)
  await request(port, 'POST', '/v1/register', { number })
  const [sms] = (await request(port, 'GET', `/sim/sms/${number}`)) as { code: string }[]
  const identityKey = formatBase64(identity.publicKey)
  const person = { number, code: sms.code, identityKey, registrationId: 1, name: 'Raw' }
  await request(port, 'POST', '/v1/register/confirm', person)
  return identity
}

/** A new link of a phone that is registered. */
export async function attachRaw(
  port: number,
  phone: Pick<RawPhone, 'number' | 'identity'>,
  entropy: Entropy,
): Promise<RawPhone> {
  const socket = await RawSocket.open(port, '/phone')
  const welcome = await heard(socket, 'welcome')
  await attachOver(socket, welcome, phone, entropy)
  return { ...phone, socket }
}

/** Answers the welcome of a link, and tells of the device once it is attached. */
export async function attachOver(
  socket: RawSocket,
  { nonce: theirs, relayKey }: Members,
  { number, identity }: Pick<RawPhone, 'number' | 'identity'>,
  entropy: Entropy,
): Promise<void> {
  const nonce = entropy.bytes(32)
  const said = attachTranscript(parseBase64(String(theirs)), nonce, parseBase64(String(relayKey)), number)
  const signature = formatBase64(signWithIdentity(identity, said))
  tell(socket, { type: 'attach', version: 1, number, nonce: formatBase64(nonce), signature })
  await heard(socket, 'attached')
  tell(socket, { type: 'device', facts: FACTS })
}

/** A phone that has paired a browser; the hold after Conn is over. */
export async function rawPair(port: number, number: string, entropy: Entropy): Promise<RawPair> {
  const phone = await rawPhone(port, number, entropy)
  const browser = await RawSocket.open(port, '/ws')
  browser.write(text(INIT))
  await browser.until(() => browser.texts.length > 0)
  await answerPing(browser) // it has read so far: Conn may come
  const { ref } = JSON.parse(browser.texts[0].slice('1.--0,'.length)) as { ref: string }
  const secret = formatBase64(new Uint8Array(144))
  tell(phone.socket, { type: 'claimRef', id: 1, ref, clientId: CLIENT_ID, secret })
  const { connection, epoch } = (await heard(phone.socket, 'browser')) as {
    connection: number
    epoch: number
  }
  await browser.until(() => browser.texts.some((each) => each.startsWith('s1,')))
  const pair: RawPair = { ...phone, browser, header: { kind: RELAY_BINARY, connection, epoch, heard: 0 } }
  browser.write(binary('first,')) // the client has its keys: the hold is over
  await roundTrip(pair, 'first')
  return pair
}

/** A binary message under a tag from the browser to its phone and one back under it; the way back is awaited. */
export async function roundTrip(
  { socket, browser, header }: RawPair,
  tag: string,
  bytes = 300,
): Promise<void> {
  const message = Buffer.alloc(bytes, 0x61)
  message.write(`${tag},`)
  browser.write(binary(message))
  const isIt = (at: number) => (each: { opcode: number; payload: Buffer }) =>
    each.opcode === 2 && each.payload.indexOf(`${tag},`) === at
  await socket.until(() => socket.frames.some(isIt(RELAY_HEADER_BYTES)) || socket.ended !== null)
  socket.write(binary(encodeRelayFrame(header, message)))
  await browser.until(() => browser.frames.some(isIt(0)) || browser.ended !== null)
  if (browser.ended ?? socket.ended) throw new Error(`${tag} did not come back`)
  socket.frames = []
  browser.frames = []
}

/** Answers the ping that has come or comes next. */
async function answerPing(socket: RawSocket): Promise<void> {
  const ping = () => socket.frames.find(({ opcode }) => opcode === 9)
  await socket.until(() => ping() !== undefined || socket.ended !== null)
  socket.write(rawFrame({ opcode: 10, payload: ping()?.payload ?? '' }))
}

export function tell(socket: RawSocket, message: LinkMessage): void {
  socket.write(text(JSON.stringify(message)))
}

/** The first link message of this type, waited for. */
export async function heard(socket: RawSocket, type: string): Promise<Members> {
  const find = (): Members | undefined =>
    socket.texts.map((each) => JSON.parse(each) as Members).find((message) => message['type'] === type)
  await socket.until(() => find() !== undefined || socket.ended !== null)
  const message = find()
  if (!message) throw new Error(`the link ended before ${type}`)
  return message
}

async function request(port: number, method: string, path: string, body?: object): Promise<unknown> {
  const raw = await RawSocket.connect(port)
  const payload = body === undefined ? '' : JSON.stringify(body)
  const lines =
    body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${payload.length}\r\n`
  raw.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines}\r\n${payload}`)
  await raw.until(() => raw.statuses.length > 0)
  raw.destroy()
  if (raw.statuses[0] >= 300) throw new Error(raw.answer)
  return JSON.parse(raw.answer.slice(raw.answer.indexOf('\r\n\r\n') + 4)) as unknown
}

const FACTS = {
  pushname: 'Raw', battery: 50, plugged: true, platform: 'android', lc: 'US', lg: 'en', locales: 'en-US', is24h: true,
  tos: 0, protoVersion: [0, 17], binVersion: 10,
  phone: { wa_version: '1', mcc: '1', mnc: '1', os_version: '1', device_manufacturer: 'R', device_model: 'R', os_build_number: '1' },
} // prettier-ignore
