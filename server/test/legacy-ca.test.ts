import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import {
  isUsableCa,
  isUsableServerCertificate,
  makeServerCertificate,
  makeTestCa,
  type CertifiedKey,
  type CertifiedNames,
} from '../src/legacy-ca.ts'
import { LEGACY_NAMES } from '../src/legacy-names.ts'
import { ManualClock } from './manual-clock.ts'

const now = Math.floor(Date.now() / 1000) * 1000 // TLS asks the machine's clock
const seams = (seed = 'ca') => ({ clock: new ManualClock(now), entropy: seededEntropy(seed) })

t.test('makes a CA that says what it is, signs for nobody below it, and lives 90 days', async (t) => {
  const made = makeTestCa(seams())
  const ca = new X509Certificate(made.certificate)
  t.match(ca.subject, /Tether TEST CA for closed networks/)
  t.equal(ca.issuer, ca.subject)
  t.ok(ca.ca)
  t.ok(ca.verify(ca.publicKey))
  t.equal(Date.parse(ca.validTo), now + limit('LEGACY_CA_MS'))
  const late = makeTestCa({ ...seams(), clock: new ManualClock(now + 999) })
  const { validTo } = new X509Certificate(late.certificate)
  t.equal(Date.parse(validTo), now + limit('LEGACY_CA_MS'), 'a time in a certificate is a whole second')
  t.ok(Date.parse(ca.validFrom) < now)
  t.equal(ca.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
})

t.test('makes a certificate for every legacy name and this machine, for servers only', async (t) => {
  const ca = makeTestCa(seams())
  const server = new X509Certificate(makeServerCertificate(ca, seams('server')).certificate)
  t.ok(server.checkIssued(new X509Certificate(ca.certificate)))
  t.ok(server.verify(new X509Certificate(ca.certificate).publicKey))
  t.notOk(server.ca)
  for (const name of [...LEGACY_NAMES, 'localhost']) t.equal(server.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1']) t.equal(server.checkIP(address), address)
  t.equal(server.checkHost('w9.web.whatsapp.com'), undefined)
  t.strictSame(server.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  t.equal(Date.parse(server.validTo), now + limit('LEGACY_CERTIFICATE_MS'))
})

t.test('makes the same keys and serial numbers from the same seed, and others from another', async (t) => {
  const [one, again, other] = [makeTestCa(seams()), makeTestCa(seams()), makeTestCa(seams('another'))]
  const serial = (made: CertifiedKey) => new X509Certificate(made.certificate).serialNumber
  t.equal(one.key, again.key)
  t.equal(serial(one), serial(again))
  t.not(one.key, other.key)
  t.not(serial(one), serial(other))
})

async function handshake(
  certified: CertifiedKey,
  ca: CertifiedKey,
  options: { servername?: string; host?: string },
): Promise<string> {
  const server = createServer({ cert: certified.certificate, key: certified.key })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', ca: ca.certificate, ...options })
  const outcome = await once(socket, 'secureConnect').then(
    () => 'trusted',
    (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`,
  )
  socket.destroy()
  server.close()
  return outcome
}

t.test('is trusted by a client that was given the CA, under each name, and by no other', async (t) => {
  const ca = makeTestCa(seams())
  const certified = makeServerCertificate(ca, seams('server'))
  for (const servername of [...LEGACY_NAMES, 'localhost'])
    t.equal(await handshake(certified, ca, { servername }), 'trusted', servername)
  t.equal(await handshake(certified, ca, {}), 'trusted', '127.0.0.1')
  t.match(await handshake(certified, ca, { servername: 'evil.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID')
  const stranger = makeTestCa(seams('another'))
  const untrusted = await handshake(certified, stranger, { servername: 'web.whatsapp.com' })
  t.match(untrusted, /SIGNATURE|UNABLE/)
})

t.test('cannot vouch for anything else, even when its key signs for it', async (t) => {
  const ca = makeTestCa(seams())
  const cases: [CertifiedNames, string][] = [
    [{ dns: ['evil.example'], ip: [] }, 'evil.example'],
    [{ dns: ['web.whatsapp.com', 'evil.example'], ip: [] }, 'web.whatsapp.com'],
    [{ dns: ['whatsapp.com'], ip: [] }, 'whatsapp.com'],
    [{ dns: ['localhost'], ip: ['127.0.0.2'] }, 'localhost'],
  ]
  for (const [names, servername] of cases) {
    const rogue = makeServerCertificate(ca, seams('rogue'), names)
    t.match(await handshake(rogue, ca, { servername }), 'permitted subtree violation', JSON.stringify(names))
  }
})

t.test('finds a CA usable up to the time that is asked for, not longer', async (t) => {
  const ca = makeTestCa(seams())
  const left = 1_000
  const end = now + limit('LEGACY_CA_MS')
  t.ok(isUsableCa(ca, now, left))
  t.ok(isUsableCa(ca, end - left, left))
  t.notOk(isUsableCa(ca, end - left + 1, left))
  t.notOk(isUsableCa(ca, now - 86_400_000, left), 'a clock that was set back')
  t.notOk(isUsableCa({ ...ca, key: makeTestCa(seams('another')).key }, now, left), 'the key of another')
  t.notOk(isUsableCa(makeServerCertificate(ca, seams('server')), now, left), 'not a CA')
})

t.test('finds a server certificate usable only with its CA, its key, all names and time left', async (t) => {
  const ca = makeTestCa(seams())
  const server = makeServerCertificate(ca, seams('server'))
  const other = makeServerCertificate(ca, seams('other'))
  const end = now + limit('LEGACY_CERTIFICATE_MS')
  t.ok(isUsableServerCertificate(server, ca, now, 1_000))
  t.ok(isUsableServerCertificate(server, ca, end - 1_000, 1_000))
  t.notOk(isUsableServerCertificate(server, ca, end - 999, 1_000))
  t.notOk(isUsableServerCertificate({ ...server, key: other.key }, ca, now, 0))
  t.notOk(isUsableServerCertificate(server, makeTestCa(seams('another')), now, 0))
  const few = makeServerCertificate(ca, seams('few'), { dns: ['web.whatsapp.com'], ip: [] })
  t.notOk(isUsableServerCertificate(few, ca, now, 0), 'names are missing')
})
