import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { directoryBlobs } from '../src/blob-store-directory.ts'
import { blobContract, bytesIn, inChunks, namesIn } from './blob-store-contract.ts'

const entropy = seededEntropy('blob files')
let folders = 0

t.test('blobs in a folder', (t) =>
  blobContract(t, (t) => directoryBlobs(join(t.testdir(), `${++folders}`, 'media'))),
)

t.test('it names files by their hash, two levels deep, readable by the owner alone', async (t) => {
  const folder = join(t.testdir(), 'server', 'media')
  const store = directoryBlobs(folder)
  const draft = await store.receive(inChunks(entropy.bytes(100)), 1_000)
  t.same(readdirSync(folder), ['incoming'])
  await draft.keep()
  const name = Buffer.from(draft.hash).toString('hex')
  const path = join(folder, name.slice(0, 2), name)
  t.equal(statSync(path).size, 100)
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  t.same(readdirSync(join(folder, 'incoming')), [])
})

t.test('it has its blobs after a restart, and nothing of what was half written', async (t) => {
  const folder = t.testdir()
  const before = directoryBlobs(folder)
  const bytes = entropy.bytes(3_000)
  const kept = await before.receive(inChunks(bytes), 9_000)
  await kept.keep()
  await before.receive(inChunks(entropy.bytes(4_000)), 9_000) // neither kept nor dropped: the process ends here
  writeFileSync(join(folder, 'incoming', '77'), 'cut short')
  const after = directoryBlobs(folder)
  await after.clean()
  t.notOk(existsSync(join(folder, 'incoming')))
  t.same(await namesIn(after), [Buffer.from(kept.hash).toString('hex')])
  t.ok((await bytesIn(await after.read(kept.hash, null)))?.equals(bytes))
  const next = await after.receive(inChunks(entropy.bytes(10)), 9_000)
  await next.keep()
  t.equal((await namesIn(after)).length, 2)
})

t.test('it does not take files of others for blobs', async (t) => {
  const folder = t.testdir({
    'notes.txt': '',
    ab: { 'README.md': '', [`ab${'0'.repeat(62)}`]: '' },
    other: {},
  })
  t.same(await namesIn(directoryBlobs(folder)), [`ab${'0'.repeat(62)}`])
})

t.test('it says when the disk cannot be written, and leaves nothing behind', async (t) => {
  const folder = t.testdir()
  const store = directoryBlobs(folder)
  const draft = await store.receive(inChunks(entropy.bytes(100)), 1_000)
  const home = join(folder, Buffer.from(draft.hash).toString('hex', 0, 1))
  writeFileSync(home, 'in the way')
  await t.rejects(draft.keep(), { code: 'TETHER_ERR_STORE_WRITE' })
  t.same(readdirSync(join(folder, 'incoming')), [])
  const closed = join(t.testdirName, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  writeFileSync(join(t.testdirName, 'file'), '')
  const nowhere = directoryBlobs(join(t.testdirName, 'file', 'media'))
  await t.rejects(nowhere.receive(inChunks(entropy.bytes(1)), 10), { code: 'TETHER_ERR_STORE_WRITE' })
})
