/** A process that opens every database of a folder as its program does, and closes it; run under strace. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from 'database'
import { phoneSchema } from 'phone-sim/sqlite-schema'
import { serverSchema } from 'server/store-sqlite-schema'

const [folder = ''] = process.argv.slice(2)
const names = existsSync(folder) ? readdirSync(folder) : [] // the power may fail before there is any
for (const name of names.filter((name) => name.endsWith('.db'))) {
  openDatabase(join(folder, name), name === 'server.db' ? serverSchema : phoneSchema).close()
}
