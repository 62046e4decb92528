/** Whose file it is and how to build it. A file knows both numbers: PRAGMA application_id and user_version. */
import type { Changes, Value } from './connection.ts'

/** The file while its schema changes: inside the one transaction of the migration. */
export interface StepConnection {
  exec(sql: string): void
  run(sql: string, values: readonly Value[]): Changes
  all(sql: string, values: readonly Value[]): Record<string, unknown>[]
}

/** SQL, or work that SQL alone cannot do. */
export type SchemaStep = string | ((connection: StepConnection) => void)

export interface Schema {
  /** 32-bit number that marks the files of one program; a file with another one is never touched. */
  readonly applicationId: number
  /**
   * One entry per version: entry k turns version k into k + 1, so an empty file runs them all and the newest
   * version is their count. An entry that was ever released is never edited.
   */
  readonly steps: readonly SchemaStep[]
}
