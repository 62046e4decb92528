/** What a file says of itself to somebody who has not fetched it: its kind, its size in pixels, a small blurred picture. */
import type { FileToSend } from '../../media.ts'
import type { MediaKind } from 'proto/media-message'

const EDGE_PX = 72
const QUALITY = 0.6
const WAIT_MS = 5_000

/** The kind under which a file is sent; what no browser shows is a document. */
export function kindOf(type: string): MediaKind {
  if (/^image\/(jpeg|png|gif|webp)$/.test(type)) return 'image'
  if (/^video\/(mp4|webm|ogg)$/.test(type)) return 'video'
  if (/^audio\/(ogg|mpeg|mp4|aac|webm|wav)/.test(type)) return 'audio'
  return 'document'
}

/** Reads a chosen file. Rejects when the browser cannot read it. */
export async function readFile(file: File, caption: string): Promise<FileToSend> {
  const type = kindOf(file.type)
  const data = new Uint8Array(await file.arrayBuffer())
  const mimetype = file.type || 'application/octet-stream'
  const words = { type, data, mimetype, ...(caption !== '' && { caption }) }
  if (type === 'document') return { ...words, fileName: file.name }
  const url = URL.createObjectURL(file)
  try {
    return { ...words, ...(await facts[type](url)) }
  } catch {
    // the browser does not know the format after all
    return { ...words, type: 'document', fileName: file.name }
  } finally {
    URL.revokeObjectURL(url)
  }
}

type Facts = Pick<FileToSend, 'width' | 'height' | 'seconds' | 'thumbnail'>

const facts: Readonly<Record<Exclude<MediaKind, 'document'>, (url: string) => Promise<Facts>>> = {
  async image(url) {
    const image = new Image()
    image.src = url
    await image.decode()
    const { naturalWidth: width, naturalHeight: height } = image
    return { width, height, thumbnail: await small(image, width, height) }
  },
  async video(url) {
    const video = document.createElement('video')
    video.muted = true
    video.src = url
    await heard(video, 'loadeddata')
    const { videoWidth: width, videoHeight: height } = video
    return { width, height, seconds: secondsOf(video), thumbnail: await small(video, width, height) }
  },
  async audio(url) {
    const audio = document.createElement('audio')
    audio.src = url
    await heard(audio, 'loadedmetadata')
    return { seconds: secondsOf(audio) }
  },
  sticker: async () => ({}),
}

function heard(element: HTMLMediaElement, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(WAIT_MS)
    signal.addEventListener('abort', () => reject(new Error('the browser does not read it')))
    element.addEventListener('error', () => reject(new Error('the browser does not know it')), { signal })
    element.addEventListener(event, resolve, { once: true, signal })
  })
}

function secondsOf({ duration }: HTMLMediaElement): number {
  return Number.isFinite(duration) ? Math.max(1, Math.round(duration)) : 0
}

async function small(source: CanvasImageSource, width: number, height: number): Promise<Uint8Array> {
  const scale = Math.min(1, EDGE_PX / Math.max(width, height, 1))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))
}
