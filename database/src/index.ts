/** The public surface of the package. */
export type { Changes, Value } from './connection.ts'
export { CommitLoad } from './commit-load.ts'
export { Database, MEMORY, openDatabase } from './database.ts'
export { makeFolder } from './folder.ts'
export { GroupCommit } from './group-commit.ts'
export type { Schema, SchemaStep, StepConnection } from './schema.ts'
