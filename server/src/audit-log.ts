/**
 * The port of the audit log: what was decided about whom and when, never what was said. Kinds are a closed list;
 * ids appear as salted hashes only (research 1.7, D6).
 */
export type AuditKind =
  | 'register'
  | 'identityChange'
  | 'attach'
  | 'pair'
  | 'resume'
  | 'challenge'
  | 'unpair'
  | 'logout'
  | 'loginReplaced'
  | 'loginExpired'
  | 'mailExpired'
  | 'bundle'
  | 'prekeysShort'
  | 'group'
  | 'limit'

export interface AuditEvent {
  readonly at: number
  readonly kind: AuditKind
  /** Stored as a hash under the salt of this deployment. */
  readonly number?: string
  /** The same. */
  readonly login?: string
  /** Short plain facts; never secrets, never ids. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

export interface AuditRow {
  readonly row: number
  readonly at: number
  readonly kind: AuditKind
  /** 16 bytes in hex, or '' */
  readonly number: string
  readonly login: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
  /** SHA-256 over the hash of the row before and this row, hex. */
  readonly hash: string
}

export interface AuditVerdict {
  readonly rows: number
  /** Hash of the last row, hex; publish it elsewhere to notice a rewritten log. */
  readonly head: string
  /** The first row that does not fit, and why; null when the chain holds. */
  readonly broken: { readonly row: number; readonly reason: string } | null
}

/**
 * Rows hang together by hashes (research D6). The other stores append theirs inside their own transactions; this
 * port is for events without any other effect, such as limit hits, and for reading.
 */
export interface AuditLog {
  append(event: AuditEvent): Promise<void>
  page(after: number, count: number): Promise<readonly AuditRow[]>
  /** The hash under which `append` stores a number or login id, to look for one's own rows. */
  idHash(id: string): string
  verify(): Promise<AuditVerdict>
}
