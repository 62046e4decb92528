/**
 * The server's side of phone-link.ts, in memory and honest: every message is checked against its schema, signatures
 * are verified, mail is stored once and in order. A test can cut links, lose acknowledgements and look at everything.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { formatBase64, parseBase64 } from 'proto/base64'
import { every } from 'proto/clock'
import { codeOf, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Link } from 'proto/link'
import { parseLinkMessage } from 'proto/link-message'
import {
  attachTranscript,
  decodeRelayFrame,
  encodeRelayFrame,
  LINK_VERSION,
  type LinkBody,
  type LinkMessage,
  relayTranscript,
  RELAY_BINARY,
  RELAY_TEXT,
} from 'proto/phone-link'
import { verifyXeddsa } from 'proto/signature'
import type { ServerRequest } from '../src/account.ts'
import type { BrowserDouble } from './browser-double.ts'
import { GroupDouble } from './group-double.ts'
import { linkPair } from './link-pair.ts'
import { MediaDouble } from './media-double.ts'
import type { TestClock } from './test-clock.ts'

type Prekey = { id: number; key: string }
type Delivery = LinkBody<'delivery'>

export class PhoneAccount {
  readonly number: string
  identityKey = ''
  registrationId = 0
  signedPrekey: { id: number; key: string; signature: string } | null = null
  prekeys: Prekey[] = []
  lastSent = 0
  lastSeq = 0
  mailbox: Delivery[] = []
  logins: string[] = []
  link: Link | null = null
  attached = false
  facts: unknown = null
  readonly pongs: number[] = []
  readonly refusedJudges: number[] = []
  about = ''
  business: unknown = null
  blocked: string[] = []
  readonly pictures: LinkBody<'picture'>[] = []
  readonly rosters: LinkBody<'roster'>[] = []
  constructor(number: string) {
    this.number = number
  }
}

export class RelayDouble {
  readonly clock: TestClock
  readonly accounts = new Map<string, PhoneAccount>()
  readonly codes = new Map<string, string>()
  readonly refs = new Map<string, BrowserDouble>()
  readonly browsers = new Map<number, BrowserDouble>()
  /** Everything phones ever sent as text, for searches. */
  readonly heard: LinkMessage[] = []
  readonly presences: LinkBody<'presence'>[] = []
  readonly drops: { connection: number; reason: string }[] = []
  readonly judged: boolean[] = []
  /** What the next answer to an address book says. */
  pictureChanges: { of: string; tag: string }[] = []
  pictureRevision = 0
  readonly media = new MediaDouble()
  readonly groups = new GroupDouble(
    (to, mail) => {
      if (this.accounts.has(to)) this.post(to, mail)
    },
    () => Math.floor(this.clock.now() / 1000),
  )
  /** Where the links of phones come from; browsers are at 10.0.0.9. */
  phoneAddress = '10.0.0.7'
  reachable = true
  /** Set to drop `mailed` on its way to the phone. */
  loseMailed = false
  /** Set: all mail is refused until so many milliseconds later. */
  refuseMailMs: number | null = null
  /** Set to lose what phones send to browsers. */
  loseRelayed = false
  /** Set to send no heartbeats. */
  silent = false
  /** Set to leave requests without a reply. */
  mute: ReadonlySet<string> = new Set()
  relayKey: { privateKey: KeyObject; raw: Uint8Array }
  /** The key in `welcome`, when it is another. */
  impostor = false
  #logins = 0
  #judges = 0

  constructor(clock: TestClock) {
    this.clock = clock
    this.relayKey = ed25519()
  }

  http: ServerRequest = async (method, path, body) => {
    if (!this.reachable) throw new TetherError('TETHER_ERR_PHONE_AWAY', 'unreachable')
    if (path.startsWith('/mms/')) return this.media.answer(method, path, body)
    const given = (body ?? {}) as Record<string, string>
    if (method === 'GET') {
      const number = path.split('/').at(-1)!
      return { status: 200, body: [{ number, code: this.codes.get(number), text: '', at: 0 }] }
    }
    if (path === '/v1/register') {
      this.codes.set(given['number'], '123456')
      return { status: 202, body: { number: given['number'], digits: 6, expiresInMs: 600_000 } }
    }
    const number = given['number']
    if (given['code'] !== this.codes.get(number))
      return { status: 403, body: { code: 'TETHER_ERR_SMS_CODE', message: '' } }
    const account = new PhoneAccount(number)
    account.identityKey = given['identityKey']!
    account.registrationId = Number(given['registrationId'])
    this.accounts.set(number, account)
    return {
      status: 201,
      body: { jid: `${number}@s.whatsapp.net`, relayKey: formatBase64(this.relayKey.raw) },
    }
  }

  connect = async (): Promise<Link> => {
    if (!this.reachable) throw new TetherError('TETHER_ERR_PHONE_AWAY', 'unreachable')
    const [near, far] = linkPair()
    this.#serve(far)
    return near
  }

  account(number: string): PhoneAccount {
    return this.accounts.get(number)!
  }

  send(number: string, message: LinkMessage): void {
    const account = this.accounts.get(number)
    if (account?.attached) account.link!.send(JSON.stringify(message))
  }

  /** Cuts the link of a phone without a word. */
  cut(number: string): void {
    const account = this.account(number)
    account.attached = false
    account.link?.close(1006, 'cut')
    account.link = null
  }

  /** Puts mail into a mailbox as the switch does, or as a forger would. */
  post(
    to: string,
    mail: { from: string; mail: string; kind: 'prekey' | 'whisper' | 'receipt' | 'notice'; body: string },
  ): void {
    const account = this.account(to)
    const delivery = { seq: ++account.lastSeq, ...mail, at: this.clock.now() }
    account.mailbox.push(delivery)
    this.send(to, { type: 'delivery', ...delivery })
  }

  open(browser: BrowserDouble, resumed: boolean): void {
    this.browsers.set(browser.connection, browser)
    const { connection, epoch, login, number, received } = browser
    this.send(number, { type: 'browser', connection, epoch, login, resumed, received })
  }

  closeBrowser(browser: BrowserDouble): void {
    this.browsers.delete(browser.connection)
    this.send(browser.number, { type: 'browserGone', connection: browser.connection, reason: 'closed' })
  }

  toPhone(
    browser: BrowserDouble,
    message: Uint8Array,
    kind: typeof RELAY_BINARY | typeof RELAY_TEXT = RELAY_BINARY,
  ): void {
    const { connection, epoch, number, received: heard } = browser
    const account = this.account(number)
    if (account.attached) account.link!.send(encodeRelayFrame({ kind, connection, epoch, heard }, message))
  }

  judge(number: string, login: string, challenge: Uint8Array, answer: Uint8Array): void {
    const id = ++this.#judges
    this.send(number, {
      type: 'judge',
      id,
      login,
      challenge: formatBase64(challenge),
      answer: formatBase64(answer),
    })
  }

  #serve(link: Link): void {
    const nonce = new Uint8Array(32).fill(7)
    const key = this.impostor ? ed25519() : this.relayKey
    let account: PhoneAccount | null = null
    const beat = every(this.clock, limit('PHONE_HEARTBEAT_MS'), () => {
      if (!this.silent && account) link.send(JSON.stringify({ type: 'heartbeat' }))
    })
    link.open({
      frame: (frame) => {
        if (typeof frame !== 'string') {
          this.#relay(account!, frame)
          return
        }
        const message = parseLinkMessage(frame, 'phone')
        this.heard.push(message)
        if (message.type !== 'attach') {
          this.#handle(account!, message)
          return
        }
        account = this.#attach(link, message, nonce, key)
      },
      close: () => {
        beat.cancel()
        if (account?.link === link) account.attached = false
      },
    })
    link.send(
      JSON.stringify({
        type: 'welcome',
        version: LINK_VERSION,
        nonce: formatBase64(nonce),
        relayKey: formatBase64(key.raw),
      }),
    )
  }

  #attach(
    link: Link,
    body: LinkBody<'attach'>,
    nonce: Uint8Array,
    key: RelayDouble['relayKey'],
  ): PhoneAccount | null {
    const account = this.accounts.get(body.number)
    const transcript = attachTranscript(nonce, parseBase64(body.nonce), key.raw, body.number)
    if (
      !account ||
      !verifyXeddsa(parseBase64(account.identityKey), transcript, parseBase64(body.signature))
    ) {
      link.send(JSON.stringify({ type: 'refused', code: 'TETHER_ERR_PHONE_AUTH', message: 'no' }))
      link.close(4401, 'no')
      return null
    }
    account.link?.close(4409, 'replaced')
    account.link = link
    account.attached = true
    const proof = sign(null, relayTranscript(nonce, parseBase64(body.nonce), body.number), key.privateKey)
    this.send(body.number, {
      type: 'attached',
      proof: formatBase64(proof),
      lastSent: account.lastSent,
      prekeys: account.prekeys.length,
      signedPrekeyId: account.signedPrekey?.id ?? 0,
      logins: [...account.logins],
      waiting: account.mailbox.at(-1)?.seq ?? 0,
      groups: this.groups.of(body.number),
      blocked: [...account.blocked],
    })
    for (const delivery of account.mailbox) this.send(body.number, { type: 'delivery', ...delivery })
    for (const browser of this.browsers.values()) if (browser.number === body.number) this.open(browser, true)
    return account
  }

  #relay(account: PhoneAccount, frame: Uint8Array): void {
    const { header, message } = decodeRelayFrame(frame)
    const browser = this.browsers.get(header.connection)
    if (browser?.number !== account.number || browser.epoch !== header.epoch || this.loseRelayed) return
    browser.received += 1
    browser.receive(new Uint8Array(message), header.kind === RELAY_TEXT)
  }

  #handle(account: PhoneAccount, message: LinkMessage): void {
    if ('id' in message && message.type !== 'reply' && this.mute.has(message.type)) return
    switch (message.type) {
      case 'device':
        account.facts = message.facts
        return
      case 'presence':
        return void this.presences.push(message)
      case 'pong':
        return void account.pongs.push(message.probe)
      case 'reply':
        return void this.judged.push((message.ok as { fits: boolean }).fits)
      case 'push': {
        const browser = this.browsers.get(message.connection)
        if (!browser || this.loseRelayed) return
        browser.received += 1
        return browser.push(message.body)
      }
      case 'resume':
        if (message.received === null) this.browsers.get(message.connection)!.received = 0
        return
      case 'taken':
        account.mailbox = account.mailbox.filter(({ seq }) => seq > message.seq)
        return
      case 'mail': {
        this.#mail(account, message)
        return
      }
      case 'publish':
      case 'bundle':
      case 'lookRef':
      case 'claimRef':
      case 'mediaAuth':
      case 'unpair':
      case 'about':
      case 'picture':
      case 'business':
      case 'block':
      case 'groupCreate':
      case 'groupChange':
      case 'groupFacts':
      case 'groupJoin':
      case 'groupInvite':
      case 'roster': {
        this.#reply(account, message)
        return
      }
      default:
    }
  }

  #reply(account: PhoneAccount, message: LinkMessage & { id: number }): void {
    const { id } = message
    try {
      this.send(account.number, { type: 'reply', id, ok: this.#answer(account, message) })
    } catch (error) {
      this.send(account.number, { type: 'reply', id, error: { code: codeOf(error), message: 'no' } })
    }
    if (message.type === 'claimRef')
      this.open(
        [...this.browsers.values(), ...this.refs.values()].find((b) => b.ref === message.ref)!,
        false,
      )
  }

  #answer(account: PhoneAccount, message: LinkMessage): unknown {
    switch (message.type) {
      case 'publish': {
        if (message.signedPrekey) account.signedPrekey = message.signedPrekey
        for (const prekey of message.prekeys) {
          if (!account.prekeys.some(({ id }) => id === prekey.id)) account.prekeys.push(prekey)
        }
        return { stock: account.prekeys.length }
      }
      case 'bundle': {
        const target = this.accounts.get(message.number)
        if (!target?.signedPrekey) throw new TetherError('TETHER_ERR_ACCOUNT_UNKNOWN')
        const { registrationId, identityKey, signedPrekey } = target
        const prekey = target.prekeys.shift()
        return { registrationId, identityKey, signedPrekey, ...(prekey && { prekey }) }
      }
      case 'mediaAuth':
        return { auth: this.media.grant(), ttlS: 300 }
      case 'lookRef': {
        const browser = this.refs.get(message.ref)
        if (browser?.clientId !== message.clientId) throw new TetherError('TETHER_ERR_REF_UNKNOWN')
        return {
          browser: ['Double', 'Test', '1'],
          version: [0, 1],
          address: '10.0.0.9',
          userAgent: 'test',
          connectedAt: 1,
          phoneAddress: this.phoneAddress,
        }
      }
      case 'claimRef': {
        const browser = this.refs.get(message.ref)
        if (!browser) throw new TetherError('TETHER_ERR_REF_USED')
        this.refs.delete(message.ref)
        browser.claimed(account.number, `login-${++this.#logins}`, parseBase64(message.secret))
        this.browsers.set(browser.connection, browser)
        account.logins.push(browser.login)
        return { login: browser.login, connection: browser.connection, epoch: browser.epoch }
      }
      case 'groupCreate':
        return this.groups.create(account.number, message.subject, message.members)
      case 'groupChange':
        return this.groups.change(account.number, message.group, message.change)
      case 'groupFacts':
        return this.groups.facts(message.group, account.number)
      case 'groupJoin':
        return this.groups.join(account.number, message.code)
      case 'groupInvite':
        return { code: this.groups.invite(account.number, message.group, message.reset) }
      case 'unpair': {
        account.logins = account.logins.filter((login) => login !== message.login)
        return {}
      }
      case 'about':
        account.about = message.text
        return {}
      case 'business':
        account.business = message.profile
        return {}
      case 'picture': {
        account.pictures.push(message)
        const tag = String(account.pictures.length)
        return message.image === undefined
          ? { tag: 'removed', url: null }
          : { tag, url: `http://double/pictures/${tag}` }
      }
      case 'block': {
        account.blocked = account.blocked.filter((number) => !message.numbers.includes(number))
        if (message.add) account.blocked.push(...message.numbers)
        return { blocked: [...account.blocked] }
      }
      case 'roster':
        account.rosters.push(message)
        return { changes: this.pictureChanges, revision: this.pictureRevision }
      default:
        throw new TetherError('TETHER_ERR_STATE')
    }
  }

  #mail(account: PhoneAccount, { n, to, mail, kind, body }: LinkBody<'mail'>): void {
    if (this.refuseMailMs !== null) {
      const refusal = { n, code: 'TETHER_ERR_LIMIT', final: false, expected: n, retryMs: this.refuseMailMs }
      this.send(account.number, { type: 'mailRefused', ...refusal })
      return
    }
    if (n > account.lastSent + 1) {
      const expected = account.lastSent + 1
      const refusal = { n, code: 'TETHER_ERR_MAIL_ORDER', final: false, expected, retryMs: 10 }
      this.send(account.number, { type: 'mailRefused', ...refusal })
      return
    }
    if (n === account.lastSent + 1) {
      account.lastSent = n
      if (!this.accounts.has(to)) {
        const refusal = { n, code: 'TETHER_ERR_ACCOUNT_UNKNOWN', final: true }
        this.send(account.number, { type: 'mailRefused', ...refusal })
        return
      }
      this.post(to, { from: account.number, mail, kind, body })
    }
    if (!this.loseMailed) this.send(account.number, { type: 'mailed', n })
  }
}

function ed25519(): { privateKey: KeyObject; raw: Uint8Array } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, raw: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)) }
}
