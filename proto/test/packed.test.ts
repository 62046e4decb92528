import t from 'tap'
import { marker } from '../src/node.ts'
import { PACKED_MAX, packedKind, readPacked, writePacked } from '../src/packed.ts'

t.test('it packs digits, dash and dot as nibbles, other hex as HEX_8, nothing else', async (t) => {
  for (const text of ['', '0', '15550002222', '-', '1.5', '9'.repeat(PACKED_MAX)]) {
    t.equal(packedKind(text), marker.NIBBLE_8, text)
  }
  for (const text of ['A', 'CAFE', 'f', '3EB0']) t.equal(packedKind(text), marker.HEX_8, text)
  for (const text of ['g', '1 2', 'A-F', 'é', '9'.repeat(PACKED_MAX + 1)])
    t.equal(packedKind(text), undefined, text)
})

t.test('it reads every text of every length that it wrote', async (t) => {
  for (const [kind, letters] of [
    [marker.NIBBLE_8, '0123456789-.'],
    [marker.HEX_8, '0123456789ABCDEF'],
  ] as const) {
    for (let length = 0; length <= PACKED_MAX; length++) {
      const text = Array.from({ length }, (_, index) => letters[(index * 7 + length) % letters.length]).join(
        '',
      )
      const out = new Uint8Array(200)
      const end = writePacked(out, 3, kind, text)
      t.equal(out[3], kind)
      t.equal(out[4] & 0x7f, end - 5)
      t.equal(readPacked(out, 5, end - 5, kind, out[4] > 0x7f), text)
    }
  }
})

t.test('it has no characters for the nibbles 12 to 14 and reads 15 as NUL', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    const bad = [byte >> 4, byte & 15].some((half) => half >= 12 && half <= 14)
    t.equal(readPacked(Uint8Array.of(byte), 0, 1, marker.NIBBLE_8, false) === undefined, bad)
    t.equal(
      readPacked(Uint8Array.of(byte), 0, 1, marker.HEX_8, false),
      byte.toString(16).toUpperCase().padStart(2, '0'),
    )
  }
  t.equal(readPacked(Uint8Array.of(0x1f), 0, 1, marker.NIBBLE_8, false), '1\0')
  t.equal(readPacked(Uint8Array.of(0x1f), 0, 1, marker.NIBBLE_8, true), '1')
})
