/** Looks through the camera until it sees a QR code. Needs a page that browsers trust: https, or this machine. */
import decodeQR from 'qr/decode.js'

/** Enough for a pairing code held into the frame, and quick to look through. */
const WIDTH = 640

/**
 * Shows the camera in `video` and calls `found` once with the text of the first code; `trouble` with words when there
 * is no camera. Gives the function that lets the camera go.
 */
export function readCamera(
  video: HTMLVideoElement,
  found: (text: string) => void,
  trouble: (words: string) => void,
): () => void {
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) {
    trouble('Browsers give the camera only to pages over https or on this machine. Paste the text instead.')
    return () => undefined
  }
  let stream: MediaStream | null = null
  let isOver = false
  const stop = (): void => {
    isOver = true
    for (const track of stream?.getTracks() ?? []) track.stop()
  }
  const canvas = document.createElement('canvas')
  const look = (): void => {
    if (isOver) return
    const text = textIn(video, canvas)
    if (text === null) {
      requestAnimationFrame(look)
      return
    }
    stop()
    found(text)
  }
  devices
    .getUserMedia({ video: { facingMode: 'environment' }, audio: false })
    .then(async (opened) => {
      stream = opened
      if (isOver) {
        stop()
        return
      }
      video.srcObject = opened
      await video.play()
      look()
    })
    .catch(() => trouble('There is no camera, or this page may not use it. Paste the text instead.'))
  return stop
}

function textIn(video: HTMLVideoElement, canvas: HTMLCanvasElement): string | null {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0) return null
  const scale = Math.min(1, WIDTH / videoWidth)
  canvas.width = Math.round(videoWidth * scale)
  canvas.height = Math.round(videoHeight * scale)
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (pen === null) return null
  pen.drawImage(video, 0, 0, canvas.width, canvas.height)
  const { width, height, data } = pen.getImageData(0, 0, canvas.width, canvas.height)
  try {
    return decodeQR({ width, height, data })
  } catch {
    return null // no code in this picture
  }
}
