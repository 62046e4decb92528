import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { CA_FILE, openCertificates, SERVER_FILE } from '../src/legacy-ca-folder.ts'
import { ManualClock } from './manual-clock.ts'

const START_MS = 1_600_000_000_000
let starts = 0

function opener(t: Test, folder = join(t.testdir({}), 'legacy-tls')) {
  const clock = new ManualClock(START_MS)
  const open = () => openCertificates(folder, { clock, entropy: seededEntropy(`start ${starts++}`) })
  return { folder, clock, open, ca: () => readFileSync(join(folder, `${CA_FILE}.pem`), 'utf8') }
}

t.test(
  'makes the folder with files that say what they are, and keys that only the owner reads',
  async (t) => {
    const { folder, open, ca } = opener(t)
    const { caFile, server, made } = open()
    t.same(made, { ca: true, server: true })
    t.equal(caFile, join(folder, 'tether-test-ca-for-closed-networks.pem'))
    t.match(
      ca(),
      /^Tether TEST CA for closed networks.*Never add it to a system or browser store.*-----BEGIN CERTIFICATE/s,
    )
    t.equal(readFileSync(join(folder, `${SERVER_FILE}.key.pem`), 'utf8'), server.key)
    t.equal(statSync(folder).mode & 0o777, 0o700)
    for (const name of [CA_FILE, SERVER_FILE])
      t.equal(statSync(join(folder, `${name}.key.pem`)).mode & 0o777, 0o600, name)
    t.equal(readdirSync(folder).length, 4, 'nothing unfinished is left')
  },
)

t.test('uses the same files at the next start, and takes a key back from other readers', async (t) => {
  const { folder, open, ca } = opener(t)
  const first = open()
  const before = ca()
  chmodSync(join(folder, `${CA_FILE}.key.pem`), 0o644)
  const second = open()
  t.same(second.made, { ca: false, server: false })
  t.same(second.server, first.server)
  t.equal(ca(), before)
  t.equal(statSync(join(folder, `${CA_FILE}.key.pem`)).mode & 0o777, 0o600)
})

t.test('renews the server certificate when LEGACY_RENEWAL_MS are left, and the CA stays', async (t) => {
  const { clock, open, ca } = opener(t)
  open()
  const before = ca()
  await clock.pass(limit('LEGACY_CERTIFICATE_MS') - limit('LEGACY_RENEWAL_MS'))
  t.same(open().made, { ca: false, server: false }, 'exactly enough is left')
  await clock.pass(1)
  t.same(open().made, { ca: false, server: true })
  t.equal(ca(), before)
})

t.test('renews the CA when it would not outlive a new certificate', async (t) => {
  const { clock, open, ca } = opener(t)
  open()
  const before = ca()
  await clock.pass(limit('LEGACY_CA_MS') - limit('LEGACY_CERTIFICATE_MS'))
  t.same(open().made, { ca: false, server: true })
  await clock.pass(1)
  t.same(open().made, { ca: true, server: true })
  t.not(ca(), before)
})

t.test('makes anew what is missing, damaged or does not belong together', async (t) => {
  const broken: [string, (path: string) => void, { ca: boolean; server: boolean }][] = [
    [`${CA_FILE}.pem`, (path) => rmSync(path), { ca: true, server: true }],
    [`${CA_FILE}.pem`, (path) => writeFileSync(path, ''), { ca: true, server: true }],
    [`${CA_FILE}.key.pem`, (path) => writeFileSync(path, 'no key'), { ca: true, server: true }],
    [`${SERVER_FILE}.key.pem`, (path) => rmSync(path), { ca: false, server: true }],
    [`${SERVER_FILE}.pem`, (path) => writeFileSync(path, 'no certificate'), { ca: false, server: true }],
  ]
  for (const [file, damage, expected] of broken) {
    const { folder, open } = opener(t)
    open()
    damage(join(folder, file))
    t.same(open().made, expected, file)
    t.same(open().made, { ca: false, server: false }, `${file} afterwards`)
  }
  const { folder, open } = opener(t)
  const other = opener(t, `${folder}-other`)
  open()
  other.open()
  for (const kind of ['pem', 'key.pem']) {
    writeFileSync(join(folder, `${CA_FILE}.${kind}`), readFileSync(join(other.folder, `${CA_FILE}.${kind}`)))
  }
  t.same(open().made, { ca: false, server: true }, 'the CA of another folder')
})

t.test('fails with the words of the file system where it may not write', async (t) => {
  const file = join(t.testdir({ file: 'in the way' }), 'file')
  const seams = { clock: new ManualClock(START_MS), entropy: seededEntropy('x') }
  t.throws(() => openCertificates(join(file, 'legacy-tls'), seams), { code: 'ENOTDIR' })
  t.notOk(existsSync(join(file, 'legacy-tls')))
})
