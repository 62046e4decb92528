/** Pictures for stories: a landscape, drawn by the browser itself, so that nothing is copied from anywhere. */
import type { Page } from 'playwright-core'

export interface DrawnPicture {
  readonly width?: number
  readonly height?: number
  /** Of the sky, in degrees. */
  readonly hue?: number
}

/** A JPEG. `page` may show anything. */
export async function drawPicture(
  page: Page,
  { width = 1200, height = 800, hue = 28 }: DrawnPicture = {},
): Promise<Buffer> {
  const data = await page.evaluate(
    ([w, h, sky]) => {
      const canvas = document.createElement('canvas')
      canvas.width = w
      canvas.height = h
      const paint = canvas.getContext('2d')!
      const air = paint.createLinearGradient(0, 0, 0, h)
      air.addColorStop(0, `hsl(${sky + 200} 45% 62%)`)
      air.addColorStop(1, `hsl(${sky} 80% 84%)`)
      paint.fillStyle = air
      paint.fillRect(0, 0, w, h)
      paint.fillStyle = `hsl(${sky} 90% 92%)`
      paint.beginPath()
      paint.arc(w * 0.68, h * 0.42, h * 0.11, 0, 2 * Math.PI)
      paint.fill()
      for (let ridge = 0; ridge < 4; ridge++) {
        paint.fillStyle = `hsl(${sky + 190 + ridge * 12} ${22 + ridge * 6}% ${58 - ridge * 12}%)`
        paint.beginPath()
        paint.moveTo(0, h)
        for (let x = 0; x <= w; x += 8) {
          const wave = Math.sin(x / (150 - ridge * 20) + ridge * 2.1) + Math.sin(x / (61 + ridge * 9)) / 2
          paint.lineTo(x, h * (0.56 + ridge * 0.11) - wave * h * 0.06)
        }
        paint.lineTo(w, h)
        paint.fill()
      }
      return canvas.toDataURL('image/jpeg', 0.86)
    },
    [width, height, hue] as const,
  )
  return Buffer.from(data.slice(data.indexOf(',') + 1), 'base64')
}

/** A second of a soft tone as a WAV. */
export function tone(seconds = 3): Buffer {
  const rate = 8_000
  const samples = rate * seconds
  const bytes = Buffer.alloc(44 + samples)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate, 28)
  bytes.writeUInt16LE(1, 32)
  bytes.writeUInt16LE(8, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples, 40)
  for (let at = 0; at < samples; at++) bytes[44 + at] = 128 + Math.round(40 * Math.sin(at / 5))
  return bytes
}
