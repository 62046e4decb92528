/** A camera that sees one picture: a QR code, as a film that Chromium plays in the place of a camera. */
import { writeFileSync } from 'node:fs'
import { generate } from 'lean-qr'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './chromium.ts'

const [WIDTH, HEIGHT, MODULE] = [640, 480, 6]
const [DARK, LIGHT, GREY] = [32, 224, 128]

/** A headless Chromium whose camera shows the code of `text`; the film is written to `file`. The caller closes it. */
export async function chromiumWithCamera(text: string, file: string): Promise<Browser> {
  writeFileSync(file, filmOf(text))
  const { executablePath, env } = await findChromium()
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]
  return chromium.launch({ executablePath, headless: true, args, env: { ...process.env, ...env } })
}

/** Two equal pictures in YUV4MPEG2, 4:2:0. */
function filmOf(text: string): Buffer {
  const code = generate(text)
  const side = code.size * MODULE
  const [left, top] = [(WIDTH - side) / 2, (HEIGHT - side) / 2]
  const luma = Buffer.alloc(WIDTH * HEIGHT, LIGHT)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (code.get(Math.floor(x / MODULE), Math.floor(y / MODULE)))
        luma[(Math.floor(top) + y) * WIDTH + Math.floor(left) + x] = DARK
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, GREY)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`), frame, frame])
}
