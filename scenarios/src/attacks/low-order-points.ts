/**
 * The public keys of low order on Curve25519, little-endian: whatever the private key, the agreement with one of them is
 * zero. 0 and 1, the two of order eight, and what the field has a second spelling for. The top bit counts for nothing,
 * so each has a twin that sets it.
 */
const POINTS = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]

/** 14 of them, 32 bytes each. */
export const lowOrderPoints: readonly Uint8Array[] = POINTS.flatMap((hex) => {
  const point = new Uint8Array(Buffer.from(hex, 'hex'))
  const twin = point.slice()
  twin[31] |= 0x80
  return [point, twin]
})
