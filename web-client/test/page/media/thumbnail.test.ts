import t from 'tap'
import { kindOf } from '../../../src/page/media/thumbnail.ts'

t.test('what no browser shows is sent as a document', async (t) => {
  t.same(
    [
      'image/jpeg',
      'image/svg+xml',
      'video/mp4',
      'video/x-matroska',
      'audio/ogg; codecs=opus',
      'text/html',
      '',
    ].map(kindOf),
    ['image', 'document', 'video', 'document', 'audio', 'document', 'document'],
  )
})
