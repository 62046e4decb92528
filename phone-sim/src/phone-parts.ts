/** Builds the parts of one phone and wires them to each other. The conversation with the server is in phone-line.ts. */
import type { Clock } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import type { Entropy } from 'proto/entropy'
import { jidOfNumber } from 'proto/jid'
import type { Link, Links } from 'proto/link'
import type { Trace } from 'proto/trace'
import { Account, type ServerRequest } from './account.ts'
import { Arrivals } from './arrivals.ts'
import { Audiences } from './audiences.ts'
import { Audit } from './audit.ts'
import type { BatteryCosts } from './battery.ts'
import { Bridge } from './bridge.ts'
import { BroadcastLists } from './broadcast-lists.ts'
import { Browsers } from './browsers.ts'
import { Calls } from './calls.ts'
import { Chats } from './chats.ts'
import { Companions } from './companions.ts'
import { Courier } from './courier.ts'
import { Device, isAppThere } from './device.ts'
import { Expiry } from './expiry.ts'
import { Groups } from './groups.ts'
import { Inbox } from './inbox.ts'
import { Keychain } from './keychain.ts'
import type { PreviewSource } from './link-preview.ts'
import { Legs } from './legs.ts'
import { itemNode } from './lists.ts'
import type { Log } from './log.ts'
import { MediaKeeper } from './media-keeper.ts'
import { MediaServer } from './media-server.ts'
import { newId } from './message-ids.ts'
import { Outbox } from './outbox.ts'
import { PeerKeys } from './peer-keys.ts'
import type { PhoneEvents } from './phone-events.ts'
import type { DeviceView } from './phone-views.ts'
import { PhonesMeters } from './phones-meters.ts'
import { Presences } from './presences.ts'
import { Profile } from './profile.ts'
import { Pushes } from './pushes.ts'
import type { Queue } from './queue.ts'
import { Receipts } from './receipts.ts'
import { Scanner } from './scanner.ts'
import { createSignal } from './signal.ts'
import type { PhoneStore } from './store.ts'
import { Uplink, type UplinkOwner } from './uplink.ts'
import { Vault } from './vault.ts'
import { openRules, type ReceiptRules, WaitingReceipts } from './waiting-receipts.ts'
import { WaitingUploads } from './waiting-uploads.ts'
import { Writer } from './writer.ts'

export interface PhoneOptions {
  /** Digits with country code. */
  readonly number: string
  /** The name that others see. */
  readonly name: string
  readonly clock: Clock
  readonly entropy: Entropy
  readonly links?: Links | undefined
  readonly trace?: Trace | undefined
  readonly log?: Log | undefined
  /** What is counted and measured; absent: nobody looks. */
  readonly meters?: PhonesMeters | undefined
  /** Where a harness ends this phone. */
  readonly crash?: Crash | undefined
  /** The phone closes it when it stops. */
  readonly store: PhoneStore
  /** 32 bytes; deriveVaultKey of vault.ts makes them from a passphrase. */
  readonly vaultKey: Uint8Array
  /** Opens a link to the server's /phone; rejects when it is unreachable. */
  readonly connect: () => Promise<Link>
  readonly server: ServerRequest
  /** Where link previews come from; absent: this phone makes none. */
  readonly previews?: PreviewSource | undefined
  /** What standby and relaying take of the battery; absent: usualCosts of battery.ts. */
  readonly batteryCosts?: BatteryCosts | undefined
  /** When and whom this phone tells that a message came or was read; absent: everybody, at once. */
  readonly receipts?: ReceiptRules | undefined
  /** One-time prekeys made at registration. Default 100. */
  readonly prekeys?: number | undefined
}

/** What the parts ask of the phone that holds them. */
export interface PhoneHooks {
  readonly line: Omit<UplinkOwner, 'number' | 'relayKey' | 'sign'>
  readonly deviceChanged: (before: DeviceView, now: DeviceView) => void
  /** A login is over and its browser has to be told. */
  readonly endLogin: (login: string) => void
  readonly renamed: () => void
  /** The store or the vault failed outside of any request. */
  readonly failed: (error: unknown) => void
}

