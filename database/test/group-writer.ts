/** A process that commits three operations a turn and prints each answer the moment it comes; run under strace. */
import { writeSync } from 'node:fs'
import { codeOf } from 'proto/errors'
import { realClock } from 'proto/system'
import { openDatabase } from '../src/database.ts'
import { GroupCommit } from '../src/group-commit.ts'

const [path = '', turns = '0'] = process.argv.slice(2)
const schema = { applicationId: 1, steps: ['CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT'] }
const group = new GroupCommit(openDatabase(path, schema), realClock)
for (let turn = 0; turn < Number(turns); turn++) {
  await Promise.all(
    [1, 2, 3].map((i) =>
      group
        .commit((db) => db.run('INSERT INTO note VALUES (?)', turn * 3 + i))
        .then(() => writeSync(1, `ack ${turn * 3 + i}\n`))
        .catch((error: unknown) => writeSync(1, `refused ${turn * 3 + i} ${codeOf(error)}\n`)),
    ),
  )
}
