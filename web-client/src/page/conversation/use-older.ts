/** Loads older messages, one page at a time, while the phone can be asked. */
import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { codeOf, type ErrorCode } from 'proto/errors'
import type { Chat } from '../../chats.ts'
import type { View } from '../view.ts'

/** The phone gives no more at once. */
const PAGE = 50

export interface OlderPages {
  readonly loading: ReadonlySignal<boolean>
  readonly failed: ReadonlySignal<ErrorCode | null>
  /** Does nothing while a page is on its way, when there is nothing older, and away from the phone. */
  load(): Promise<void>
}

export function useOlder(view: View, { jid }: Chat): OlderPages {
  const loading = useSignal(false)
  const failed = useSignal<ErrorCode | null>(null)
  const busy = useRef(false)
  return {
    loading,
    failed,
    async load() {
      const chat = view.client.chat(jid)
      if (busy.current || chat === null || !chat.hasOlder || view.client.state !== 'open') return
      busy.current = true
      loading.value = true
      try {
        await view.client.loadOlder(jid, PAGE)
        failed.value = null
      } catch (error) {
        failed.value = codeOf(error)
      }
      busy.current = false
      loading.value = false
    },
  }
}
