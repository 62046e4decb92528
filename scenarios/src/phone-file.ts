/** A phone with a past for programs that run as processes: its file is made here, then the phones program opens it. */
import { join } from 'node:path'
import { fillPhone, type LargeHistory } from 'harness/large-history'
import { Phones } from 'phone-sim/phones'
import { serverHttp } from 'phone-sim/server-http'
import { connectSocket } from 'phone-sim/socket'
import { realClock, systemEntropy } from 'proto/system'

export const PHONE_NUMBER = '15550001111'
/** Opens the vault of the file. */
export const PASSPHRASE = 'a phone with a past'

/** Registers PHONE_NUMBER at the server and fills it; what the past took, in ms. `folder` is the data folder. */
export async function makePhoneFile(
  folder: string,
  serverUrl: string,
  history: LargeHistory,
): Promise<number> {
  const phones = new Phones({
    folder: join(folder, 'phones'),
    passphrase: PASSPHRASE,
    clock: realClock,
    entropy: systemEntropy,
    connect: () => connectSocket(`${serverUrl.replace(/^http/, 'ws')}/phone`, realClock),
    server: serverHttp(serverUrl),
  })
  const phone = await phones.create(PHONE_NUMBER, 'Alice')
  const from = realClock.now()
  await fillPhone(phone, history)
  const took = realClock.now() - from
  await phones.close()
  return took
}

export function phoneFile(folder: string): string {
  return join(folder, 'phones', `${PHONE_NUMBER}.db`)
}

/** Lets the phone of the phones program scan a code, with consent. */
export async function scanWithPhone(phonesUrl: string, qr: string): Promise<void> {
  const scanned = await fetch(`${phonesUrl}/phones/${PHONE_NUMBER}/scan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ qr, consent: { grant: true } }),
  })
  if (!scanned.ok) throw new Error(`not paired: ${await scanned.text()}`)
}
