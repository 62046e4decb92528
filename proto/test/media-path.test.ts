import t from 'tap'
import { formatMediaPath, mediaFolders, parseMediaToken } from '../src/media-path.ts'

const hash = Uint8Array.from({ length: 32 }, (_, at) => 255 - at)

t.test('it makes one path for upload and download, and reads both spellings of the hash', async (t) => {
  for (const folder of mediaFolders) {
    const path = formatMediaPath(folder, hash)
    t.match(path, new RegExp(`^/mms/${folder}/[A-Za-z0-9_-]{43}$`))
    const token = path.split('/').at(-1)!
    t.same(parseMediaToken(token), hash)
    t.same(parseMediaToken(`${token}=`), hash)
  }
})

t.test('it refuses what is no SHA-256', async (t) => {
  t.throws(() => parseMediaToken('AAAA'), { code: 'TETHER_ERR_BODY' })
  t.throws(() => parseMediaToken(''), { code: 'TETHER_ERR_BODY' })
  t.throws(() => parseMediaToken('A'.repeat(44)), { code: 'TETHER_ERR_BODY' })
  t.throws(() => parseMediaToken('../../../etc/passwd'), { code: 'TETHER_ERR_BASE64' })
})
