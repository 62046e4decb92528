import t from 'tap'
import { baileys3Story } from '../src/baileys3-story.ts'

t.test('it takes no notice when it is told that it is outdated, and goes on', async (t) => {
  const { paired } = await baileys3Story(t, { config: { oldestClient: [2, 2200, 0] } }) // it says 2.2142.12
  const client = await paired()
  t.equal(client.connection.state, 'open')
})
