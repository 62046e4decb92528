/**
 * What the server keeps, as ports: each method is one transaction and answers when its effect is durable. Shaped
 * as transactions, not tables, so that another engine fits without touching a caller (research 2.2, 5.3). Every
 * driver passes test/stores-contract.ts. Nothing here knows keys of browsers or plaintext of mail.
 *
 * Fencing: a phone connection owns its number by the epoch that `attach` gave it. A method that takes an `Owner`
 * rejects with TETHER_ERR_REPLACED when a newer connection (or a new registration) took the number, and with
 * TETHER_ERR_ACCOUNT_UNKNOWN when nobody has it. Times (`at`) are milliseconds since 1970 on the server's clock;
 * hashes are 32 bytes of SHA-256; Signal keys are 33 bytes, the type byte 5 first.
 */
import type { CommitLoad } from 'database'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import type { LimitName } from 'proto/limits'
import type { DeviceFacts, MailKind } from 'proto/phone-link'
import type { AuditLog } from './audit-log.ts'
import type { BlobStore } from './blob-store.ts'
import type { MediaStore } from './media-store.ts'
import type { ProfileStore } from './profile-store.ts'
import type { GroupStore, GroupVersion } from './group-store.ts'
import type { Owner } from './owner.ts'

export type { Owner } from './owner.ts'
export type { GroupOutcome, GroupStore, GroupVersion, SentNotice } from './group-store.ts'
export type { AuditEvent, AuditKind, AuditLog, AuditRow, AuditVerdict } from './audit-log.ts'
export type { KeepBlobResult, MediaStore, StoredBlob } from './media-store.ts'
export type { BusinessProfile, NewPicture, Picture, PictureChange, ProfileStore } from './profile-store.ts'

/** What a driver is given; `path` and the like are its own affair. */
export interface StoreSeams {
  readonly clock: Clock
  readonly entropy: Entropy
}

export interface Stores {
  readonly accounts: AccountStore
  readonly prekeys: PrekeyStore
  readonly logins: LoginStore
  readonly mail: MailStore
  readonly groups: GroupStore
  readonly audit: AuditLog
  readonly limits: LimitStore
  readonly profiles: ProfileStore
  readonly media: MediaStore
  readonly blobs: BlobStore
  readonly meta: MetaStore
  /**
   * Deletes what has outlived its time: mail, registration codes, full buckets, marks of prekeys given out, groups
   * without members, and blobs that expired MEDIA_GONE_MS ago.
   */
  sweep(at: number): Promise<SweepCounts>
  /** Proves that a commit reaches the disk now; rejects when it does not (full or read-only disk). For /readyz. */
  check(at: number): Promise<void>
  /** How its transactions go, and how many operations wait for the next one. */
  load(): Promise<{ readonly commits: CommitLoad; readonly waiting: number }>
  /** Finishes every operation handed in, then closes. Later calls reject. */
  close(): Promise<void>
}

export interface SweepCounts {
  readonly mails: number
  readonly codes: number
  readonly buckets: number
  readonly prekeyMarks: number
  readonly blobs: number
  readonly groups: number
}

// accounts

export interface Account {
  readonly number: string
  readonly name: string
  readonly identityKey: Uint8Array
  readonly registrationId: number
  /** Null until the phone has sent them. */
  readonly facts: DeviceFacts | null
  readonly epoch: number
  readonly registeredAt: number
}

export interface Registration {
  readonly number: string
  readonly codeHash: Uint8Array
  readonly identityKey: Uint8Array
  readonly registrationId: number
  readonly name: string
  readonly at: number
}

export type CodeResult = { readonly kind: 'issued' } | { readonly kind: 'limited'; readonly retryMs: number }

export type RegisterResult =
  /**
   * `replaced`: the number had another identity key; its prekeys are gone, its send counter starts at 0 again and
   * its logins (`ended`) are over. Mail that waits for the number stays. With the same identity key only the name
   * and the registration id change. In both cases the epoch moves on.
   */
  | {
      readonly kind: 'registered'
      readonly account: Account
      readonly replaced: boolean
      readonly ended: readonly string[]
    }
  | { readonly kind: 'wrongCode'; readonly attemptsLeft: number }
  /** No code was asked for, it is older than SMS_CODE_TTL_MS, or it was used. */
  | { readonly kind: 'expired' }
  /** SMS_ATTEMPTS wrong codes: a new code is needed. */
  | { readonly kind: 'limited' }

