/** Records a voice message in place of the words. Browsers give a microphone to secure pages only, and this says so. */
import { useSignal } from '@preact/signals'
import { Icon } from 'look/icons'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { View } from '../view.ts'
import { formatSeconds } from './sizes.ts'

interface Props {
  readonly view: View
  readonly jid: string
  readonly onDone: () => void
}

/** The first that this browser can write; the legacy clients play the first. */
const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
const SHORTEST_MS = 500

export function VoiceRecorder({ view, jid, onDone }: Props): JSX.Element {
  const began = useSignal<number | null>(null)
  const trouble = useSignal<string | null>(null)
  const recorder = useRef<MediaRecorder | null>(null)
  const wanted = useRef(false)
  const group = useRef<HTMLDivElement>(null)
  useEffect(() => group.current?.focus(), [])

  useEffect(() => {
    let live = true
    let stream: MediaStream | null = null
    void (async () => {
      const devices = navigator.mediaDevices as MediaDevices | undefined
      if (devices === undefined) {
        trouble.value = 'Browsers give a microphone only to pages at localhost or over https.'
        return
      }
      try {
        stream = await devices.getUserMedia({ audio: true })
      } catch {
        trouble.value = 'This page may not use the microphone, or there is none.'
        return
      }
      if (live) record(stream)
      else end(stream)
    })()
    view.client.showPresence('recording', jid)
    return () => {
      live = false
      view.client.showPresence('paused', jid)
      if (recorder.current?.state === 'recording') recorder.current.stop()
      if (stream !== null) end(stream)
    }
  }, [])

  function record(stream: MediaStream): void {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    const made = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType })
    const parts: Blob[] = []
    made.ondataavailable = ({ data }) => parts.push(data)
    made.onstop = () => {
      end(stream)
      if (wanted.current) void send(new Blob(parts), made.mimeType, view.clock.now() - (began.peek() ?? 0))
    }
    made.start()
    recorder.current = made
    began.value = view.clock.now()
  }

  async function send(blob: Blob, mimetype: string, lengthMs: number): Promise<void> {
    if (lengthMs < SHORTEST_MS) return
    const data = new Uint8Array(await blob.arrayBuffer())
    const seconds = Math.max(1, Math.round(lengthMs / 1000))
    view.uploads.add(jid, { type: 'audio', data, mimetype: mimetype.replace(';', '; '), ptt: true, seconds })
  }

  function finish(send: boolean): void {
    wanted.current = send
    if (recorder.current?.state === 'recording') recorder.current.stop()
    onDone()
  }

  return (
    <div
      ref={group}
      class="composer recording"
      tabIndex={-1}
      role="group"
      aria-label="Voice message"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Enter') return
        if (event.target !== event.currentTarget && event.key === 'Enter') return
        event.preventDefault()
        finish(event.key === 'Enter')
      }}
    >
      <button type="button" class="round" aria-label="Throw it away" onClick={() => finish(false)}>
        <Icon name="trash" />
      </button>
      <p role="status">
        {trouble.value ??
          (began.value === null ? (
            'Waiting for the microphone'
          ) : (
            <>
              <span class="recording-dot" /> Recording{' '}
              <span class="sound-time" aria-hidden="true">
                {formatSeconds((view.now.value - began.value) / 1000)}
              </span>
            </>
          ))}
      </p>
      <button
        type="button"
        class="send"
        aria-label="Send the voice message"
        disabled={began.value === null}
        onClick={() => finish(true)}
      >
        <Icon name="send" />
      </button>
    </div>
  )
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
