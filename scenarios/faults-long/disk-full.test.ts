/** The relay's disk fills up again and again, also when the relay is new and when it was full before. */
import t from 'tap'
import { diskFullStory } from '../src/disk-full-story.ts'
import { whyNoSmallDisk } from '../src/small-disk.ts'

const RELAYS = 3
/** Few enough for a log that is not begun anew: in one that is, small commits have room on a full disk. */
const ROUNDS = 2

for (let n = 1; n <= RELAYS; n++)
  t.test(`relay ${n} stands a full disk twice`, { skip: whyNoSmallDisk() ?? false }, (t) =>
    diskFullStory(t, ROUNDS),
  )
