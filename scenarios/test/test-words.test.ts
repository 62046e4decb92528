/** `npm test -- WORDS`: a word that picks no test file ends the run before anything is built, and says why. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../../', import.meta.url))

function run(...args: string[]) {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['scripts/test.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stderr, stdout }
}

t.test('a word of another suite is named, with its suite and command', async (t) => {
  t.strictSame(run('proto/test/node', 'scenarios/clients/baileys3-chats'), {
    ...{ status: 1, stdout: '' },
    stderr:
      'scenarios/clients/baileys3-chats is in the suite "clients": npm run test:clients -- scenarios/clients/baileys3-chats\n',
  })
  t.match(run('--suite', 'clients', 'proto/test/node').stderr, /is in the suite "test": npm test -- proto/)
})

t.test('a word of no suite is named too', async (t) => {
  t.strictSame(run('no/such', 'nor/this'), {
    ...{ status: 1, stdout: '' },
    stderr: 'no test file has no/such in its path\nno test file has nor/this in its path\n',
  })
})
