/**
 * The port of the directory of persons: about text, picture, last seen, business profile, whom a person has blocked,
 * and whose address book holds whom (spec 6, 14.4, 15). The server reads all of it, as in the legacy design. Methods
 * are transactions, owners are fenced and times are milliseconds as stores.ts says; numbers are digits.
 */
import type { Owner } from './owner.ts'

export interface NewPicture {
  /** A JPEG of at most PICTURE_BYTES. */
  readonly image: Uint8Array
  /** A small JPEG of at most PICTURE_PREVIEW_BYTES; null where the image serves. */
  readonly preview: Uint8Array | null
}

export interface Picture {
  /** Whose: a number or the JID of a group. */
  readonly of: string
  /** A counter as text; another picture has another tag (spec 6, 14.4). */
  readonly tag: string
  /** Names the picture in its address: cannot be guessed, and is another one after each change. */
  readonly key: string
}

export interface PictureChange {
  readonly of: string
  /** Null when the picture was removed. */
  readonly tag: string | null
  /** +1 with each change of any picture, for all the server: says what a phone has heard of. */
  readonly revision: number
}

/** JSON of a business, as its owner wrote it (spec 15). */
export type BusinessProfile = Readonly<Record<string, unknown>>

export interface ProfileStore {
  /** An empty text removes it. */
  saveAbout(owner: Owner, text: string): Promise<void>
  /** Null when there is none. */
  about(number: string): Promise<string | null>

  /** Replaces or removes (null) a picture. Whether `owner` may do so for a group is the caller's affair. */
  savePicture(owner: Owner, of: string, picture: NewPicture | null): Promise<PictureChange>
  picture(of: string): Promise<Picture | null>
  /** The picture with this key; null when there is none, or another one took its place. */
  pictureBytes(key: string): Promise<(NewPicture & Picture) | null>

  saveBusiness(owner: Owner, profile: BusinessProfile): Promise<void>
  business(number: string): Promise<BusinessProfile | null>

  /** Batched: many persons at once. Unknown numbers are left out, an older time replaces nothing. */
  saveLastSeen(seen: ReadonlyMap<string, number>): Promise<void>
  lastSeen(number: string): Promise<number | null>

  /**
   * Adds to or takes from the list; answers all of it, in the order of adding. All or nothing: TETHER_ERR_LIMIT above
   * BLOCKED_NUMBERS.
   */
  block(owner: Owner, change: { add: boolean; numbers: readonly string[] }): Promise<readonly string[]>
  blocked(number: string): Promise<readonly string[]>
  /** Whether `number` has blocked `other`. */
  blocks(number: string, other: string): Promise<boolean>

  /**
   * Replaces the address book of a phone. Answers which pictures of its persons changed since `since` (a revision; 0:
   * the phone has heard of none, so nothing is new to it), oldest first and at most PICTURE_CHANGES, without those who
   * blocked the phone, and the revision up to which the phone then knows all.
   */
  saveRoster(
    owner: Owner,
    numbers: readonly string[],
    since: number,
  ): Promise<{ readonly changes: readonly PictureChange[]; readonly revision: number }>
  /** The numbers whose address book holds `number`, without those whom it has blocked. */
  holders(number: string): Promise<readonly string[]>
}