export interface Attachment {
  readonly owner: Owner
  /** The last mail counter of this phone that was stored or finally refused. */
  readonly lastSent: number
  readonly prekeys: number
  /** 0 when none was published. */
  readonly signedPrekeyId: number
  /** Ids of the live logins, oldest first. */
  readonly logins: readonly string[]
  /** What the number is in. */
  readonly groups: readonly GroupVersion[]
  /** The last mail that waits; 0 for none. */
  readonly lastWaiting: number
}

export interface AccountStore {
  /** Stores the hash of a new code; the older code of the number dies. SMS_PER_HOUR codes per number. */
  requestCode(request: { number: string; codeHash: Uint8Array; at: number }): Promise<CodeResult>
  /** Checks the code (each wrong one counts), consumes it and creates or replaces the account. */
  register(registration: Registration): Promise<RegisterResult>
  find(number: string): Promise<Account | null>
  /**
   * Takes the number for one connection: epoch + 1, unlocks logins locked by failed challenges. `identityKey` is
   * the key whose signature was checked; null when the number is unknown or has another key by now.
   */
  attach(request: { number: string; identityKey: Uint8Array; at: number }): Promise<Attachment | null>
  /** Whether they are others than before. */
  saveFacts(owner: Owner, facts: DeviceFacts): Promise<boolean>
}

// prekeys

export interface StoredPrekey {
  readonly id: number
  readonly key: Uint8Array
}

export interface StoredSignedPrekey extends StoredPrekey {
  /** 64 bytes. */
  readonly signature: Uint8Array
}

export interface StoredBundle {
  readonly registrationId: number
  readonly identityKey: Uint8Array
  readonly signedPrekey: StoredSignedPrekey
  /** Null when none is left, none was wanted, or those that are left are not for who asks. */
  readonly prekey: StoredPrekey | null
  /** The last of that. */
  readonly isReserved: boolean
}

export interface PrekeyStore {
  /**
   * Replaces the signed prekey, adds one-time prekeys; answers the stock. Sending the same keys again changes
   * nothing, also when some were given out meanwhile. All or nothing: TETHER_ERR_LIMIT above PREKEY_STOCK or
   * PREKEYS_PER_UPLOAD, TETHER_ERR_BODY when a stored id comes with another key.
   */
  publish(
    owner: Owner,
    keys: { signedPrekey?: StoredSignedPrekey; prekeys: readonly StoredPrekey[]; at: number },
  ): Promise<number>
  /**
   * A bundle; its one-time prekey is deleted durably before this answers, and is never given out again.
   * `oneTime` false leaves the stock alone. `by`: who asks; unless the number has it in its address book, the last
   * PREKEY_RESERVE stay. Absent: there is no reserve. Null when the number is unknown or has no signed prekey.
   */
  claim(request: { number: string; oneTime: boolean; by?: string; at: number }): Promise<StoredBundle | null>
  /** How many one-time prekeys are left; 0 for an unknown number. */
  stock(number: string): Promise<number>
}

// logins

export interface Login {
  /** Opaque id, at most 64 characters. */
  readonly login: string
  readonly number: string
  readonly clientId: string
  /** Fencing: +1 for each connection that opens; what carries an older one is dropped. */
  readonly epoch: number
  readonly pairedAt: number
  readonly lastSeen: number
  /** Where it was opened last (proto/network); null when that is not known. */
  readonly network: string | null
}

/** What a browser shows at `admin login`. One pair of tokens for the life of a login (spec 7.5). */
export interface Credentials {
  readonly clientId: string
  readonly clientTokenHash: Uint8Array
  readonly serverTokenHash: Uint8Array
}

/** When and from where a browser opens a login. */
export interface LoginPlace {
  readonly at: number
  readonly network: string | null
}

export type PairResult =
  /** `replaced` is the login that this browser (client id) had at the same phone before; it is over. */
  | { readonly kind: 'paired'; readonly login: Login; readonly replaced: string | null }
  /** The phone has LOGINS_PER_PHONE logins already. */
  | { readonly kind: 'full' }

export type FindLoginResult =
  | { readonly kind: 'known'; readonly login: Login }
  /** Never existed, ended, or the client id does not belong to the tokens (status 401). */
  | { readonly kind: 'unknown' }
  /** CHALLENGE_FAILURES wrong answers; until the phone attaches again (status 401). */
  | { readonly kind: 'locked'; readonly login: Login }

/** Who ended a login; `time`: it was unused for too long. */
export type LoginEnd = 'phone' | 'browser' | 'time'

export interface KnownLogin {
  readonly login: Login
  readonly isLocked: boolean
  readonly serverTokenHash: Uint8Array
}

