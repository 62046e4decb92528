import t from 'tap'
import { groupStory, linesOf } from '../src/group-story.ts'

t.test('it carries what each member writes to all others, once, with its author', async (t) => {
  const { world, alice, bob, carla, group } = await groupStory(t)
  const all = ['Alice: GROUP_CREATE Choir']
  for (const [phone, name] of [[alice, 'Alice'], [bob, 'Bob'], [carla, 'Carla']] as const) {
    await world.finish(phone.sendText(group, `by ${name}`))
    all.push(`${name}: by ${name}`)
    await world.until(() => world.phones.every((each) => linesOf(each, group).length === all.length))
  } // prettier-ignore
  for (const phone of world.phones) t.strictSame(linesOf(phone, group), all)
  await world.until(() => alice.messages(group)[1].status === 'delivered')
})
