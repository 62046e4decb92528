/**
 * One phone as the phones program makes it, with one more thing: its parent may plan the instant of proto/crash-points at
 * which it kills itself with SIGKILL. Arguments: file, number, address of the relay.
 */
import { deriveVaultKey, openPhoneStore, Phone } from 'phone-sim'
import { serverHttp } from 'phone-sim/server-http'
import { connectSocket } from 'phone-sim/socket'
import { realClock, systemEntropy } from 'proto/system'
import { doom } from './doom.ts'

/** What a phone shows of the only chat that it has. */
export interface Seen {
  /** Texts of the other, oldest first. */
  readonly shown: readonly string[]
  /** Own texts that have arrived. */
  readonly ticked: readonly string[]
  readonly hasSentAll: boolean
}

const MANY = 10_000
const [file, number, serverUrl] = process.argv.slice(2)
const phone = new Phone({
  ...{ number, name: number, clock: realClock, entropy: systemEntropy },
  store: openPhoneStore(file, { clock: realClock }),
  vaultKey: deriveVaultKey('a passphrase', number),
  connect: () => connectSocket(`${serverUrl.replace(/^http/, 'ws')}/phone`, realClock),
  server: serverHttp(serverUrl),
  crash: doom,
})
await phone.start()
process.on('disconnect', () => process.exit(0))
process.on('message', (asked: { readonly to?: string; readonly text?: string; readonly look?: true }) => {
  const { to, text, look } = asked
  if (look) process.send!(seen())
  // the parent sees in the files what came of it
  if (to !== undefined && text !== undefined) phone.sendText(to, text).catch(() => {})
})
process.send!({ type: 'ready', url: '' })

function seen(): Seen {
  const messages = phone.chats().flatMap(({ jid }) => phone.messages(jid, MANY))
  const textsOf = (rows: typeof messages) => rows.map(({ text }) => text)
  return {
    shown: textsOf(messages.filter(({ fromMe }) => !fromMe)),
    ticked: textsOf(messages.filter(({ fromMe, status }) => fromMe && status === 'delivered')),
    hasSentAll: phone.hasSentAll(),
  }
}
