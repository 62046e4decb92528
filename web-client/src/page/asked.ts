/** Something that is asked for when it comes into sight, and what became of it. */
import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { codeOf, type ErrorCode } from 'proto/errors'

export type Answered<T> =
  | { readonly phase: 'asking' }
  | { readonly phase: 'there'; readonly value: T }
  | { readonly phase: 'failed'; readonly code: ErrorCode }

/** Asks once for each `key`, and again when `key` changes. */
export function useAsked<T>(key: string, ask: () => Promise<T>): ReadonlySignal<Answered<T>> {
  const answer = useSignal<Answered<T>>({ phase: 'asking' })
  useEffect(() => {
    let live = true
    answer.value = { phase: 'asking' }
    ask().then(
      (value) => {
        if (live) answer.value = { phase: 'there', value }
      },
      (error: unknown) => {
        if (live) answer.value = { phase: 'failed', code: codeOf(error) }
      },
    )
    return () => {
      live = false
    }
  }, [key])
  return answer
}
