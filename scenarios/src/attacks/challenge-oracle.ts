/**
 * W1: a server makes a browser sign a frame by calling it a challenge, hands it that very frame, and sees whether it
 * stays. One connection for each question, as a browser answers one challenge at each login.
 */
import { formatTextFrame } from 'proto/frame'
import { concat, utf8 } from 'proto/bytes'
import { formatBase64, parseBase64 } from 'proto/base64'
import type { Link, LinkHandlers } from 'proto/link'
import { tagOf } from 'harness'
import { jsonOf } from '../raw-browser.ts'
import type { PaddingOracle } from './padding-oracle.ts'

/** The push that asks for a signature of any bytes. */
export function challengeOf(bytes: Uint8Array): readonly unknown[] {
  return ['Cmd', { type: 'challenge', challenge: formatBase64(bytes) }]
}

/** The signature in what a browser says, or null. */
export function signatureIn(frame: string): Uint8Array | null {
  const [admin, kind, answer] = frame.endsWith(']') ? (jsonOf(frame) as string[]) : []
  return admin === 'admin' && kind === 'challenge' ? parseBase64(answer) : null
}

/** A frame to a browser, or with `ways` (metric and flags) one in its name. */
export function frameOf(tag: string, mac: Uint8Array, body: Uint8Array, ways: readonly number[] = []) {
  return concat(utf8(`${tag},`), Uint8Array.from(ways), mac, body)
}

export interface ChallengeOracle extends PaddingOracle {
  /** How often the browser had to come back so far. */
  readonly queries: number
}

/** `comesBack` makes the browser log in over this link, which has no network in between: every word is heard at once. */
export function challengeOracle(comesBack: (link: Link) => void): ChallengeOracle {
  let queries = 0
  return {
    get queries() {
      return queries
    },
    believes(body) {
      queries++
      let browser: LinkHandlers | null = null
      let [isSigned, isOver] = [false, false]
      comesBack({
        queuedBytes: 0,
        open(handlers) {
          browser = handlers
        },
        send(frame) {
          if (typeof frame !== 'string') return
          if (frame.includes('"login"')) browser?.frame(formatTextFrame('s1', challengeOf(body)))
          const mac = signatureIn(frame)
          if (mac === null) return
          isSigned = true
          browser?.frame(formatTextFrame(tagOf(frame), { status: 200 }))
          browser?.frame(formatTextFrame('s2', ['Conn', {}]))
          browser?.frame(frameOf('1', mac, body))
        },
        close() {
          isOver = true
        },
        pause() {},
        resume() {},
      })
      if (!isSigned) throw new Error('the browser signs nothing')
      return !isOver
    },
  }
}
