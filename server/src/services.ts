/** The parts of the relay that connections talk to; wired in server.ts. */
import type { Bundles } from './bundles.ts'
import type { Directory } from './directory.ts'
import type { Groups } from './groups.ts'
import type { Logins } from './logins.ts'
import type { AttachedPhone, Browser } from './peers.ts'
import type { Mailboxes } from './mailboxes.ts'
import type { Media } from './media.ts'
import type { Pairing } from './pairing.ts'
import type { PairingMoods } from './pairing-moods.ts'
import type { Presence } from './presence.ts'
import type { Probes } from './probes.ts'
import type { Relay } from './relay.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface Services {
  readonly relay: Relay
  readonly pairing: Pairing
  readonly moods: PairingMoods
  readonly bundles: Bundles
  readonly logins: Logins
  readonly presence: Presence
  readonly directory: Directory
  /** REF_LOOKUPS_PER_MINUTE for each phone. */
  readonly lookups: TokenBuckets
  readonly mailboxes: Mailboxes
  readonly media: Media
  readonly groups: Groups
  readonly probes: Probes
  /** The server's own Ed25519 key: raw public half, and a signature over bytes. Opens no content. */
  readonly relayKey: { readonly publicKey: Uint8Array; sign(bytes: Uint8Array): Uint8Array }
  /** Called once for each connection that has ended. */
  browserClosed(browser: Browser, reason: string): void
  phoneAttached(phone: AttachedPhone): void
  /** Called once for each link that has ended; `attached` when it had proved a number. */
  phoneClosed(phone: AttachedPhone, attached: boolean): void
}
