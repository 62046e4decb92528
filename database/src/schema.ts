/** Whose file it is and how to build it. A file knows both numbers: PRAGMA application_id and user_version. */
export interface Schema {
  /** 32-bit number that marks the files of one program; a file with another one is never touched. */
  readonly applicationId: number
  /**
   * SQL, one entry per version: entry k turns version k into k + 1, so an empty file runs them all and the newest
   * version is their count. An entry that was ever released is never edited.
   */
  readonly steps: readonly string[]
}
