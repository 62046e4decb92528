import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededEntropy } from 'proto/entropy'
import t from 'tap'
import { readVaultFile } from '../src/vault-file.ts'

t.test('it makes a key of 32 random bytes once and reads it again', (t) => {
  const folder = t.testdir({})
  const made = readVaultFile(folder, false, seededEntropy('one'))
  t.equal(Buffer.from(made, 'base64').length, 32)
  t.equal(readVaultFile(folder, true, seededEntropy('two')), made)
  t.strictSame(readdirSync(folder), ['vault.key'])
  t.equal(statSync(join(folder, 'vault.key')).mode & 0o777, 0o600)
  t.end()
})

t.test('it makes no new key where vaults exist, and takes no empty one', (t) => {
  const folder = t.testdir({})
  t.throws(() => readVaultFile(folder, true, seededEntropy('one')), { code: 'TETHER_ERR_VAULT' })
  t.strictSame(readdirSync(folder), [])
  writeFileSync(join(folder, 'vault.key'), ' \n')
  t.throws(() => readVaultFile(folder, false, seededEntropy('one')), { code: 'TETHER_ERR_VAULT' })
  t.end()
})
