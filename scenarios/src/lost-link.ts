/** A connection whose network can go away without a word: nothing comes or goes, and the other end is not told. */
import type { Link, LinkHandlers } from 'proto/link'

const ABNORMAL_CLOSE = 1006

export interface LosableLink {
  readonly link: Link
  /** From now on nothing passes; only this end hears of its own close. */
  lose(): void
}

export function losableLink(inner: Link): LosableLink {
  let isLost = false
  let handlers: LinkHandlers | null = null
  const link: Link = {
    get queuedBytes() {
      return isLost ? 0 : inner.queuedBytes
    },
    send: (frame) => {
      if (!isLost) inner.send(frame)
    },
    close: (code, reason) => {
      if (isLost) handlers?.close(ABNORMAL_CLOSE, '')
      else inner.close(code, reason)
    },
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    open(given) {
      handlers = given
      inner.open({
        frame: (frame) => {
          if (!isLost) given.frame(frame)
        },
        close: (code, reason) => {
          if (!isLost) given.close(code, reason)
        },
      })
    },
  }
  return {
    link,
    lose() {
      isLost = true
    },
  }
}
