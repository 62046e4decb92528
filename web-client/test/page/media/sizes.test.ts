import t from 'tap'
import { frameOf } from '../../../src/page/media/frame.ts'
import { formatBytes, formatSeconds } from '../../../src/page/media/sizes.ts'

t.test('it writes sizes and lengths as people do', async (t) => {
  t.same([0, 999, 1_000, 9_999, 12_345, 16_777_216].map(formatBytes), [
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '10.0 kB',
    '12 kB',
    '17 MB',
  ])
  t.same([0, 3.4, 59.6, 61, 3_600].map(formatSeconds), ['0:00', '0:03', '1:00', '1:01', '60:00'])
})

t.test('a picture has its place before it is there, whatever its shape', async (t) => {
  t.same(frameOf({ kind: 'image', width: 1200, height: 800 }), { width: '320px', aspectRatio: '320 / 213' })
  t.same(frameOf({ kind: 'image', width: 80, height: 8000 }), { width: '120px', aspectRatio: '120 / 320' })
  t.same(frameOf({ kind: 'image' }), { width: '320px', aspectRatio: '320 / 240' })
  t.same(frameOf({ kind: 'sticker', width: 512, height: 512 }), { width: '160px', aspectRatio: '160 / 160' })
})
