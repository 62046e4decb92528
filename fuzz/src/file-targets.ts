/** What concerns files: parts of media, their addresses, and the pages that link previews are read from (spec 13.2, 16). */
import { findLink, readPage } from 'phone-sim/link-preview'
import { seededEntropy } from 'proto/entropy'
import { encryptMedia } from 'proto/media'
import { fetchRangeOf, openMediaPart } from 'proto/media-part'
import { formatMediaPath, parseMediaToken } from 'proto/media-path'
import { formatBase64Url } from 'proto/base64'
import { parseRange } from 'server/byte-range'
import { leadsHere } from 'server/connect-proxy'
import { uploadPath } from 'server/media-address'
import { textOf, words } from './input-forms.ts'
import { must, type Target } from './target.ts'

const entropy = seededEntropy('files')
const mediaKey = entropy.bytes(32)
const hash = entropy.bytes(32)

/** Up to so many bytes: three chunks of the sidecar. */
const MOST_FILE_BYTES = 150_000

const part: Target = {
  name: 'media-part',
  about:
    'nine bytes say how long a file is, which part of it is asked for, and where it is altered; the rest fills it',
  modules: ['/proto/dist/src/media-part.js'],
  codes: ['TETHER_ERR_RANGE', 'TETHER_ERR_MEDIA_MAC'],
  maxBytes: 64,
  tokens: [Uint8Array.of(1, 0, 0), Uint8Array.of(0, 0xff, 0xf0)],
  seeds: () => [
    Uint8Array.of(1, 0x20, 0, 0, 0, 5, 0, 0xff, 0xff, 7),
    Uint8Array.of(0, 0, 40, 0, 0, 0, 0, 0, 9, 1, 2),
    Uint8Array.of(2, 0, 0, 1, 0, 0, 1, 0xff, 0xff, 3),
  ],
  weight: 0.03,
  slowMs: 100,
  outputFloor: MOST_FILE_BYTES,
  run(input) {
    const number = (at: number) =>
      ((input[at] ?? 0) << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0)
    const data = Buffer.alloc(number(0) % MOST_FILE_BYTES, input.length > 9 ? input.subarray(9) : 1)
    const asked = { first: number(3), last: number(6) }
    const { uploaded, sidecar } = encryptMedia({ data, mediaKey, type: 'video' })
    const stream = { mediaKey, type: 'video' as const, fileLength: data.length, sidecar: sidecar! }
    const range = fetchRangeOf(asked, data.length)
    const fetched = new Uint8Array(uploaded.subarray(range.first, range.last + 1))
    const opened = openMediaPart(stream, asked, fetched)
    must(Buffer.compare(opened, data.subarray(asked.first, asked.last + 1)) === 0, 'another part of the file')
    if (input.length % 2 === 0) return opened
    fetched[number(0) % fetched.length] ^= 1
    return openMediaPart(stream, asked, fetched)
  },
}

const token: Target = {
  name: 'media-token',
  about: 'the hash in an address; both ways of uploading lead to the same one',
  modules: ['/proto/dist/src/media-path.js', '/server/dist/src/media-address.js'],
  codes: ['TETHER_ERR_BASE64', 'TETHER_ERR_BODY'],
  maxBytes: 100,
  tokens: words('=', '-', '_', 'AAAA'),
  seeds: () => words(formatBase64Url(hash), `${formatBase64Url(hash)}=`),
  weight: 0.25,
  run(input) {
    const text = textOf(input)
    must(uploadPath(text, text) === null, 'an address for a type of file that nobody knows')
    const found = parseMediaToken(text)
    const path = formatMediaPath('image', found)
    must(uploadPath('image', Buffer.from(found).toString('base64')) === path, 'another address the older way')
    return path
  },
}

const range: Target = {
  name: 'range-header',
  about: 'the part of a blob of 1,000 bytes that is asked for, within it, or the whole',
  modules: ['/server/dist/src/byte-range.js'],
  codes: ['TETHER_ERR_RANGE'],
  maxBytes: 60,
  tokens: words('bytes=', '-', ',', '0', '999', '1000', ' '),
  seeds: () => words('bytes=0-499', 'bytes=-500', 'bytes=900-', 'bytes=1000-'),
  weight: 0.5,
  run(input) {
    const found = parseRange(textOf(input), 1_000)
    must(
      found === null || (found.first >= 0 && found.first <= found.last && found.last < 1_000),
      'beyond the blob',
    )
    return found
  },
}

const connectTarget: Target = {
  name: 'connect-target',
  about: 'where a client wants to be led; nowhere but here',
  modules: ['/server/dist/src/connect-proxy.js', '/server/dist/src/legacy-names.js'],
  codes: [],
  maxBytes: 300,
  tokens: words(':443', 'web.whatsapp.com', 'localhost', '127.0.0.1', '[::1]', '.', '@'),
  seeds: () => words('web.whatsapp.com:443', 'localhost:8443', '[::1]:8443', 'example.org:443'),
  weight: 0.25,
  run(input) {
    const text = textOf(input)
    const leads = leadsHere(text, 8_443)
    must(!leads || /whatsapp|localhost|127\.0\.0\.1|::1/i.test(text), 'it leads elsewhere')
    return leads
  },
}

const link: Target = {
  name: 'link-in-text',
  about: 'the first address in a text of a person; long texts of any kind take no longer than others',
  modules: ['/phone-sim/dist/src/link-preview.js'],
  codes: [],
  maxBytes: 8_192,
  tokens: words('http://', 'https://', 'www.', '.org', ':80', '/', '.', 'a.', ' '),
  seeds: () => words('see http://127.0.0.1:8080/a?b=c#d, please', 'www.example.org!', 'a.b.c.d.e.f'),
  weight: 0.25,
  run(input) {
    const text = textOf(input)
    const found = findLink(text)
    must(found === null || (found !== '' && text.includes(found)), 'an address that is not in the text')
    return found
  },
}

const page: Target = {
  name: 'linked-page',
  about: 'what a page says of itself, cut to what a preview holds',
  modules: ['/phone-sim/dist/src/link-preview.js'],
  codes: [],
  maxBytes: 2_048,
  tokens: words(
    '<title>',
    '</title>',
    '<meta property="og:title" content="',
    '">',
    '&amp;',
    '<!--',
    '<script>',
    '<![CDATA[',
  ),
  seeds: () => words('<title>A</title><meta name="description" content="B"><link rel="canonical" href="/c">'),
  weight: 0.25,
  run(input) {
    const facts = readPage(textOf(input))
    must(facts.title.length <= 300 && facts.description.length <= 1_000, 'more than a preview holds')
    return facts
  },
}

export const fileTargets: readonly Target[] = [part, token, range, connectTarget, link, page]
