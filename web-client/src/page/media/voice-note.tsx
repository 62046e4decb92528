/** A voice note or other sound: play, where it is, how long it is. Its writer is told when it was listened to. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { FileStatus } from './file-status.tsx'
import type { FileProps } from './file-props.ts'
import { formatSeconds } from './sizes.ts'

const UNASKED_BYTES = 1_000_000

export function VoiceNote(props: FileProps): JSX.Element {
  const { view, message, media } = props
  const state = view.files.of(message).value
  const audio = useRef<HTMLAudioElement>(null)
  const playing = useSignal(false)
  const at = useSignal(0)
  const length = useSignal(media.seconds ?? 0)
  const ready = state.phase === 'ready'
  useEffect(() => {
    const wanted = state.phase === 'absent' && (media.fileLength ?? 0) <= UNASKED_BYTES
    if (wanted && view.state.value === 'open') void view.files.load(message)
  }, [view.state.value])

  function play(): void {
    const element = audio.current
    if (element === null) return
    if (!element.paused) return element.pause()
    element.play().catch(() => view.say('This browser cannot play it. It can be saved instead.'))
    if (media.ptt === true) view.client.changes.played(message).catch(() => {}) // a courtesy, not a promise
  }

  return (
    <div class={`sound${message.played === true || message.status === 'played' ? ' played' : ''}`}>
      <button
        type="button"
        class="send"
        disabled={!ready}
        aria-label={playing.value ? 'Pause' : media.ptt === true ? 'Play the voice message' : 'Play'}
        onClick={play}
      >
        <Icon name={playing.value ? 'pause' : 'play'} />
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(length.value, 0.1)}
        step={0.1}
        value={at.value}
        disabled={!ready}
        aria-label="Position"
        aria-valuetext={`${formatSeconds(at.value)} of ${formatSeconds(length.value)}`}
        onInput={(event) => {
          if (audio.current !== null) audio.current.currentTime = Number(event.currentTarget.value)
        }}
      />
      <span class="sound-time">{formatSeconds(playing.value || at.value > 0 ? at.value : length.value)}</span>
      <FileStatus {...props} />
      {ready && (
        <audio
          ref={audio}
          src={state.url}
          preload="metadata"
          onPlay={() => (playing.value = true)}
          onPause={() => (playing.value = false)}
          onEnded={() => (at.value = 0)}
          onTimeUpdate={(event) => (at.value = event.currentTarget.currentTime)}
          onLoadedMetadata={({ currentTarget: { duration } }) => {
            if (Number.isFinite(duration)) length.value = duration
          }}
        />
      )}
    </div>
  )
}
