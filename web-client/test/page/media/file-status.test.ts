import t from 'tap'
import { lossWords } from '../../../src/page/media/file-status.tsx'

t.test(
  'it tells a file that has expired from one that was altered, and from a phone that is away',
  async (t) => {
    t.match(lossWords('TETHER_ERR_MEDIA_EXPIRED'), /[Ee]xpired.*[Aa]sk the phone/)
    t.equal(lossWords('TETHER_ERR_NOT_FOUND'), lossWords('TETHER_ERR_MEDIA_EXPIRED'))
    t.match(lossWords('TETHER_ERR_MEDIA_MAC'), /not the file that was sent/)
    t.match(lossWords('TETHER_ERR_PHONE_AWAY'), /cannot be reached/)
    t.match(lossWords('TETHER_ERR_LIMIT'), /Try again/)
  },
)