export interface PhoneParts {
  readonly vault: Vault
  readonly audit: Audit
  readonly account: Account
  readonly uplink: Uplink
  readonly chats: Chats
  readonly groups: Groups
  readonly courier: Courier
  readonly outbox: Outbox
  readonly inbox: Inbox
  readonly receipts: Receipts
  readonly waitingReceipts: WaitingReceipts
  readonly companions: Companions
  readonly browsers: Browsers
  readonly pushes: Pushes
  readonly profile: Profile
  readonly calls: Calls
  readonly presences: Presences
  readonly bridge: Bridge
  readonly keychain: Keychain
  readonly scanner: Scanner
  readonly device: Device
  readonly expiry: Expiry
  readonly writer: Writer
  readonly lists: BroadcastLists
  readonly media: MediaKeeper
  readonly clock: Clock
  readonly meters: PhonesMeters
  /** For ids of what the person writes. */
  readonly ids: Entropy
}

const DEFAULT_PREKEYS = 100

/** Throws TETHER_ERR_VAULT when the key does not open the vault, TETHER_ERR_CONFIG for the store of another number. */
export function buildParts(
  options: PhoneOptions,
  events: PhoneEvents,
  queue: Queue,
  hooks: PhoneHooks,
): PhoneParts {
  const { number, store, clock, log, links, crash, meters = new PhonesMeters() } = options
  const { line } = hooks
  const trace = options.trace?.party(`phone:${number}`)
  const ownJid = jidOfNumber(number)
  const nowS = () => Math.floor(clock.now() / 1000)
  // each start has streams of its own: a seed must not give the same key, IV or id twice
  const boot = Number(store.facts.find('boot') ?? '0') + 1
  store.facts.put('boot', String(boot))
  const entropy = options.entropy.fork(`boot ${boot}`)

  const audit = new Audit(store, clock, events)
  const vault = new Vault(store.vault, options.vaultKey, entropy.fork('vault'), () => clock.now())
  const keychain = new Keychain(vault)
  const account = new Account({
    ...options,
    prekeys: options.prekeys ?? DEFAULT_PREKEYS,
    audit,
    keychain,
    entropy: entropy.fork('account'),
  })
  const connect = async (): Promise<Link> => {
    const link = await options.connect()
    return links ? links.join({ kind: 'phone-server', near: `phone:${number}`, far: 'server' }, link) : link
  }
  const uplink = new Uplink(
    {
      number,
      relayKey: () => account.relayKey(),
      sign: (transcript) => account.sign(transcript),
      attached: (body) => line.attached(body),
      message: (message) => line.message(message),
      relayFrame: (frame) => line.relayFrame(frame),
      detached: (code, detail) => line.detached(code, detail),
    },
    connect,
    clock,
    entropy.fork('uplink'),
    meters,
  )
  const signal = createSignal({ state: keychain, entropy: entropy.fork('signal'), clock, meters })
  const chats: Chats = new Chats(
    store,
    clock,
    events,
    ownJid,
    () => expiry.arm(),
    () => media.wake(),
  )
  const browsers = new Browsers({
    uplink,
    companions: () => companions,
    clock,
    entropy: entropy.fork('browsers'),
    meters,
    trace,
    relayed: () => {
      device.relayed()
      events.tell(() => ({ type: 'batteryUse', use: device.batteryUse }))
    },
  })
  const companions: Companions = new Companions({
    store,
    vault,
    clock,
    audit,
    events,
    crash,
    isOnline: (login) => browsers.isOnline(login),
    expired: hooks.endLogin,
  })
  const inQueue = (task: () => Promise<void>) =>
    void queue.run(task).catch((error: unknown) => hooks.failed(error))
  const pushes = new Pushes(browsers, store, clock, ownJid)
  const profile = new Profile({
    ownNumber: number,
    ...{ uplink, store, chats, account, clock, pushes, log, inQueue },
    renamed: hooks.renamed,
  })
  const expiry = new Expiry({ store, chats, pushes, clock, inQueue })
  const outbox = new Outbox({
    store,
    uplink,
    clock,
    audit,
    meters,
    trace,
    crash,
    settled: (message, to, outcome) => legs.settled(message, to, outcome),
  })
  const ids = entropy.fork('ids')
  const groups: Groups = new Groups({
    ...{ ownNumber: number, store, chats, uplink, audit, log },
    newId: () => newId(ids),
    arrived: (row) => pushes.message(row),
    pictured: (jid, tag) => pushes.picture(jid, tag),
    renamed: (jid, name) => pushes.groupName(jid, name),
    shrunk: (jid, gone) => legs.shrunk(jid, gone),
  })
  const lists = new BroadcastLists(store, clock, (jid) => chats.changeChat(jid, {}))
  const audiences = new Audiences({ ownNumber: number, chats, groups, lists })
  const legs: Legs = new Legs({
    ...{ store, chats, audiences, clock, audit },
    isAwaited: (message) => outbox.isAwaited(message),
    tellSettled: (message, outcome) => outbox.tellSettled(message, outcome),
    ended: (row) => pushes.settled(row),
    changed: (row) => pushes.status(row),
    reached: (message, reader, level, at) => pushes.reached(message, reader, level, at),
  })
  const mailIds = entropy.fork('mail ids')
  const peerKeys = new PeerKeys({ store, keychain, signal, uplink, audit, events })
  const courier = new Courier({
    ownJid,
    ownName: () => account.name,
    store,
    chats,
    keychain,
    signal,
    peerKeys,
    outbox,
    groups,
    audiences,
    legs,
    clock,
    log,
    trace,
    crash,
    holds: (info) => waiting.holds(info),
    newMailId: () => newId(mailIds),
    inQueue,
  })
  const waitingReceipts: WaitingReceipts = new WaitingReceipts({
    ...{ store, clock, audit, inQueue },
    rules: options.receipts ?? openRules,
    entropy: entropy.fork('receipt pauses'),
    post: (to, receipt) => receipts.post(to, receipt),
  })
  const receipts: Receipts = new Receipts({
    store,
    outbox,
    waiting: waitingReceipts,
    chats,
    legs,
    readers: store.readers,
    entropy: entropy.fork('receipts'),
    nowS,
    trace,
    changed: (row, at) => pushes.status(row, undefined, at),
    ended: (row) => pushes.settled(row),
  })
  const calls = new Calls({
    ...{ store, chats, courier, uplink, clock, events, pushes, audit, inQueue },
    ids: entropy.fork('calls'),
  })
  const arrivals = new Arrivals({
    ...{ ownJid, chats, groups, calls, receipts, audit },
    arrived: (row, replaces) => (replaces ? pushes.replaced(row) : pushes.message(row)),
    named: (jid, name) => profile.met(jid, name),
    moved: (row) => pushes.chat(chats.findChat(row.chat) ?? row.chat, 'clear', [itemNode(row)]),
  })
  const inbox: Inbox = new Inbox({
    store,
    chats,
    keychain,
    signal,
    receipts,
    arrivals,
    groups,
    peerKeys,
    uplink,
    clock,
    audit,
    meters,
    trace,
    crash,
    arrived: (row) => pushes.message(row),
    inQueue,
    prekeyUsed: () => account.refill(uplink),
  })
  const mediaServer = new MediaServer({ server: options.server, uplink, clock, meters })
  const waiting: WaitingUploads = new WaitingUploads({
    ...{ store, chats, server: mediaServer },
    over: () => inQueue(() => courier.sendWaiting()),
    failed: (message, code) => courier.giveUp(message, code),
  })
  const media: MediaKeeper = new MediaKeeper({
    ...{ store, chats, pushes, uplink, clock, audit, meters, entropy: entropy.fork('media') },
    ...{ server: mediaServer, waiting },
  })
  const bridge = new Bridge({
    browsers,
    companions,
    audit,
    meters,
    log,
    trace,
    crash,
    parts: {
      ...{
        store,
        chats,
        groups,
        courier,
        outbox,
        receipts,
        pushes,
        account,
        profile,
        uplink,
        nowS,
        media,
        trace,
      },
      previews: options.previews,
    },
  })
  const scanner = new Scanner({
    network: () => device.view.network,
    store,
    companions,
    uplink,
    clock,
    entropy: entropy.fork('scanner'),
    audit,
    meters,
    events,
    crash,
    inQueue: (task) => queue.run(task),
  })
  const device = new Device(store.facts, clock, hooks.deviceChanged, options.batteryCosts)
  const isRunning = () => isAppThere(device.view)
  const writer = new Writer({ chats, courier, pushes, clock, ids, isRunning })
  return {
    vault,
    audit,
    account,
    uplink,
    chats,
    groups,
    courier,
    outbox,
    inbox,
    receipts,
    waitingReceipts,
    companions,
    browsers,
    pushes,
    profile,
    calls,
    presences: new Presences(uplink),
    bridge,
    keychain,
    scanner,
    device,
    expiry,
    writer,
    lists,
    media,
    clock,
    meters,
    ids,
  }
}
