/**
 * A paired browser without defences that comes back with its keys: it signs whatever it is given as a challenge, and
 * reads frames with the code of Baileys 3.5.3 itself. As that client does, it ends the connection when a frame cannot
 * be read and says nothing when it can. Over any link, so in virtual time too.
 */
import { createRequire } from 'node:module'
import type Decoders from '@adiwajshing/baileys/lib/Binary/Decoder.js'
import { formatBase64, parseBase64 } from 'proto/base64'
import { hmacSha256 } from 'proto/crypto-node'
import type { Link } from 'proto/link'
import { tagOf } from 'harness'
import { library } from '../baileys3.ts'
import { jsonOf, type RawCredentials } from '../raw-browser.ts'

const require = createRequire(import.meta.url)
const { default: Decoder } = require('@adiwajshing/baileys/lib/Binary/Decoder.js') as typeof Decoders

/** A frame that it has opened and believed; the node as Baileys gives it to a program. */
export interface Believed {
  readonly tag: string
  readonly node: readonly unknown[]
}

export interface LegacyBrowser {
  readonly isOpen: boolean
  readonly believed: readonly Believed[]
}

/** Logs in over `link` at once. */
export function legacyBrowser(link: Link, kept: RawCredentials): LegacyBrowser {
  const believed: Believed[] = []
  const { clientToken, serverToken, clientId } = kept
  const [encKey, macKey] = [Buffer.from(kept.encKey), Buffer.from(kept.macKey)]
  let isOpen = false
  let tags = 0
  const say = (body: unknown): void => link.send(`1559390400.--${tags++},${JSON.stringify(body)}`)

  const hear = (frame: string): void => {
    const body = /^s\d+$/.test(tagOf(frame)) ? jsonOf(frame) : null
    const [name, facts] = (body ?? []) as [string?, { readonly challenge?: string }?]
    if (name === 'Conn') isOpen = true
    if (name !== 'Cmd' || facts?.challenge === undefined) return
    const answer = hmacSha256(kept.macKey, parseBase64(facts.challenge))
    say(['admin', 'challenge', formatBase64(answer), serverToken, clientId])
  }
  const read = (frame: Uint8Array): void => {
    try {
      const [tag, node] = library.decryptWA(Buffer.from(frame), macKey, encKey, new Decoder())
      believed.push({ tag, node: node as readonly unknown[] })
    } catch {
      link.close(1000, '')
    }
  }

  link.open({
    frame: (frame) => (typeof frame === 'string' ? hear(frame) : read(frame)),
    close() {
      isOpen = false
    },
  })
  say(['admin', 'init', [2, 2142, 12], ['Legacy', 'Legacy', '1.0'], clientId, true])
  say(['admin', 'login', clientToken, serverToken, clientId, 'takeover'])
  return {
    get isOpen() {
      return isOpen
    },
    believed,
  }
}
