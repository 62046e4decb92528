/**
 * Certificates of the closed-network way in: a throw-away CA that can vouch for the legacy names and this machine only,
 * and the certificate of the TLS door. Dates come from the Clock, keys and serial numbers from the Entropy; only the
 * nonce of an ECDSA signature is OpenSSL's own. These keys protect nothing but tests on one machine.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { LEGACY_NAMES, LOCAL_ADDRESSES, LOCAL_NAMES } from './legacy-names.ts'

/** What people see who meet this CA in a list: it must explain itself. */
export const CA_NAME = 'Tether TEST CA for closed networks, never install'
const SERVER_NAME = 'Tether legacy TLS door, test only'

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
/** A P-256 private key in SEC 1, around its 32 bytes. */
const SEC1 = {
  head: Buffer.from('30310201010420', 'hex'),
  tail: Buffer.from('a00a06082a8648ce3d030107', 'hex'),
}
const SERIAL_BYTES = 16
/** Clocks of one machine agree, but a virtual one may begin a little behind. */
const SLACK_MS = 3_600_000

export interface CertifiedKey {
  /** PEM. */
  readonly certificate: string
  /** PEM, PKCS#8. */
  readonly key: string
}

interface Seams {
  readonly clock: Clock
  readonly entropy: Entropy
}

/** Names a certificate is for; DNS names and addresses. */
export interface CertifiedNames {
  readonly dns: readonly string[]
  readonly ip: readonly string[]
}

const ALL_NAMES: CertifiedNames = { dns: [...LEGACY_NAMES, ...LOCAL_NAMES], ip: LOCAL_ADDRESSES }

/** A CA of its own, valid LEGACY_CA_MS, that clients accept for names of the table only. */
export function makeTestCa({ clock, entropy }: Seams): CertifiedKey {
  const key = p256Key(entropy)
  return certify({
    subject: CA_NAME,
    issuer: CA_NAME,
    key,
    issuerKey: key,
    serial: entropy.bytes(SERIAL_BYTES),
    notBefore: clock.now() - SLACK_MS,
    notAfter: clock.now() + limit('LEGACY_CA_MS'),
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
      extension(id_ce_nameConstraints, constraintsOf(ALL_NAMES), true),
    ],
  })
}

/** The certificate of the TLS door, valid LEGACY_CERTIFICATE_MS. Other names than the table's are for tests of the constraints. */
export function makeServerCertificate(
  ca: CertifiedKey,
  { clock, entropy }: Seams,
  names: CertifiedNames = ALL_NAMES,
): CertifiedKey {
  return certify({
    subject: SERVER_NAME,
    issuer: CA_NAME,
    key: p256Key(entropy),
    issuerKey: createPrivateKey(ca.key),
    serial: entropy.bytes(SERIAL_BYTES),
    notBefore: clock.now() - SLACK_MS,
    notAfter: clock.now() + limit('LEGACY_CERTIFICATE_MS'),
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints(), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(generalNames(names, (ip) => ip))),
    ],
  })
}

/** Whether the CA is one of ours, has its key, still limits itself to exactly the table's names, and lives `leftMs` more. */
export function isUsableCa(ca: CertifiedKey, now: number, leftMs: number): boolean {
  const certificate = new X509Certificate(ca.certificate)
  const constraints = Buffer.from(AsnConvert.serialize(constraintsOf(ALL_NAMES)))
  return certificate.ca && certificate.raw.includes(constraints) && isUsable(ca, ca, now, leftMs)
}

/** Whether the certificate is signed by this CA, has its key, is for exactly the table's names, and lives `leftMs` more. */
export function isUsableServerCertificate(
  server: CertifiedKey,
  ca: CertifiedKey,
  now: number,
  leftMs: number,
): boolean {
  const names = new SubjectAlternativeName(generalNames(ALL_NAMES, (ip) => ip))
  const { raw } = new X509Certificate(server.certificate)
  return raw.includes(Buffer.from(AsnConvert.serialize(names))) && isUsable(server, ca, now, leftMs)
}

function isUsable(pair: CertifiedKey, issuer: CertifiedKey, now: number, leftMs: number): boolean {
  const certificate = new X509Certificate(pair.certificate)
  return (
    certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
    certificate.checkIssued(new X509Certificate(issuer.certificate)) &&
    certificate.verify(createPublicKey(createPrivateKey(issuer.key))) &&
    Date.parse(certificate.validFrom) <= now &&
    Date.parse(certificate.validTo) - now >= leftMs
  )
}

interface Certified {
  readonly subject: string
  readonly issuer: string
  readonly key: KeyObject
  readonly issuerKey: KeyObject
  readonly serial: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  readonly extensions: readonly Extension[]
}

function certify(wanted: Certified): CertifiedKey {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
  const publicKey = publicKeyOf(wanted.key)
  const keyId = keyIdOf(publicKey)
  const issuerId = new KeyIdentifier(keyIdOf(publicKeyOf(wanted.issuerKey)))
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(wanted.serial),
    signature: algorithm,
    issuer: named(wanted.issuer),
    validity: new Validity({ notBefore: new Date(wanted.notBefore), notAfter: new Date(wanted.notAfter) }),
    subject: named(wanted.subject),
    subjectPublicKeyInfo: publicKey,
    extensions: new Extensions([
      ...wanted.extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId)),
      extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: issuerId })),
    ]),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbs)), wanted.issuerKey)
  const der = AsnConvert.serialize(
    new Certificate({
      tbsCertificate: tbs,
      signatureAlgorithm: algorithm,
      signatureValue: new Uint8Array(signature).buffer,
    }),
  )
  return {
    certificate: new X509Certificate(Buffer.from(der)).toString(),
    key: wanted.key.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

/** The first bit is cleared, which keeps the number below the order of the curve. */
function p256Key(entropy: Entropy): KeyObject {
  const scalar = entropy.bytes(32)
  scalar[0] &= 0x7f
  return createPrivateKey({
    key: Buffer.concat([SEC1.head, scalar, SEC1.tail]),
    format: 'der',
    type: 'sec1',
  })
}

function publicKeyOf(privateKey: KeyObject): SubjectPublicKeyInfo {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return AsnConvert.parse(spki, SubjectPublicKeyInfo)
}

/** RFC 5280, 4.2.1.2: SHA-1 of the key's bits. A name, not a safeguard. */
function keyIdOf({ subjectPublicKey }: SubjectPublicKeyInfo): Uint8Array {
  return createHash('sha1').update(new Uint8Array(subjectPublicKey)).digest()
}

/** Positive, and as long as it looks. */
function serialNumber(bytes: Uint8Array): ArrayBuffer {
  const serial = new Uint8Array(bytes)
  serial[0] = (serial[0] & 0x7f) | 0x40
  return serial.buffer
}

function named(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])])
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

/** RFC 5280, 4.2.1.10: a DNS name permits those below it too, an address only itself. */
function constraintsOf(names: CertifiedNames): NameConstraints {
  const bases = generalNames(names, (ip) => `${ip}/${ip.includes(':') ? 128 : 32}`)
  return new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base }))),
  })
}

function generalNames({ dns, ip }: CertifiedNames, formatIp: (ip: string) => string): GeneralName[] {
  return [
    ...dns.map((name) => new GeneralName({ dNSName: name })),
    ...ip.map((address) => new GeneralName({ iPAddress: formatIp(address) })),
  ]
}
