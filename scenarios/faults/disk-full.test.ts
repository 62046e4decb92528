/** The relay's disk fills up amid what is written, and is cleared. The long suite does it many times. */
import t from 'tap'
import { diskFullStory } from '../src/disk-full-story.ts'
import { whyNoSmallDisk } from '../src/small-disk.ts'

t.test('the relay stands a full disk', { skip: whyNoSmallDisk() ?? false }, (t) => diskFullStory(t, 1))
