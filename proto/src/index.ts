/**
 * The names that programs outside the repository import. Inside it modules are imported one by one (`proto/frame`),
 * so that a program touches only those it may.
 */
export type { Annotate, Annotation } from './annotation.ts'
export { formatBase64, formatBase64Url, parseBase64, parseBase64Url } from './base64.ts'
export { answerChallenge, challengeMac, checkChallenge, fitsChallenge } from './challenge.ts'
export { codeOf, errors, TetherError, type ErrorCode } from './errors.ts'
export {
  formatKeepAliveAnswer,
  formatTextFrame,
  KEEP_ALIVE,
  parseBinaryFrame,
  parseFrameJson,
  parseTextFrame,
  type BinaryFrame,
  type TextFrame,
} from './frame.ts'
export { isGroup, parseJid, type Jid } from './jid.ts'
export { limit, limits, type LimitName } from './limits.ts'
export {
  decryptMedia,
  encryptMedia,
  type DecryptMediaInput,
  type EncryptedMedia,
  type EncryptMediaInput,
  type MediaType,
} from './media.ts'
export { fetchRangeOf, openMediaPart, type MediaPart, type MediaStream } from './media-part.ts'
export { flags, metrics } from './metrics.ts'
export type { Node, NodeContent } from './node.ts'
export { decodeNode, type DecodeOptions } from './node-decoder.ts'
export { encodeNode, type EncodeOptions } from './node-encoder.ts'
export { formatQr, parseQr, type QrContent } from './qr.ts'
export {
  openBytes,
  openFrame,
  sealBytes,
  sealFrame,
  type OpenedFrame,
  type SealFrameInput,
  type SealKeys,
} from './seal.ts'
export { buildSecret, openSecret, type BuildSecretInput, type OpenedSecret } from './secret.ts'
export { verifyEd25519, verifyXeddsa } from './signature.ts'
