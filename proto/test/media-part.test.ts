import t from 'tap'
import { encryptMedia } from '../src/media.ts'
import { fetchRangeOf, openMediaPart, type MediaStream } from '../src/media-part.ts'
import { bitFlips, codeFrom, fromHex, loadVectors, sha256Hex, toHex } from './vectors.ts'

const files = new Map(
  loadVectors('media').map((vector) => {
    const pattern = fromHex(vector.plaintext.hex ?? vector.plaintext.repeatHex!)
    const data = Uint8Array.from({ length: vector.fileLength }, (_, at) => pattern[at % pattern.length])
    const media = encryptMedia({ data, mediaKey: fromHex(vector.mediaKey), type: vector.type })
    const { type, mediaKey, fileLength, sidecar = '' } = vector
    const stream: MediaStream = { type, mediaKey: fromHex(mediaKey), fileLength, sidecar: fromHex(sidecar) }
    return [vector.id, { data, stream, uploaded: media.uploaded }]
  }),
)

for (const vector of loadVectors('media-parts')) {
  const { id, media, first, last, fetchFirst, fetchLast } = vector
  t.test(`it opens vector ${id}, bytes ${first} to ${last} of ${media}`, async (t) => {
    const { data, stream, uploaded } = files.get(media)!
    const range = fetchRangeOf({ first, last }, stream.fileLength)
    t.same(range, { first: fetchFirst, last: fetchLast })
    const part = openMediaPart(stream, { first, last }, uploaded.slice(range.first, range.last + 1))
    t.equal(sha256Hex(part), vector.sha256)
    t.equal(toHex(part), toHex(data.subarray(first, last + 1)))
  })
}

t.test('it opens every part of a file at the edge of a chunk', async (t) => {
  for (const length of [65_519, 65_520, 65_521, 65_535, 65_536, 65_537, 131_072]) {
    const data = Uint8Array.from({ length }, (_, at) => (at * 7) & 255)
    const mediaKey = new Uint8Array(32).fill(length & 255)
    const { uploaded, sidecar } = encryptMedia({ data, mediaKey, type: 'audio' })
    const stream: MediaStream = { mediaKey, type: 'audio', fileLength: length, sidecar: sidecar! }
    for (const [first, last] of [
      [0, length - 1],
      [length - 1, length - 1],
      [length - 20, length - 3],
    ] as const) {
      const range = fetchRangeOf({ first, last }, length)
      const part = openMediaPart(stream, { first, last }, uploaded.slice(range.first, range.last + 1))
      t.ok(Buffer.from(part).equals(data.subarray(first, last + 1)), `${first} to ${last} of ${length}`)
    }
  }
})

t.test(
  'it refuses a chunk with a bit changed, another key and another sidecar, and opens the other chunks',
  async (t) => {
    const { data, stream, uploaded } = files.get('m007')!
    const part = { first: 70_000, last: 70_100 }
    const range = fetchRangeOf(part, stream.fileLength)
    const fetched = uploaded.slice(range.first, range.last + 1)
    for (const changed of bitFlips(fetched, 60, 'chunk'))
      t.equal(
        codeFrom(() => openMediaPart(stream, part, changed)),
        'TETHER_ERR_MEDIA_MAC',
      )
    const cases: Partial<MediaStream>[] = [
    { mediaKey: new Uint8Array(32) }, { type: 'audio' }, { sidecar: stream.sidecar.subarray(10) },
    { sidecar: new Uint8Array(0) }, { sidecar: stream.sidecar.subarray(0, 19) },
  ] // prettier-ignore
    for (const other of cases)
      t.equal(
        codeFrom(() => openMediaPart({ ...stream, ...other }, part, fetched)),
        'TETHER_ERR_MEDIA_MAC',
      )
    const altered = Uint8Array.from(uploaded)
    altered[10] ^= 1
    const there = openMediaPart(stream, part, altered.slice(range.first, range.last + 1))
    t.ok(
      Buffer.from(there).equals(data.subarray(70_000, 70_101)),
      'what was changed in the first is not in the second',
    )
  },
)

t.test('it refuses parts that are not in the file, and other bytes than those that were named', async (t) => {
  const { stream, uploaded } = files.get('m002')!
  const parts = [[0, 70_000], [-1, 5], [6, 5], [0.5, 5], [NaN, 5], [0, Infinity]] as const // prettier-ignore
  for (const [first, last] of parts) {
    t.equal(
      codeFrom(() => fetchRangeOf({ first, last }, stream.fileLength)),
      'TETHER_ERR_RANGE',
    )
    t.equal(
      codeFrom(() => openMediaPart(stream, { first, last }, uploaded)),
      'TETHER_ERR_RANGE',
    )
  }
  t.equal(
    codeFrom(() => fetchRangeOf({ first: 0, last: 0 }, 0)),
    'TETHER_ERR_RANGE',
  )
  const range = fetchRangeOf({ first: 0, last: 5 }, stream.fileLength)
  for (const fetched of [uploaded.slice(range.first, range.last), uploaded, new Uint8Array(0)])
    t.equal(
      codeFrom(() => openMediaPart(stream, { first: 0, last: 5 }, fetched)),
      'TETHER_ERR_MEDIA_LENGTH',
    )
})
