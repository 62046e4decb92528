/** Files for a group of three: read and heard by all, and brought back by any member's phone when the server forgets. */
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { formatMediaPath } from 'proto/media-path'
import { groupStory } from '../src/group-story.ts'
import { virtualFetch } from '../src/virtual-fetch.ts'

const entropy = seededEntropy('files in a group')
const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b)

t.test('a picture and a voice note reach everybody, are read and played by all, and come back', async (t) => {
  const { world, alice, bob, carla, browsers, group } = await groupStory(t)
  const [atAlice, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  const [picture, voice] = [entropy.bytes(30_000), entropy.bytes(4_000)]
  const image = await world.finish(
    alice.sendMedia(group, { type: 'image', data: picture, mimetype: 'image/jpeg', caption: 'the hall' }),
  )
  const note = await world.finish(
    atAlice.media.send(group, { type: 'audio', data: voice, mimetype: 'audio/ogg', seconds: 3, ptt: true }),
  )
  const files = [
    [image.id, picture, 'imageMessage'],
    [note.id, voice, 'audioMessage'],
  ] as const
  const stateAt = (phone: typeof bob, id: string) =>
    phone.messages(group).find((message) => message.id === id)?.media?.state
  await world.until(() =>
    files.every(([id]) => [alice, bob, carla].every((phone) => stateAt(phone, id) === 'kept')),
  )
  for (const [id, data, type] of files) {
    for (const phone of [bob, carla]) {
      const message = phone.messages(group).find((each) => each.id === id)
      t.match(message, { type, author: alice.jid, fromMe: false })
      t.ok(same(phone.mediaFile(group, id, false).data, data))
    }
    const shown = () => atBob.messages(group).find((each) => each.id === id)
    await world.until(() => shown() !== undefined)
    t.ok(same(await world.finish(atBob.media.download(shown()!)), data), 'in a browser too')
  }

  const status = (id: string) => alice.messages(group).find((each) => each.id === id)!.status
  await world.until(() => files.every(([id]) => status(id) === 'delivered'))
  await world.finish(bob.markRead(group))
  await world.pass(5_000)
  t.equal(status(image.id), 'delivered', 'not read by all')
  await world.finish(carla.markRead(group))
  await world.until(() => files.every(([id]) => status(id) === 'read'))

  const message = () => atBob.messages(group).find((each) => each.id === image.id)!
  const path = formatMediaPath('image', message().media!.fileEncSha256)
  const answer = async () => (await world.finish(virtualFetch(world, path))).status
  await world.virtual!.jump(limit('MEDIA_LIFE_MS'))
  t.equal(await answer(), 404, 'the server has forgotten it')
  await world.until(() => atBob.state === 'open')
  alice.setDevice({ network: 'none' }) // whoever sent it need not be there
  t.ok(same(await world.finish(atBob.media.download(message())), picture))
  t.equal(await answer(), 200, 'the phone of Bob has put it back, for everybody')
})
