/** Over the messages: what is being loaded, and what could not be. */
import type { JSX } from 'preact'
import { failureWords } from '../words.ts'
import type { OlderPages } from './use-older.ts'

interface Props {
  readonly older: OlderPages
  /** A message far back is looked for. */
  readonly isSeeking: boolean
  /** The oldest message that is known is about to be in sight. */
  readonly near: boolean
}

export function Older({ older, isSeeking, near }: Props): JSX.Element {
  const loading = older.loading.value
  const failed = older.failed.value
  return (
    <div class="older" role="status">
      {loading ? (
        <span class="pill">
          <span class="spinner" />
          {isSeeking ? 'Going back to that message' : 'Your phone sends older messages'}
        </span>
      ) : (
        near &&
        failed !== null && (
          <button type="button" class="pill" onClick={() => void older.load()}>
            {failureWords(failed)} Try again
          </button>
        )
      )}
    </div>
  )
}
