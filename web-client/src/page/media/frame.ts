/** The place that a picture takes in a conversation, known before the picture is. */
import type { MediaFacts } from 'proto/media-message'

const LARGEST_PX = 320
const SMALLEST_PX = 120

export function frameOf({ width, height, kind }: Pick<MediaFacts, 'width' | 'height' | 'kind'>): {
  readonly width: string
  readonly aspectRatio: string
} {
  const most = kind === 'sticker' ? LARGEST_PX / 2 : LARGEST_PX
  const [w, h] = [width ?? 4, height ?? 3]
  const scale = Math.min(most / w, most / h)
  const shown = (pixels: number): number => Math.max(SMALLEST_PX, Math.round(pixels * scale))
  return { width: `${shown(w)}px`, aspectRatio: `${shown(w)} / ${shown(h)}` }
}
