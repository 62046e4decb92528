/** Pictures for stories, made and measured with the image library that Baileys uses. */
import { createRequire } from 'node:module'
import type { default as JimpLibrary } from 'jimp'

const Jimp = createRequire(import.meta.url)('jimp') as typeof JimpLibrary

/** A picture of one colour. */
export function picture(width: number, height: number, type: 'jpeg' | 'png' = 'jpeg'): Promise<Buffer> {
  return new Jimp(width, height, '#2e8b57').getBufferAsync(`image/${type}`)
}

/** Width and height; rejects for what is no picture. */
export async function sizeOf(bytes: Uint8Array): Promise<readonly [width: number, height: number]> {
  const image = await Jimp.read(Buffer.from(bytes))
  return [image.getWidth(), image.getHeight()]
}
