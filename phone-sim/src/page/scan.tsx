/** Reads a pairing code: by camera, or from its text. The question to the person comes over the phone by itself. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from 'look/dialog'
import { Icon } from 'look/icons'
import { readCamera } from './camera.ts'
import { formText } from './form-text.ts'
import type { PhoneModel } from './phone-model.ts'

interface Props {
  readonly phone: PhoneModel
  readonly onClose: () => void
}

export function Scan({ phone, onClose }: Props): JSX.Element {
  const [isSeeing, setSeeing] = useState(false)
  const scan = (text: string): void => {
    onClose()
    void phone.scan(text.trim())
  }
  return (
    <Dialog title={`Scan with ${phone.status.value.name}’s phone`} onClose={onClose}>
      <div class="stack">
        {isSeeing ? (
          <Viewfinder found={scan} />
        ) : (
          <button type="button" class="outlined" onClick={() => setSeeing(true)}>
            <Icon name="camera" /> Use the camera
          </button>
        )}
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault()
            scan(formText(event.currentTarget, 'code'))
          }}
        >
          <label>
            Or paste the text of the code
            <textarea class="field mono" name="code" rows={4} required spellcheck={false} autofocus />
          </label>
          <div class="choices">
            <button type="submit" class="primary">
              Scan the text
            </button>
          </div>
        </form>
      </div>
    </Dialog>
  )
}

function Viewfinder({ found }: { readonly found: (text: string) => void }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null)
  const [trouble, setTrouble] = useState('')
  useEffect(() => readCamera(video.current!, found, setTrouble), [])
  return (
    <div class="viewfinder">
      <video ref={video} muted playsInline aria-label="What the camera sees" />
      <p role="status">{trouble || 'Hold the code into the frame.'}</p>
    </div>
  )
}