export interface LoginStore {
  pair(owner: Owner, credentials: Credentials, from: LoginPlace): Promise<PairResult>
  /** Looks only: no epoch moves, so a thief of tokens who cannot answer a challenge pushes nobody out. */
  find(credentials: Credentials): Promise<FindLoginResult>
  /** The login that an id names, null when there is none. The id alone proves nothing. */
  findById(login: string): Promise<KnownLogin | null>
  /** A connection opens: epoch + 1, lastSeen, network, audit. Null when the login has ended or is locked. */
  open(request: LoginPlace & { login: string; challenged: boolean }): Promise<Login | null>
  /** The phone judged an answer; wrong ones add up, a right one clears them. Null when the login has ended. */
  judged(request: { login: string; fits: boolean; at: number }): Promise<{ failuresLeft: number } | null>
  /** Its browser was here; an older time changes nothing. */
  touch(request: { login: string; at: number }): Promise<void>
  /** Ends a login of this number; false when it was over already. Always allowed, never fenced. */
  end(request: { login: string; number: string; by: LoginEnd; at: number }): Promise<boolean>
  /** The live logins of a phone, oldest first. */
  list(number: string): Promise<readonly Login[]>
}

// mail between phones

export interface OutgoingMail {
  /** Durable send counter of the sending phone, +1 each. */
  readonly n: number
  readonly to: string
  /** Id the sender gave it, at most 64 characters. */
  readonly mail: string
  readonly kind: MailKind
  readonly body: Uint8Array
  readonly at: number
}

export type DepositResult =
  | { readonly kind: 'stored'; readonly seq: number }
  /** n was stored before; say `mailed` again. */
  | { readonly kind: 'duplicate' }
  /** n is ahead of `expected`; nothing changed. */
  | { readonly kind: 'order'; readonly expected: number }
  /**
   * Final: n is consumed, so that one recipient cannot block a sender's queue, and the same n is refused in the
   * same words when it is sent again.
   */
  | Refusal

export interface Refusal {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  /** The limit that was in the way; only when it is refused for the first time. */
  readonly met?: LimitName
}

export type RefusalReason = 'mailboxFull' | 'inboundFull' | 'unknownRecipient' | 'tooLarge'

export interface StoredMail {
  readonly seq: number
  readonly from: string
  readonly mail: string
  readonly kind: MailKind
  readonly body: Uint8Array
  readonly at: number
}

export interface MailTotals {
  readonly mails: { readonly all: number; readonly fullest: number }
  readonly bytes: { readonly all: number; readonly fullest: number }
}

export interface MailStore {
  /**
   * Mail of the phone that `sender` names, all in one transaction as research 2.2 says; MAILBOX_* quotas. `refuse`: the
   * caller has a reason of its own to refuse it for good, if it is new and its turn.
   */
  deposit(sender: Owner, mail: OutgoingMail, refuse?: RefusalReason | null): Promise<DepositResult>
  /** Waiting mail with seq > `after`, in order, at most `count`. */
  page(recipient: string, after: number, count: number): Promise<readonly StoredMail[]>
  /** Everything up to `seq` is in the phone's inbox: deletes it; answers how many were deleted. */
  take(recipient: Owner, seq: number): Promise<number>
  /** Deletes mail older than MAILBOX_LIFE_MS, with one audit row per recipient. */
  expire(at: number): Promise<{ mails: number; recipients: number }>
  /** What waits for a number. */
  waiting(recipient: string): Promise<{ mails: number; bytes: number }>
  /** What waits for everybody, and in the fullest mailbox; costs a look at each account. */
  totals(): Promise<MailTotals>
}

// limits

export interface Bucket {
  /** Name of the limit and whom it counts, as `PAIRINGS_PER_PHONE:15550001111`. */
  readonly key: string
  readonly capacity: number
  /** Time after which one token is back. */
  readonly refillMs: number
}

export type TakeResult =
  { readonly kind: 'granted'; readonly left: number } | { readonly kind: 'refused'; readonly retryMs: number }

/** Token buckets that survive a restart, for scarce things; per-socket buckets are kept in memory elsewhere. */
export interface LimitStore {
  /** Takes one token; fractions of a token are kept. The clock going backwards never refills. */
  take(bucket: Bucket, at: number): Promise<TakeResult>
}

// the server itself

export interface MetaStore {
  /** The server's own Ed25519 seed, 32 bytes, made at the first start. */
  relaySeed(): Promise<Uint8Array>
}
