/** A process that opens a database, commits one row and keeps the file open; run by tests, ended by a signal. */
import { codeOf } from 'proto/errors'
import { openDatabase } from '../src/database.ts'
import type { Schema } from '../src/schema.ts'

const [path = '', schema = ''] = process.argv.slice(2)
try {
  const db = openDatabase(path, JSON.parse(schema) as Schema)
  db.run('INSERT INTO note (text) VALUES (?)', 'held')
  console.log('open')
  process.stdin.resume()
  setInterval(() => db.get('SELECT 1'), 1000)
} catch (error) {
  console.log(codeOf(error))
}
